"""The cast: invented people, each with one part to play. Their names and addresses stand nowhere else."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from undersigned.letters.audit import Actor


@dataclass(frozen=True)
class Person:
    """Somebody who fills in a form. `typed` is what they type; consent and age they tick by themselves."""

    name: str
    email: str
    kind: str = "supporter"
    typed: Mapping[str, str] = field(default_factory=dict)

    def form(self, version: str, **changes: str) -> dict[str, str]:
        """What their browser posts under the text with digest `version`; `changes` are typed over it."""
        ticked = {"consent": "yes", "age": "yes"}
        if self.kind == "organisation":
            ticked["authority"] = "yes"
        return {"name": self.name, "email": self.email, "version": version, **ticked, **self.typed, **changes}


SOMI = Person("나소미", "somi@mail.example", typed={"country": "KR", "visibility": "public"})
"""Signs as a supporter, under her name."""

AMAL = Person("Amal Verborgen", "amal@mail.example", typed={"visibility": "counted-only"})
"""Would be harmed if it were known that she signed: counted only. Nobody must ever find her name."""

BILGE = Person("Bilge Saklı", "bilge@mail.example", typed={"visibility": "counted-only"})
"""Is counted only too, so that there are two of them."""

OYUN = Person(
    "Steppe Shelter Foundation",
    "oyun@steppe-shelter.example",
    "organisation",
    {
        "name_ko": "초원쉼터재단",
        "website": "https://www.steppe-shelter.example/",
        "country": "MN",
        "representative": "Oyun Invented",
        "office": "Director",
    },
)
"""Signs for an organisation, from its own domain."""

PEDRO = Person(
    "Casa del Paso",
    "pedro@freemail.example",
    "organisation",
    {
        "website": "https://casadelpaso.example",
        "country": "AR",
        "seat": "Uruguay",
        "representative": "Pedro Inventado",
        "office": "Secretario",
    },
)
"""Signs for an organisation from a mailbox that anybody could have."""

RUTH = Person(
    "Ruth Ausgedacht",
    "ruth@ausgedacht.example",
    "person",
    {"role": "special rapporteur", "former": "yes", "affiliation": "University of Nowhere", "country": "DE"},
)
"""A person of note, formerly in office."""

MARA = Person("Mara Erdacht", "mara@erdacht.example", "person", {"role": "author", "country": "AT"})
"""A person of note whom the coalition asks; nobody knows yet whether she will sign."""

SECRETARY = Actor("Secretary of the coalition")
"""Works at the desk."""

CLERK = Actor("command line")
"""Types commands on the server."""

CAST = (SOMI, AMAL, BILGE, OYUN, PEDRO, RUTH)
