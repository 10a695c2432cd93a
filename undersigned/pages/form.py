"""The sign form as a value: what is asked, what was typed, and what was refused, field by field."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal, Self

from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from undersigned.lib.refusal import Refusal
from undersigned.signing.sign_on import TextChanged

Sort = Literal["text", "email", "url", "select", "radio", "checkbox"]


@dataclass(frozen=True, slots=True)
class Option:
    """One choice of a select or of a group of radio buttons."""

    value: str
    label: str
    hint: str = ""
    is_chosen: bool = False


@dataclass(frozen=True, slots=True)
class Field:
    """One field. `id` is unique on a page with several forms.

    `language` is of what is typed, where that is known; `label_language` of a label that is not the form's own.
    """

    id: str
    name: str
    label: str
    type: Sort = "text"
    value: str = ""
    hint: str = ""
    error: str = ""
    autocomplete: str = "off"
    language: str = ""
    label_language: str = ""
    direction: str = "auto"
    is_required: bool = False
    is_ticked: bool = False
    options: tuple[Option, ...] = ()

    @property
    def described_by(self) -> str:
        """The ids of hint and refusal, as `aria-describedby` wants them."""
        parts = (f"{self.id}-hint" if self.hint else "", f"{self.id}-error" if self.error else "")
        return " ".join(part for part in parts if part)

    @property
    def first_id(self) -> str:
        """Where a link to this field leads: itself, or the first of its radio buttons."""
        return f"{self.id}-1" if self.type == "radio" else self.id

    def filled(self, typed: Mapping[str, str], error: str = "") -> "Field":
        """This field with what was typed, and with what was wrong with it."""
        value = typed.get(self.name, "")
        options = tuple(replace(option, is_chosen=option.value == value) for option in self.options)
        if self.type == "checkbox":
            return replace(self, is_ticked=value == self.value, error=error)
        return replace(self, value=value, options=options, error=error)


@dataclass(frozen=True, slots=True)
class Section:
    """Fields that belong together; an optional section can be left folded."""

    title: str
    fields: tuple[Field, ...]
    hint: str = ""
    is_optional: bool = False

    @property
    def is_open(self) -> bool:
        """Whether somebody has typed something in here, or has to look at something."""
        return any(field.value or field.error for field in self.fields)


@dataclass(frozen=True, slots=True)
class SignForm:
    """One form, ready to be shown. `language` is that of its own sentences, which need not be the letter's.

    `version` is the digest of the text that the reader has before them; empty where nobody is asked to sign.
    `general` are refusals that belong to no field. `opens_anew` has its answer shown in a window of its own.
    """

    kind: str
    action: str
    language: str
    direction: str
    title: str
    button: str
    sections: tuple[Section, ...]
    version: str = ""
    boxes: tuple[Field, ...] = ()
    facts: tuple[str, ...] = ()
    general: tuple[str, ...] = ()
    opens_anew: bool = False

    @property
    def fields(self) -> tuple[Field, ...]:
        """All fields, in the order of the page."""
        return (*(field for section in self.sections for field in section.fields), *self.boxes)

    @property
    def html(self) -> SafeString:
        """The form as it stands in a page."""
        return _html(self)

    @property
    def refused(self) -> tuple[Field, ...]:
        """The fields with which something is wrong, in the order of the page."""
        return tuple(field for field in self.fields if field.error)

    @property
    def is_refused(self) -> bool:
        return bool(self.general or self.refused)

    def filled(self, typed: Mapping[str, str], refusals: Sequence[Refusal] = ()) -> Self:
        """This form with everything that was typed, and each refusal beside its field.

        Who agreed to a text that changed is asked again: the boxes are then empty.
        """
        errors = {refusal.field: sentence(refusal) for refusal in reversed(refusals)}
        ticked = {} if any(isinstance(refusal, TextChanged) for refusal in refusals) else typed
        names = {field.name for field in self.fields}
        return replace(
            self,
            sections=tuple(
                replace(section, fields=tuple(_filled(section.fields, typed, errors))) for section in self.sections
            ),
            boxes=tuple(_filled(self.boxes, ticked, errors)),
            general=tuple(sentence(refusal) for refusal in refusals if refusal.field not in names),
        )


@lru_cache(maxsize=64)
def _html(form: SignForm) -> SafeString:
    """Kept, because a blank form with all its countries costs more to write than the letter above it."""
    return render_to_string("pages/signing/form.html", {"form": form})


def sentence(refusal: Refusal) -> str:
    """What a refusal says, in the language of the page."""
    return gettext(refusal.message) % refusal.facts


def _filled(fields: Sequence[Field], typed: Mapping[str, str], errors: Mapping[str, str]) -> Iterator[Field]:
    return (field.filled(typed, errors.get(field.name, "")) for field in fields)
