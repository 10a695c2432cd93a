"""Names as people type them: cleaned, and refused where they could deceive a reader or a spreadsheet."""

import re
import unicodedata

from icu import Script, UScriptCode

from undersigned.lib.refusal import Refusal, gettext_noop

FORMULA_STARTS = "=+-@\t\r"
# Scripts that one word may not mix, since their letters look alike.
LOOK_ALIKES = {UScriptCode.LATIN: "Latin", UScriptCode.CYRILLIC: "Cyrillic", UScriptCode.GREEK: "Greek"}
# Joiners that spell Persian, Indic and other scripts; harmless between letters of those, invisible anywhere else.
JOINERS = "\u200c\u200d"
JOINING_SCRIPTS = {
    UScriptCode.ARABIC, UScriptCode.SYRIAC, UScriptCode.MONGOLIAN, UScriptCode.DEVANAGARI, UScriptCode.BENGALI,
    UScriptCode.GURMUKHI, UScriptCode.GUJARATI, UScriptCode.ORIYA, UScriptCode.TAMIL, UScriptCode.TELUGU,
    UScriptCode.KANNADA, UScriptCode.MALAYALAM, UScriptCode.SINHALA, UScriptCode.KHMER, UScriptCode.MYANMAR,
}  # fmt: skip
LINK = re.compile(r"://|\bwww\.|\b[\w-]+\.[a-z]{2,}/\S", re.IGNORECASE)
ARTICLES = r"(?:the|an?|le|la|les|l['’]|der|die|das|el|los|las|il|lo|gli|de|het|o|os|as|al-)"
LEGAL_FORMS = (
    r"(?:e\.?\s?v\.?|a\.?g\.?|g?gmbh|ltd\.?|limited|inc\.?|incorporated|llc|plc|corp\.?|a\.?s\.?|o\.?d\.?v\.?|"
    r"a\.?s\.?b\.?l\.?|b\.?v\.?|s\.?r\.?l\.?|n\.?v\.?|oy|ry|z\.?\s?s\.?|ngo|npo)"
)
EAST_ASIAN_FORMS = (
    r"(?:사단법인|재단법인|비영리법인|사회복지법인|협동조합|유한회사|주식회사|\(사\)|\(재\)|\(주\)|㈔|㈜|"
    r"社団法人|一般社団法人|公益社団法人|財団法人|一般財団法人|特定非営利活動法人|有限公司|有限责任公司|社团法人|財團法人|社團法人)"
)


class NameMissing(Refusal):
    code = "name-missing"
    message = gettext_noop("Please fill this in.")


class NameTooLong(Refusal):
    code = "name-too-long"
    message = gettext_noop("This is too long: %(length)s characters, where %(limit)s are possible.")


class NameHasControls(Refusal):
    code = "name-has-controls"
    message = gettext_noop("There are invisible control characters in this text (%(character)s). Please type it anew.")


class NameHasLink(Refusal):
    code = "name-has-link"
    message = gettext_noop("Links cannot be part of this text.")


class NameIsFormula(Refusal):
    code = "name-is-formula"
    message = gettext_noop("This cannot begin with “%(start)s”, because spreadsheets would take it for a formula.")


class NameMixesScripts(Refusal):
    code = "name-mixes-scripts"
    message = gettext_noop(
        "The word “%(word)s” mixes letters of look-alike scripts (%(scripts)s). Please type it in one script."
    )


class NameHasNoLetters(Refusal):
    code = "name-has-no-letters"
    message = gettext_noop("A name needs at least one letter.")


def clean_name(text: str, field: str, limit: int) -> str:
    """`text` in NFC, trimmed and with single spaces; refused, naming `field`, where it could deceive."""
    name = re.sub(r"[ \u00a0\u2000-\u200a\u202f\u3000]+", " ", unicodedata.normalize("NFC", text)).strip()
    if not name:
        raise NameMissing(field)
    if len(name) > limit:
        raise NameTooLong(field, length=len(name), limit=limit)
    _refuse_controls(name, field)
    _refuse_formula(name, field)
    if LINK.search(name):
        raise NameHasLink(field)
    _refuse_mixed_words(name, field)
    if not any(character.isalpha() for character in name):
        raise NameHasNoLetters(field)
    return name


def organisation_key(name: str) -> str:
    """Equal for names that differ only in case, width, article, legal form, bracketed acronym or punctuation."""
    key = unicodedata.normalize("NFKC", name).casefold()
    key = re.sub(EAST_ASIAN_FORMS, " ", key)
    key = re.sub(r"\s*[(\[（][^)\]）]*[)\]）]\s*", " ", key).strip() or key.strip()
    key = re.sub(rf"^{ARTICLES}(?:\s+|(?<=['’-]))", "", key)
    key = re.sub(rf"[\s,]+{LEGAL_FORMS}$", "", key)
    return re.sub(r"[\W_]+", "", key) or unicodedata.normalize("NFKC", name).casefold()


def sort_form(name: str) -> str:
    """`name` without the article in front and the legal form, as it is looked for in a list."""
    form = re.sub(rf"^{EAST_ASIAN_FORMS}\s*", "", name)
    form = re.sub(rf"^{ARTICLES}(?:\s+|(?<=['’-]))", "", form, flags=re.IGNORECASE)
    form = re.sub(rf"[\s,]+{LEGAL_FORMS}$", "", form, flags=re.IGNORECASE)
    return form.lstrip("(/\"'“‘«「『 ") or name


def _refuse_controls(name: str, field: str) -> None:
    for place, character in enumerate(name):
        if character in JOINERS and _joins(name, place):
            continue
        if unicodedata.category(character) in ("Cc", "Cf", "Co", "Cs", "Cn", "Zl", "Zp") or _is_blank(character):
            raise NameHasControls(field, character=f"U+{ord(character):04X}")


def _joins(name: str, place: int) -> bool:
    return 0 < place < len(name) - 1 and Script.getScript(name[place - 1]).getScriptCode() in JOINING_SCRIPTS


def _is_blank(character: str) -> bool:
    """Letters and marks that show nothing: Hangul fillers, the Braille blank, variation selectors."""
    return character in "\u115f\u1160\u3164\uffa0\u2800\u034f" or "\ufe00" <= character <= "\ufe0f"


def _refuse_formula(name: str, field: str) -> None:
    start = unicodedata.normalize("NFKC", name.lstrip("'\"`‘’“” "))[:1]
    if start and start in FORMULA_STARTS:
        raise NameIsFormula(field, start=start)


def _refuse_mixed_words(name: str, field: str) -> None:
    for word in re.findall(r"[^\W\d_]+", name):
        scripts = {Script.getScript(character).getScriptCode() for character in word} & LOOK_ALIKES.keys()
        if len(scripts) > 1:
            raise NameMixesScripts(field, word=word, scripts=", ".join(sorted(LOOK_ALIKES[one] for one in scripts)))
