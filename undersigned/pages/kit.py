"""The kit of a letter: made in a private folder, under embargo too; the bakery takes out of it what may be public."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache, partial
from hashlib import sha256
from importlib.metadata import version as version_of
from pathlib import Path

from django.conf import settings

from undersigned.kit.docx import docx
from undersigned.kit.editions import changes, edition_at
from undersigned.kit.keep import digest_of
from undersigned.kit.models import PressPicture, PressRelease
from undersigned.kit.parcel import SUMS, parcel, sums
from undersigned.kit.sheet import Sheet
from undersigned.kit.store import Kit, Stand, Store, items_of
from undersigned.kit.text import text
from undersigned.kit.types import CARD, PARCEL
from undersigned.kit.typeset import TEMPLATES, Typeset, pdf
from undersigned.ledger.models import Checkpoint
from undersigned.letters.models import Letter, Publication, Version
from undersigned.letters.stages import NotFrozenYet
from undersigned.pages.card import card
from undersigned.pages.figures import rounded
from undersigned.pages.for_press import captions, press_sheet, quotations
from undersigned.pages.letter import Around, release_of
from undersigned.pages.moved import KIT
from undersigned.pages.printed import sheet
from undersigned.pages.tally import figures

FIGURE_PACE = timedelta(minutes=1)
"""How soon a kit is made anew for another round figure: in a rush there is a new one each second."""

Tell = Callable[[int, int], None]
"""Told how many files of how many are made."""

Job = tuple[str, str, Callable[[], bytes]]
"""A file to be made: its name, its language, and what makes it."""


@dataclass(frozen=True, slots=True)
class Shown:
    """What is public of the kit of `letter` at the time of a bake; `kit` is None while it is made anew."""

    letter: Letter
    kit: Kit | None
    names: tuple[str, ...]

    def files(self) -> Iterator[tuple[str, bytes]]:
        """The files, by name."""
        for name in self.names:
            content = store().read(self.letter.pk, name)
            if content is not None:
                yield name, content

    def card(self, language: str) -> str:
        """The path of the card in `language`; empty where there is none yet."""
        name = f"{CARD}{language}.png"
        return f"/{self.letter.slug}/{KIT}/{name}" if name in self.names else ""


def store() -> Store:
    """The private folder of all kits."""
    return Store(settings.KITS)


def make(letter: Letter, at: datetime, tell: Tell = lambda done, of: None) -> Kit:
    """Make the kit of `letter` from the records as they are now, and keep it in the private folder.

    Refused: a text that is not frozen, and a language for whose script there is no font; the kit then stays as it was.
    """
    with store().lock():
        letter.refresh_from_db()
        version = letter.frozen
        if version is None:
            raise NotFrozenYet
        stand = stand_of(letter, version)
        press = _Press(letter, version, stand, edition_at(letter, stand), tell, list(letter.press_pictures.all()))
        files = press.print()
        items = items_of(files, press.languages)
        kit = Kit(stand, press.edition, items, "".join(sorted(press.unshown)), at.isoformat())
        store().put(letter.pk, kit, files)
    return kit


def due(at: datetime) -> Iterator[Letter]:
    """The letters whose kit is to be made anew; those first of which something was corrected or taken away."""
    letters = [letter for letter in Letter.objects.exclude(publication=Publication.DRAFT) if _is_due(letter, at)]
    yield from sorted(letters, key=lambda letter: letter.is_public, reverse=True)


def ready(letter: Letter) -> Kit | None:
    """The kit of `letter` if nothing in it has been corrected or taken away since; else None."""
    return _while_it_holds(letter, store().find(letter.pk), None)


def _while_it_holds(letter: Letter, kit: Kit | None, there: Around | None) -> Kit | None:
    if kit is None:
        return None
    version = there.version if there else letter.frozen
    return kit if version and kit.stand.holds_for(stand_of(letter, version, there)) else None


def shown(letter: Letter, there: Around | None = None) -> Shown:
    """What the public may have of the kit: all of it while it holds; the cards, which name nobody, until then.

    What stands around the letter is asked for unless it is given.
    """
    kit = store().find(letter.pk)
    whole = _while_it_holds(letter, kit, there)
    names = tuple(item.name for item in (kit.items if kit else ()) if whole or item.name.startswith(CARD))
    return Shown(letter, whole, names)


def stand_of(letter: Letter, version: Version, there: Around | None = None) -> Stand:
    """How far the letter's records have come; asked for every other second, so that it must not count names."""
    figured = there.standing.figures if there and there.standing else figures(letter)
    release = there.release if there else release_of(letter)
    return Stand(
        slug=letter.slug,
        version=version.hex_digest,
        revision=letter.revision,
        listed=figured.counts.total - figured.counts.hidden,
        changes=changes(letter),
        log_size=figured.log_size,
        log_root=root_at(letter.origin, figured.log_size) if figured.log_size is not None else "",
        release=f"{release.wall_time} {release.zone}" if release else "",
        figure=rounded(figured.counts.total),
        press=digest_of(letter),
        printer=_printer(),
    )


