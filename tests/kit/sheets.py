"""Sheets to be printed in tests: an invented letter in any language."""

from collections.abc import Sequence

from undersigned.kit.sheet import Chapter, Fact, Group, Name, Note, Passage, Sheet, Spoken, Words
from undersigned.letters.inline import Run, Runs

WORDS = Words(
    language="en",
    copy_to="Copy to",
    undersigned="The undersigned",
    imprint="About this print",
    page="Page {page} of {pages}",
    notes="Notes",
)


def runs(text: str) -> Runs:
    return (Run(text),)


def name(text: str, language: str = "", original: str = "", details: Sequence[str] = ("South Korea",)) -> Name:
    return Name(Spoken(text, language), Spoken(original), tuple(Spoken(detail) for detail in details))


def sheet(language: str = "en", names: Sequence[Name] = (), *, is_dense: bool = False) -> Sheet:
    """A letter with every kind of passage, signed by `names`."""
    chapter = Chapter("Organisations", str(len(names)), (Group("", tuple(names)),), is_dense=is_dense)
    return Sheet(
        language=language,
        words=WORDS,
        campaign="Open Bridge Coalition",
        contact="letter@openbridge.example",
        address="letters.example",
        date="10 November 2026",
        day="2026-11-10",
        title=Spoken("Open the bridge"),
        running="Open the bridge",
        addressees=((Spoken("The Keeper of the Bridge"), Spoken("Bridge House")),),
        cc=((Spoken("The Minister"),),),
        passages=(
            Passage("paragraph", (runs("Dear Keeper,"),)),
            Passage("claim", ((Run("About two thousand wait."), Run("", footnote="1")),)),
            Passage("heading", (runs("What we ask"),), level=2),
            Passage("demand", (runs("Open the bridge."),), number=1),
            Passage("demand", ((Run("Let them "), Run("all", strong=True), Run(" cross.")),), number=2),
            Passage("list", (runs("the old"), runs("the young"))),
            Passage("quotation", (runs("We hear them."),), speaker="Ruth Ausgedacht", office="former rapporteur"),
        ),
        notes={"1": Note(runs("Report of the ferrymen"), ("As of March 2026.",))},
        chapters=(chapter,) if names else (),
        tally=((str(len(names)), "organisations"),) if names else (),
        imprint=(Fact("Edition", "1"), Fact("SHA-256 of the text", "ab" * 32, is_code=True)),
    )
