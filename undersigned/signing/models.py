"""The register of organisations, and signatures: the consent of an organisation or a person to one version.

Facts about a signature, personal data, and secrets never share a table, so that each can go when its time has come.
"""

from uuid import uuid4

from django.db import models

from undersigned.ledger.models import Entry
from undersigned.letters.models import Letter, PrivateLink, Version


class Organisation(models.Model):
    """An entry of the coalition's register, reused across letters."""

    class Verified(models.TextChoices):
        NO = "no"
        DOMAIN = "domain"
        DESK = "desk"

    country = models.CharField(max_length=40, blank=True, default="")
    website = models.CharField(max_length=200, blank=True, default="")
    verified = models.CharField(max_length=10, choices=Verified.choices, default=Verified.NO)
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"organisation {self.pk}"


class OrganisationName(models.Model):
    """A name of an organisation; `key` is its normalised form, which no two organisations share."""

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="names")
    language = models.CharField(max_length=35, blank=True, default="")
    name = models.CharField(max_length=200)
    key = models.CharField(max_length=200, db_index=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "key", "language"], name="one_name_a_key_and_language"),
        ]

    def __str__(self) -> str:
        return self.name


class OrganisationDomain(models.Model):
    """A registrable domain of an organisation; no two organisations share one."""

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="domains")
    domain = models.CharField(max_length=253, unique=True)

    def __str__(self) -> str:
        return self.domain


class Kind(models.TextChoices):
    ORGANISATION = "organisation"
    PERSON = "person"
    SUPPORTER = "supporter"


class Visibility(models.TextChoices):
    PUBLIC = "public"
    COUNTED_ONLY = "counted-only"


class State(models.TextChoices):
    """asked → pending → confirmed → listed, or refused, lapsed, withdrawn."""

    ASKED = "asked"
    PENDING = "pending"
    CONFIRMED = "confirmed"
    LISTED = "listed"
    REFUSED = "refused"
    LAPSED = "lapsed"
    WITHDRAWN = "withdrawn"


STANDING = (State.CONFIRMED, State.LISTED)
"""The states in which a signature stands: these, and no others, hold their place against a repeat."""