def root_at(origin: str, size: int) -> str:
    """The root of the log over its first `size` entries, as it was signed; empty where no head was signed there."""
    signed = Checkpoint.objects.filter(log__origin=origin, size=size).order_by("-pk").first()
    return bytes(signed.note).decode().split("\n")[2] if signed else ""  # c2sp.org/tlog-checkpoint: the third line


def _is_due(letter: Letter, at: datetime) -> bool:
    """At once if something of the kit is not so any more; soon if a card shows another figure; else after a while."""
    version, kit = letter.frozen, store().find(letter.pk)
    if version is None:
        return False
    stand = stand_of(letter, version)
    if kit is None or not kit.stand.holds_for(stand):
        return True
    if kit.stand == stand:
        return False
    if not letter.is_public or _hurries(kit.stand, stand):
        return True
    pace = settings.KIT_PACE if kit.stand.figure == stand.figure else min(FIGURE_PACE, settings.KIT_PACE)
    return at - datetime.fromisoformat(kit.made_at) >= pace


def _hurries(made: Stand, now: Stand) -> bool:
    """Whether a kit is to tell something else at once: the press release, or that the log is open."""
    if (made.press, made.printer) != (now.press, now.printer):
        return True
    return (made.log_size is None) != (now.log_size is None) or bool(now.log_root and not made.log_root)


@cache
def _printer() -> str:
    """What kits are made with: after a change of program, typesetter or template they are made anew."""
    known = sha256("".join(map(version_of, ("undersigned", "typst", "python-docx"))).encode())
    for path in sorted([*TEMPLATES.glob("*"), *Path(__file__).parent.glob("*.py"), *TEMPLATES.parent.glob("*.py")]):
        known.update(path.read_bytes() if path.is_file() else b"")
    return known.hexdigest()[:16]


@dataclass(slots=True)
class _Press:
    """Makes the files of one kit."""

    letter: Letter
    version: Version
    stand: Stand
    edition: int
    tell: Tell
    pictures: list[PressPicture]
    languages: dict[str, str] = field(default_factory=dict)
    sheets: dict[str, Sheet] = field(default_factory=dict)
    unshown: set[str] = field(default_factory=set)

    def print(self) -> dict[str, bytes]:
        """All files by their names, in the order in which they are offered."""
        jobs = [job for tag in self.letter.languages for job in self._jobs(tag)]
        jobs += self._jobs_for_all()
        files: dict[str, bytes] = {}
        for done, (name, tag, job) in enumerate(jobs, start=1):
            files[name] = job()
            self.languages[name] = tag
            self.tell(done, len(jobs))
        return {**files, PARCEL: parcel(files, self.letter.slug), SUMS: sums(files)}

    def _jobs(self, tag: str) -> Iterator[Job]:
        """What is made in one language; the press release where there is one."""
        one = self._sheet(tag)
        yield f"letter.{tag}.pdf", tag, lambda: self._set([one])
        yield f"letter.{tag}.docx", tag, lambda: docx(one)
        yield f"letter.{tag}.txt", tag, lambda: text(one)
        row = PressRelease.objects.filter(letter=self.letter, language=tag).first()
        if row:
            told = press_sheet(self.letter, row)
            yield f"press.{tag}.pdf", tag, lambda: self._set([told])
            yield f"press.{tag}.docx", tag, lambda: docx(told)
            yield f"press.{tag}.txt", tag, lambda: text(told)
        said = quotations(self.letter, self.version, row, tag)
        if said.strip():
            yield f"quotations.{tag}.txt", tag, lambda: said
        if self.pictures:
            yield f"pictures.{tag}.txt", tag, lambda: captions(self.pictures, tag)
        yield f"{CARD}{tag}.png", tag, lambda: card(self.letter, self.version, tag, self.stand.figure)

    def _jobs_for_all(self) -> Iterator[Job]:
        """What is for readers of every language: the letter in all of them, pictures and logos."""
        if len(self.letter.languages) > 1:
            yield "letter.pdf", "", lambda: self._set([self._sheet(tag) for tag in self.letter.languages])
        for picture in self.pictures:
            yield picture.name, "", partial(bytes, picture.content)

    def _sheet(self, tag: str) -> Sheet:
        if tag not in self.sheets:
            self.sheets[tag] = sheet(self.letter, self.version, tag, self.stand, self.edition)
        return self.sheets[tag]

    def _set(self, sheets: list[Sheet]) -> bytes:
        made: Typeset = pdf(sheets)
        self.unshown |= made.unshown
        return made.content
