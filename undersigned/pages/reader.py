"""What readers may choose on every page: size, colours, face, direction of lines, motion."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _

SIZES = (("down-2", "−2"), ("down-1", "−1"), ("0", "0"), ("up-1", "+1"), ("up-2", "+2"))


@dataclass(frozen=True, slots=True)
class Option:
    """One radio button; its id is the choice's name, a hyphen, and `value`. Style sheets know it by that id."""

    value: str
    label: str
    is_default: bool = False


@dataclass(frozen=True, slots=True)
class Choice:
    """One thing to choose, in the interface language that is active."""

    name: str
    label: str
    options: tuple[Option, ...]


def choices(language: str) -> Iterator[Choice]:
    """The choices on a page whose text is in `language`; vertical lines are for those that are also written so."""
    yield Choice("size", _("Font size"), tuple(Option(value, label, value == "0") for value, label in SIZES))
    themes = (
        ("system", _("As the device")),
        ("light", _("Light")),
        ("dark", _("Dark")),
        ("contrast", _("High contrast")),
    )
    yield Choice("theme", _("Colours"), _options(themes))
    yield Choice("face", _("Typeface of the text"), _options((("serif", _("Serif")), ("sans", _("Sans serif")))))
    if stands_upright(language):
        yield Choice("lines", _("Lines"), _options((("horizontal", _("Horizontal")), ("vertical", _("Vertical")))))
    yield Choice("motion", _("Motion"), _options((("system", _("As the device")), ("less", _("Reduced")))))


def stands_upright(language: str) -> bool:
    """Whether readers of `language` know its texts in vertical lines too."""
    return language.partition("-")[0] == "ja" or language.startswith("zh-Hant")


def _options(told: Iterable[tuple[str, str]]) -> tuple[Option, ...]:
    """The first one is what holds before anybody has chosen."""
    return tuple(Option(value, label, at == 0) for at, (value, label) in enumerate(told))
