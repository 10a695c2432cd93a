"""The audit trail: who did what, as sentences."""

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _
from django.views.decorators.http import require_safe

from undersigned.desk.access import DeskRequest, on_letter
from undersigned.desk.words import PURPOSES, SIGN_ONS
from undersigned.letters.models import AuditRecord, Letter
from undersigned.stories.models import StoryRecord

PAGE = 100
SENTENCES = {
    "letter imported": _("The letter was imported."),
    "texts imported": _("The texts were imported."),
    "block corrected": _("The block “%(block)s” was corrected (%(language)s)."),
    "block removed": _("The block “%(block)s” was removed from all languages."),
    "text frozen": _("The text was frozen as version %(version)s, SHA-256 %(digest)s."),
    "sign-ons set": _("Sign-ons were set to “%(to)s”."),
    "archived": _("The letter was archived."),
    "link made": _("A private link was made, “%(label)s” (%(purpose)s)."),
    "link revoked": _("A private link was revoked, “%(label)s” (%(purpose)s)."),
    "address changed": _("The address was changed from “%(old)s” to “%(new)s”."),
    "release planned": _("The release was planned for %(wall)s, %(zone)s."),
    "release postponed": _("The release was moved to %(wall)s, %(zone)s."),
    "release cancelled": _("The planned release was cancelled."),
    "released": _("The letter was released, as planned for %(wall)s, %(zone)s."),
    "sign-on accepted": _("A sign-on was accepted."),
    "sign-on refused": _("A sign-on was refused."),
    "sign-on merged": _("A sign-on was merged into organisation %(organisation)s of the register."),
    "withdrawn on request": _("A signature was withdrawn because the signatory asked for it: %(request)s"),
    "correction accepted": _("A correction of a listed name was accepted."),
    "correction refused": _("A correction of a listed name was refused."),
    "story begun": _("The story was begun."),
    "story address changed": _("The address was changed from “%(old)s” to “%(new)s”."),
    "story saved": _("The wording was saved."),
    "picture stored": _("A picture was added."),
    "correction discarded": _("The correction was let go."),
    "story handed in": _("The wording was handed in for review."),
    "story approved": _("The wording was approved, SHA-256 %(digest)s."),
    "story sent back": _("The wording was sent back: %(reason)s"),
    "publication planned": _("The publication was planned for %(wall)s, %(zone)s."),
    "publication cancelled": _("The planned publication was cancelled."),
    "story published": _("The story was published, %(wall)s, %(zone)s."),
    "correction published": _("A correction was published, %(wall)s, %(zone)s."),
    "story withdrawn": _("The story was withdrawn: %(reason)s"),
    "signatories imported": _("A sheet of %(rows)s rows was imported: %(asked)s signatories are asked."),
    "invitation sent": _("Somebody who is asked was invited by mail."),
    "invitation declined": _("Somebody who was asked declined. What was stored of them is erased."),
    "log key made": _("A new key signs the letter’s log: %(keys)s"),
    "log key retired": _("A key no longer signs the letter’s log: %(keys)s"),
    "log adopted": _(
        "An older record was brought up to the published log: %(entries)s entries were taken over, %(ended)s "
        "signatories had withdrawn, and %(taken_back)s signatures were taken back of which nothing is known any more."
    ),
    "press kit imported": _("What the press gets was imported: %(releases)s press releases, %(pictures)s pictures."),
    "share text written": _("What readers are offered to say when they pass the letter on was changed."),
    "press release written": _("The press release was written (%(language)s)."),
    "press release removed": _("The press release was taken away (%(language)s)."),
    "press picture added": _("“%(name)s” was added to what the press gets."),
    "press picture changed": _("“%(name)s” of what the press gets was changed."),
    "press picture removed": _("“%(name)s” was taken away from what the press gets."),
}
WITH_EVIDENCE = {
    "sign-on accepted": _("A sign-on was accepted. Evidence: %(evidence)s"),
    "signatories imported": _("A sheet of %(rows)s rows was imported: %(asked)s signatories. Evidence: %(evidence)s"),
}


@require_safe
@on_letter
def audit(request: DeskRequest, letter: Letter) -> HttpResponse:
    """The whole trail of a letter, the latest first."""
    records = AuditRecord.objects.filter(letter=letter).order_by("-at", "-pk")
    page = Paginator(records, PAGE).get_page(request.GET.get("page"))
    return render(request, "desk/audit.html", {"letter": letter, "tab": "audit", "page": page})


def sentence(record: AuditRecord | StoryRecord) -> str:
    """What a record says, in the user's language; an act that this version does not know speaks for itself."""
    if record.act not in SENTENCES:
        return f"{record.act} {record.facts or ''}".strip()
    sentences = SENTENCES | WITH_EVIDENCE if record.facts.get("evidence") else SENTENCES
    return gettext(sentences[record.act]) % _Facts(record.facts)


class _Facts(dict[str, object]):
    """The facts of a record in the user's words; what an older record lacks reads as a dash."""

    def __getitem__(self, name: str) -> object:
        value = self.get(name, "–")
        if name == "wall":
            return str(value).replace("T", " ")
        if name == "keys" and isinstance(value, list):
            return ", ".join(value)
        words = {"to": SIGN_ONS, "purpose": PURPOSES}.get(name, {})
        return words.get(str(value), value)
