"""What a form posts: bytes of a stranger, read into fields or refused, in the same way wherever they arrive."""

import re

from undersigned.lib.refusal import Refusal, gettext_noop

FORM_TYPE = "application/x-www-form-urlencoded"
FIELDS_LIMIT = 100

_ESCAPED = re.compile("(?:%[0-9A-Fa-f]{2})+")


class NotAForm(Refusal):
    """Bytes that are no form, or none that a page of ours would send."""

    code = "not-a-form"
    status = 400
    message = gettext_noop("What was sent cannot be read as a form of ours. Nothing was stored.")


def read_form(body: bytes) -> dict[str, str]:
    """The fields of a posted form, each once, in UTF-8 and without NUL; else NotAForm.

    As the URL standard has it (application/x-www-form-urlencoded), and as Python's parse_qsl reads it.
    """
    fields: dict[str, str] = {}
    try:
        text = body.decode()
        pieces = [piece for piece in text.replace("+", " ").split("&") if piece]
        if text.count("&") >= FIELDS_LIMIT:
            raise NotAForm
        for piece in pieces:
            name, _, value = piece.partition("=")
            fields[_unescaped(name)] = _unescaped(value)
    except UnicodeDecodeError:
        raise NotAForm from None
    if len(fields) != len(pieces) or "\0" in text or "%00" in text:
        raise NotAForm
    return fields


def _unescaped(text: str) -> str:
    return _ESCAPED.sub(_bytes_of, text) if "%" in text else text


def _bytes_of(escaped: re.Match[str]) -> str:
    return bytes.fromhex(escaped[0].replace("%", "")).decode()
