"""The page on which the public finds the kit of a letter: to print, to hand over, to report."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from django.utils import translation
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from undersigned.kit.keep import digest_of
from undersigned.kit.models import PressPicture
from undersigned.kit.parcel import SUMS
from undersigned.kit.press import LOGO
from undersigned.kit.store import Item, Kit
from undersigned.kit.types import PARCEL
from undersigned.letters.models import Letter
from undersigned.lib.languages import autonym, interface_for
from undersigned.pages.card import HEIGHT, WIDTH
from undersigned.pages.figures import file_size, number
from undersigned.pages.frame import Frame, Place, interface_tag, letter_frame
from undersigned.pages.kit import Shown
from undersigned.pages.letter import LetterPage
from undersigned.pages.moved import KIT
from undersigned.pages.said import Said, said
from undersigned.pages.sharing import COUNTER, WHOLE, frame_of

REST = "kit/"
Pictures = Mapping[str, PressPicture]


@dataclass(frozen=True, slots=True)
class Offer:
    """A file that can be taken along; `saved_as` is the name under which a browser keeps it.

    `caption` and `terms` are of pictures: what one shows, whose it is, and on what terms it may be printed.
    """

    label: str
    href: str
    saved_as: str
    size: str
    caption: Said
    terms: str


@dataclass(frozen=True, slots=True)
class Shelf:
    """What there is in one language, by its own name; or for all of them."""

    title: str
    language: str
    offers: tuple[Offer, ...]


@dataclass(frozen=True, slots=True)
class Piece:
    """Something that other sites can show, and the HTML by which they do."""

    label: str
    html: str


@dataclass(frozen=True, slots=True)
class KitPage:
    """The kit in one language. Without `shelves` it is being made, which takes less than a minute."""

    frame: Frame
    headline: Said
    letter: str
    edition: str
    shelves: tuple[Shelf, ...]
    card: str
    card_size: tuple[int, int]
    pieces: tuple[Piece, ...]


def kit_page(shown: Shown, language: str, page: LetterPage) -> KitPage:
    """The page of the kit of the public letter on `page`, for readers of `language`."""
    with translation.override(interface_for(language)):
        letter, kit, tag = shown.letter, shown.kit, interface_tag(language)
        place = Place.public(letter, REST)
        return KitPage(
            frame=letter_frame(letter, language, place, _("Kit for print and press")),
            headline=said(letter.subject, tag, tuple(letter.languages)),
            letter=f"/{letter.slug}/{language}/",
            edition=_("Edition %(number)s") % {"number": number(kit.edition, tag)} if kit else "",
            shelves=tuple(_shelves(letter, kit, language, _pictures(letter, kit))) if kit else (),
            card=shown.card(language),
            card_size=(WIDTH, HEIGHT),
            pieces=(
                Piece(_("The count"), frame_of(COUNTER, page)),
                Piece(_("The letter, with the way to sign it"), frame_of(WHOLE, page)),
            ),
        )


def _pictures(letter: Letter, kit: Kit) -> Pictures:
    """The pictures by the names of their files; none while others than those of the kit are on record."""
    is_of_today = kit.stand.press == digest_of(letter)
    return {picture.name: picture for picture in letter.press_pictures.defer("content")} if is_of_today else {}


def _shelves(letter: Letter, kit: Kit, language: str, pictures: Pictures) -> Iterator[Shelf]:
    """This language first, then what is for all, then the other languages."""
    first = [language, *(tag for tag in letter.languages if tag != language)]
    for at, tag in enumerate(first):
        items = [item for item in kit.items if item.language == tag]
        yield Shelf(autonym(tag), tag, tuple(_offer(letter, item, language, None) for item in items))
        if at == 0:
            items = [item for item in kit.items if not item.language]
            offers = (_offer(letter, item, language, pictures.get(item.name)) for item in items)
            yield Shelf(_("Everything"), "", tuple(offers))


def _offer(letter: Letter, item: Item, language: str, picture: PressPicture | None) -> Offer:
    return Offer(
        label=_label(item),
        href=f"/{letter.slug}/{KIT}/{item.name}",
        saved_as=_saved_as(letter, item),
        size=file_size(item.size, get_language() or "en"),
        caption=said(picture.captions, interface_tag(language), (language, *letter.languages)) if picture else Said(""),
        terms=f"{picture.credit} · {picture.licence}" if picture else "",
    )


def _label(item: Item) -> str:
    labels = {
        PARCEL: _("The whole kit (ZIP)"),
        SUMS: _("Checksums of all files"),
        "letter.pdf": _("The letter in all languages (PDF)"),
    }
    what, ending = item.name.partition(".")[0], item.name.rpartition(".")[2]
    kinds = {
        ("letter", "pdf"): _("The letter to print (PDF)"),
        ("letter", "docx"): _("The letter (Word)"),
        ("letter", "txt"): _("The letter (plain text)"),
        ("press", "pdf"): _("Press release (PDF)"),
        ("press", "docx"): _("Press release (Word)"),
        ("press", "txt"): _("Press release (plain text)"),
        ("quotations", "txt"): _("Quotations, with speaker and office"),
        ("pictures", "txt"): _("Captions, credits and terms of use of the pictures"),
        ("card", "png"): _("Picture for social media (PNG)"),
    }
    return labels.get(item.name) or kinds.get((what, ending)) or _picture(what, ending)


def _picture(what: str, ending: str) -> str:
    """“Picture 2 (JPG)”: the kind and the number are its name."""
    kind, _dash, number_ = what.partition("-")
    words = _("Logo %(number)s (%(format)s)") if kind == LOGO else _("Picture %(number)s (%(format)s)")
    return words % {"number": number_, "format": ending.upper()}


def _saved_as(letter: Letter, item: Item) -> str:
    """Names a file after the letter: in somebody's folder of downloads “letter.en.pdf” says nothing."""
    return item.name.replace("letter", letter.slug, 1) if "letter" in item.name else f"{letter.slug}-{item.name}"
