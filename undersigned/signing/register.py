"""The coalition's register of organisations: never two entries of one organisation."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from undersigned.lib.addresses import registrable_domain
from undersigned.lib.names import organisation_key
from undersigned.signing.models import Organisation, OrganisationDomain, OrganisationName


@dataclass(frozen=True, slots=True)
class Identity:
    """What tells an organisation: the names it goes by (language tag, or "" for its own, to name) and its domain."""

    names: Mapping[str, str]
    website: str = ""
    country: str = ""

    @property
    def domain(self) -> str:
        return registrable_domain(self.website) if self.website else ""

    @property
    def keys(self) -> set[str]:
        return {organisation_key(name) for name in self.names.values() if name}


def find(identity: Identity) -> Organisation | None:
    """The entry with the same domain, or else with the same normalised name; None when there is none."""
    if identity.domain:
        known = OrganisationDomain.objects.select_related("organisation").filter(domain=identity.domain).first()
        if known:
            return known.organisation
    name = OrganisationName.objects.select_related("organisation").filter(key__in=identity.keys).first()
    return name.organisation if name else None


def enter(identity: Identity, at: datetime) -> Organisation:
    """A new entry for an organisation that the register does not have."""
    organisation = Organisation.objects.create(country=identity.country, website=identity.website, created_at=at)
    learn(organisation, identity)
    return organisation


def learn(organisation: Organisation, identity: Identity) -> None:
    """Add the names and the domain by which `organisation` is also known; nothing that it had is lost."""
    OrganisationName.objects.bulk_create(
        [
            OrganisationName(organisation=organisation, language=language, name=name, key=organisation_key(name))
            for language, name in identity.names.items()
            if name
        ],
        ignore_conflicts=True,
    )
    if identity.domain:
        OrganisationDomain.objects.get_or_create(domain=identity.domain, defaults={"organisation": organisation})


def alike(identity: Identity) -> list[Organisation]:
    """Entries that may be the same organisation, for a person to decide: same domain or same normalised name."""
    by_domain = Organisation.objects.filter(domains__domain=identity.domain) if identity.domain else None
    by_name = Organisation.objects.filter(names__key__in=identity.keys)
    return list((by_name | by_domain if by_domain is not None else by_name).distinct())
