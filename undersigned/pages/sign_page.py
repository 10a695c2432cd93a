"""The pages on which one signs or asks for one's link: baked when blank, answered when something was refused."""

from dataclasses import dataclass
from typing import Literal, Self

from django.utils import translation
from django.utils.translation import gettext as _

from undersigned.letters.models import Letter
from undersigned.lib.languages import direction, interface_for
from undersigned.pages.blank import blank_form
from undersigned.pages.form import Field, Section, SignForm
from undersigned.pages.frame import Place, interface_tag, letter_frame, render


@dataclass(frozen=True, slots=True)
class Signed:
    """The letter that a form is about: its subject in the reader's language, and where to read it."""

    subject: str
    language: str
    href: str

    @property
    def direction(self) -> Literal["ltr", "rtl"]:
        return direction(self.language)


@dataclass(frozen=True, slots=True)
class Door:
    """Where signatories of one kind sign one letter: publicly, or by the invitation `invited_by`.

    `notice` stands above everything on its page.
    """

    letter: Letter
    kind: str
    language: str
    place: Place
    invited_by: int | None = None
    notice: str = ""

    @classmethod
    def public(cls, letter: Letter, kind: str, language: str) -> Self:
        """`/{slug}/{language}/sign/{kind}/`"""
        return cls(letter, kind, language, Place.public(letter, f"sign/{kind}/"))

    @property
    def form(self) -> SignForm:
        """The blank form that is posted here."""
        return blank_form(self.letter, self.kind, self.language, self.place.path(self.language))


def sign_page(door: Door, form: SignForm | None = None) -> str:
    """The page of a sign form, blank unless `form` is given."""
    form = form or door.form
    frame = letter_frame(door.letter, door.language, door.place, form.title)
    letter = signed(door.letter, door.language, door.place)
    return render("pages/signing/sign.html", frame, form=form, letter=letter, notice=door.notice)


def find_place(letter: Letter) -> Place:
    """Where one asks for the link to one's sign-on again."""
    return Place.public(letter, "find/")


def find_form(letter: Letter, language: str) -> SignForm:
    """The form that asks for the address with which somebody signed."""
    with translation.override(interface_for(language)):
        hint = _("We send the link there. We write to an address at most once a day.")
        address = Field(
            "find-email",
            "email",
            _("E-mail address"),
            "email",
            "",
            hint,
            "",
            "email",
            direction="ltr",
            is_required=True,
        )
        return SignForm(
            kind="find",
            action=find_place(letter).path(language),
            language=interface_tag(language),
            direction=direction(interface_tag(language)),
            title=_("Find my sign-on"),
            button=_("Send me my link"),
            sections=(Section("", (address,)),),
        )


def find_page(letter: Letter, language: str, form: SignForm | None = None) -> str:
    """The page on which one asks for the link to one's sign-on again."""
    form, place = form or find_form(letter, language), find_place(letter)
    frame = letter_frame(letter, language, place, form.title)
    return render("pages/signing/find.html", frame, form=form, letter=signed(letter, language, place))


def signed(letter: Letter, language: str, place: Place) -> Signed:
    """What a page at `place` shows of the letter it is about."""
    return Signed(letter.text_of("subject", language), language, f"{place.root}/{language}/")