class Signature(models.Model):
    """One sign-on and what became of it. Holds no name and no mailbox.

    `mailbox_digest` and `person_digest` are keyed by the letter's key: equal mailboxes meet within a letter and
    nowhere else. `person_digest` is set for persons and supporters only; one of them stands per letter.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    letter = models.ForeignKey(Letter, on_delete=models.PROTECT, related_name="signatures", db_index=False)
    version = models.ForeignKey(Version, on_delete=models.PROTECT, related_name="+", null=True, db_index=False)
    kind = models.CharField(max_length=12, choices=Kind.choices)
    visibility = models.CharField(max_length=12, choices=Visibility.choices, default=Visibility.PUBLIC)
    state = models.CharField(max_length=10, choices=State.choices)
    language = models.CharField(max_length=35)
    invited_by = models.ForeignKey(PrivateLink, on_delete=models.SET_NULL, null=True, related_name="+", db_index=False)
    consent_digest = models.BinaryField(max_length=32, null=True)
    mailbox_digest = models.BinaryField(max_length=32, null=True)
    person_digest = models.BinaryField(max_length=32, null=True)
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, null=True, related_name="signatures", db_index=False
    )
    country = models.CharField(max_length=40, blank=True, default="")
    position = models.PositiveIntegerField(null=True)
    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True)
    listed_at = models.DateTimeField(null=True)
    receipted_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    reminders = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["letter", "person_digest"],
                condition=models.Q(state__in=["confirmed", "listed"]),
                name="a_person_signs_a_letter_once",
            ),
            models.UniqueConstraint(
                fields=["letter", "organisation"],
                condition=models.Q(state="listed"),
                name="an_organisation_is_listed_once",
            ),
            models.CheckConstraint(condition=models.Q(state__in=State.values), name="signature_state_is_known"),
            models.CheckConstraint(
                condition=~models.Q(visibility="counted-only") | models.Q(kind="supporter"),
                name="only_supporters_are_counted_only",
            ),
            models.CheckConstraint(
                condition=~models.Q(visibility="counted-only") | models.Q(country=""),
                name="a_hidden_signature_has_no_country",
            ),
        ]
        # Each index costs a write when a sign-on is taken in, and another one when it is confirmed. So foreign keys
        # have one of their own only where it is asked for, and of those rows only that have something there.
        indexes = [
            models.Index(
                fields=["organisation"], condition=models.Q(organisation__isnull=False), name="by_organisation"
            ),
            models.Index(fields=["invited_by"], condition=models.Q(invited_by__isnull=False), name="came_by_link"),
            models.Index(fields=["letter", "mailbox_digest"], name="signatures_by_mailbox"),
            models.Index(fields=["letter", "state", "kind", "-listed_at"], name="signatures_by_state"),
            models.Index(fields=["letter", "country"], condition=models.Q(state="listed"), name="listed_by_country"),
            models.Index(fields=["created_at"], condition=models.Q(state="pending"), name="signatures_pending"),
            models.Index(
                fields=["letter"],
                condition=models.Q(listed_at__isnull=False, ended_at__isnull=False),
                name="ended_when_listed",
            ),
            models.Index(
                fields=["listed_at"],
                condition=models.Q(state="listed", visibility="public", receipted_at=None, confirmed_at__isnull=False),
                name="receipts_due",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.state}"


class Arrival(models.Model):
    """A sign-on that was taken and acknowledged, whole, until it is stored as what it consists of, and mailed.

    `sealed` holds all of it, with the signature's id, under the letter's key: with the key it is destroyed.
    `letter` is no foreign key, so that taking a sign-on asks nothing of any other row. What could not be opened is
    held until it is tried again.
    """

    id = models.BigAutoField(primary_key=True)
    letter = models.UUIDField()
    sealed = models.BinaryField()
    is_slow = models.BooleanField(default=False)
    arrived_at = models.DateTimeField()
    held_until = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["is_slow", "id"], name="arrivals_in_their_order")]

    def __str__(self) -> str:
        return f"arrived at {self.arrived_at:%Y-%m-%d %H:%M}"


class Signatory(models.Model):
    """Who signed, as they wish to appear, and who answers for an organisation. Deleted with the consent.

    `names`, `roles` and `affiliations` say the same in other languages, keyed by tag; any may be missing.
    """

    signature = models.OneToOneField(Signature, on_delete=models.CASCADE, primary_key=True, related_name="signatory")
    name = models.CharField(max_length=200)
    names = models.JSONField(default=dict)
    latin = models.CharField(max_length=200, blank=True, default="")
    sort_key = models.CharField(max_length=200, blank=True, default="")
    website = models.CharField(max_length=200, blank=True, default="")
    seat = models.CharField(max_length=200, blank=True, default="")
    representative = models.CharField(max_length=200, blank=True, default="")
    office = models.CharField(max_length=200, blank=True, default="")
    role = models.CharField(max_length=200, blank=True, default="")
    roles = models.JSONField(default=dict)
    is_former = models.BooleanField(default=False)
    affiliation = models.CharField(max_length=200, blank=True, default="")
    affiliations = models.JSONField(default=dict)

    class Meta:
        indexes = [models.Index(fields=["name"], name="signatories_by_name")]

    def __str__(self) -> str:
        return self.name


class SealedName(models.Model):
    """The name of someone who is counted only: an age file that the server cannot open."""

    signature = models.OneToOneField(Signature, on_delete=models.CASCADE, primary_key=True, related_name="sealed_name")
    sealed = models.BinaryField()

    def __str__(self) -> str:
        return "sealed name"


class Mailbox(models.Model):
    """A signatory's mailbox, sealed with the letter's key; to the coalition's once a hidden signatory confirmed."""

    signature = models.OneToOneField(Signature, on_delete=models.CASCADE, primary_key=True, related_name="mailbox")
    sealed = models.BinaryField()
    is_sealed_to_coalition = models.BooleanField(default=False)

    def __str__(self) -> str:
        return "sealed mailbox"


class ConfirmationCode(models.Model):
    """A code for typing, bound to its sign-on: five tries, one day, kept as a keyed digest."""

    signature = models.OneToOneField(Signature, on_delete=models.CASCADE, primary_key=True, related_name="code")
    digest = models.BinaryField(max_length=32)
    tries = models.PositiveSmallIntegerField(default=0)
    expires_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"code, {self.tries} tries"


class Correction(models.Model):
    """What a listed signatory asks to have changed, until the desk has decided."""

    signature = models.OneToOneField(Signature, on_delete=models.CASCADE, primary_key=True, related_name="correction")
    fields = models.JSONField()
    asked_at = models.DateTimeField()

    def __str__(self) -> str:
        return "correction asked"


class Attestation(models.Model):
    """On whose word, and on what evidence, a name was listed that did not confirm by itself."""

    signature = models.OneToOneField(Signature, on_delete=models.CASCADE, primary_key=True, related_name="attestation")
    actor = models.CharField(max_length=120)
    evidence = models.CharField(max_length=300)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"attested by {self.actor}"
