"""What was typed on a page that is not ours (a mirror, a copy in a file), shown once more: it is sent by one button.

Without it, any page could have its visitors sign without their knowing.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils import translation
from django.utils.translation import gettext as _

from undersigned.lib.languages import interface_for
from undersigned.pages.form import Field
from undersigned.pages.frame import letter_frame, render
from undersigned.pages.sign_page import Door, signed


@dataclass(frozen=True, slots=True)
class Told:
    """One thing that was typed, ticked or chosen, under the label of its field."""

    label: str
    value: str


@dataclass(frozen=True, slots=True)
class Review:
    """What will be sent: in words, and as the form will carry it."""

    action: str
    button: str
    version: str
    told: tuple[Told, ...]
    agreed: tuple[str, ...]
    hidden: tuple[tuple[str, str], ...]


def review_page(door: Door, typed: Mapping[str, str]) -> str:
    """The page that shows a valid sign-on before it is sent from here."""
    with translation.override(interface_for(door.language)):
        form = door.form.filled(typed)
        fields = [field for section in form.sections for field in section.fields]
        review = Review(
            action=form.action,
            button=form.button,
            version=form.version,
            told=tuple(Told(field.label, said) for field in fields if (said := _said(field))),
            agreed=tuple(box.label for box in form.boxes),
            hidden=tuple((name, typed[name]) for name in _names(form.fields) if typed.get(name)),
        )
        title = _("Is this what you want to send?")
    frame = letter_frame(door.letter, door.language, door.place, title)
    letter = signed(door.letter, door.language, door.place)
    return render("pages/signing/review.html", frame, review=review, letter=letter)


def _said(field: Field) -> str:
    """What a field says, as it was shown where it was typed."""
    if field.type == "checkbox":
        return "✓" if field.is_ticked else ""
    return next((option.label for option in field.options if option.is_chosen and option.value), field.value)


def _names(fields: tuple[Field, ...]) -> list[str]:
    return [field.name for field in fields]
