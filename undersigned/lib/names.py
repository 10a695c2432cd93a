"""Names as people type them: cleaned, refused where they could deceive a reader or a spreadsheet, and compared."""

import re
import unicodedata
from functools import lru_cache
from itertools import pairwise

from icu import Char, Script, UProperty, UScriptCode

from undersigned.lib.refusal import Refusal, gettext_noop

KEY_LIMIT = 200
"""The longest key; NFKC can make a name longer than it was."""

_FORMULA_STARTS = "=+-@−"
_SPACES = re.compile("[ \u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]+")
_STACK_LIMIT = 6  # Tibetan and Vietnamese need up to four marks on one letter

# Scripts whose letters look alike, so that one word may use only one of them. Others are mixed by real
# organisations within one word: Latin with Han, Hangul or kana above all.
_LOOK_ALIKES = {
    UScriptCode.LATIN, UScriptCode.CYRILLIC, UScriptCode.GREEK, UScriptCode.ARMENIAN, UScriptCode.CHEROKEE,
    UScriptCode.COPTIC, UScriptCode.LISU,
}  # fmt: skip

# Joiners spell Persian, Indic and some other scripts: harmless between letters of those, invisible anywhere else.
_JOINERS = "\u200c\u200d"
_JOINING_SCRIPTS = {
    UScriptCode.ARABIC, UScriptCode.SYRIAC, UScriptCode.MONGOLIAN, UScriptCode.DEVANAGARI, UScriptCode.BENGALI,
    UScriptCode.GURMUKHI, UScriptCode.GUJARATI, UScriptCode.ORIYA, UScriptCode.TAMIL, UScriptCode.TELUGU,
    UScriptCode.KANNADA, UScriptCode.MALAYALAM, UScriptCode.SINHALA, UScriptCode.KHMER, UScriptCode.MYANMAR,
}  # fmt: skip

# “epicenter.works” is the name of an organisation; what follows a slash makes it a link. An address is one too.
_LINK = re.compile(
    r"""://|\bhttps?:|\bwww\.            # beginnings of links
    |\w\.(?:[a-z]{2,}|[A-Z]{2,}|[^\W\d_a-zA-Z]{2,})[/?#:]\S   # a host and what is on it
    |\S@\S+\.\S                          # a mailbox
    """,
    re.VERBOSE,
)

# Plain names, in which nothing can deceive: words of Latin letters, of Hangul syllables or of the most common Han,
# which normalisation leaves as they are. A test holds this to the long rules.
_PLAIN = re.compile("[A-Za-zÀ-ÖØ-öø-ÿ가-힣一-龥]+(?:[ '’-][A-Za-zÀ-ÖØ-öø-ÿ가-힣一-龥]+)*")


class NameMissing(Refusal):
    """Nothing was typed where something is needed."""

    code = "name-missing"
    message = gettext_noop("Please fill this in.")


class NameTooLong(Refusal):
    """More characters than there is room for."""

    code = "name-too-long"
    message = gettext_noop("This is too long: %(length)s characters, where %(limit)s are possible.")


class NameHasControls(Refusal):
    """Characters that nobody sees, but that change what is seen."""

    code = "name-has-controls"
    message = gettext_noop("There are invisible control characters in this text (%(character)s). Please type it anew.")


class NameStacksMarks(Refusal):
    """Accents piled up until they cover the lines around them, or without a letter to stand on."""

    code = "name-stacks-marks"
    message = gettext_noop("There are more accents in this text than letters can carry. Please type it anew.")


class NameHasLink(Refusal):
    """A link or a mailbox inside a name."""

    code = "name-has-link"
    message = gettext_noop("Links and e-mail addresses cannot be part of this text.")


class NameIsFormula(Refusal):
    """A beginning that spreadsheets would calculate."""

    code = "name-is-formula"
    message = gettext_noop("This cannot begin with “%(start)s”, because spreadsheets would take it for a formula.")


class NameMixesScripts(Refusal):
    """Letters of look-alike scripts within one word."""

    code = "name-mixes-scripts"
    message = gettext_noop(
        "The word “%(word)s” mixes letters of scripts that look alike, as false names do. Please type it in one script."
    )


class NameHasNoLetters(Refusal):
    """Digits and signs only."""

    code = "name-has-no-letters"
    message = gettext_noop("A name needs at least one letter.")


def clean_name(text: str, field: str, limit: int) -> str:
    """`text` in NFC, trimmed and with single spaces; refused, naming `field`, where it could deceive."""
    if len(text) <= limit and _PLAIN.fullmatch(text):
        return text
    return _clean(text, field, limit)


def _clean(text: str, field: str, limit: int) -> str:
    """The long rules."""
    name = _SPACES.sub(" ", unicodedata.normalize("NFC", text)).strip()
    if not name:
        raise NameMissing(field)
    if len(name) > limit:
        raise NameTooLong(field, length=len(name), limit=limit)
    _refuse_invisible(name, field)
    _refuse_stacks(name, field)
    _refuse_formula(name, field)
    if _LINK.search(unicodedata.normalize("NFKC", name)):
        raise NameHasLink(field)
    _refuse_mixed_words(name, field)
    if not any(character.isalpha() for character in name):
        raise NameHasNoLetters(field)
    return name


def _refuse_invisible(name: str, field: str) -> None:
    for place, character in enumerate(name):
        if _is_invisible(character) and not _joins(name, place):
            raise NameHasControls(field, character=f"U+{ord(character):04X}")


@lru_cache(maxsize=8192)  # a door reads thousands of names a second, and few different letters
def _is_invisible(character: str) -> bool:
    """Controls, bidi controls, line ends, private and unassigned characters, fillers, variation selectors."""
    if unicodedata.category(character) in ("Cc", "Cf", "Co", "Cs", "Cn", "Zl", "Zp"):
        return True
    return character == "\u2800" or bool(Char.hasBinaryProperty(character, UProperty.DEFAULT_IGNORABLE_CODE_POINT))


def _joins(name: str, place: int) -> bool:
    """Whether a joiner stands between two letters of a script that is spelt with joiners."""
    if name[place] not in _JOINERS or not 0 < place < len(name) - 1:
        return False
    return _script(name[place - 1]) in _JOINING_SCRIPTS and _script(name[place + 1]) in _JOINING_SCRIPTS


def _refuse_stacks(name: str, field: str) -> None:
    stack = _STACK_LIMIT  # nothing to stand on yet
    for character in unicodedata.normalize("NFD", name):
        stack = stack + 1 if _is_mark(character) else 0
        if stack > _STACK_LIMIT:
            raise NameStacksMarks(field)


def _refuse_formula(name: str, field: str) -> None:
    start = unicodedata.normalize("NFKC", name).lstrip("'\"`´‘’‚“”„«»‹› ")[:1]
    if start and start in _FORMULA_STARTS:
        raise NameIsFormula(field, start=start)


def _refuse_mixed_words(name: str, field: str) -> None:
    for word in _words(name):
        if len({_script(character) for character in word} & _LOOK_ALIKES) > 1:
            raise NameMixesScripts(field, word=word)


def _words(name: str) -> list[str]:
    """The runs of letters, with the marks, digits and joiners that do not end a word."""
    return "".join(
        character if character.isalnum() or _is_mark(character) or character in _JOINERS else " " for character in name
    ).split()


def _is_mark(character: str) -> bool:
    return unicodedata.category(character).startswith("M")


@lru_cache(maxsize=8192)
def _script(character: str) -> int:
    return int(Script.getScript(character).getScriptCode())


# --- The same organisation, and where it is looked for ----------------------------------------------------------------

_ARTICLE = re.compile(r"^(?:(?:the|an?|le|la|les|der|die|das|el|los|las|il|gli|het)\s+|l['’])(?=\S)", re.IGNORECASE)
_LEGAL_FORMS = {
    "aisbl", "ag", "as", "asbl", "bv", "co", "corp", "corporation", "ev", "ggmbh", "gmbh", "inc", "incorporated", "kg",
    "limited", "llc", "llp", "ltd", "nv", "odv", "onlus", "oy", "plc", "ry", "sarl", "srl", "vzw", "zs",
}  # fmt: skip
# Those of East Asia are often written without a space. 협동조합 is none of them here: names contain it.
_FORMS_IN_FRONT = re.compile(
    r"(?:사단법인|재단법인|비영리법인|사회복지법인|유한회사|주식회사|㈔|㈜|\((?:사|재|주|유)\)"
    r"|(?:一般|公益)?(?:社団|財団)法人|特定非営利活動法人|NPO法人|社团法人|财团法人|社團法人|財團法人)\s*(?=\S)"
)
_FORMS_BEHIND = re.compile(r"(?<=\S)\s*(?:\((?:사|재|주|유)\)|주식회사|㈜|股份有限公司|有限责任公司|有限公司)$")
_IN_BRACKETS = re.compile(r"\s*[(\[]([^()\[\]]+)[)\]]\s*$")
_COUNTRY_INITIALS = {"DPRK", "PRC", "ROC", "ROK", "UAE", "USA"}


def organisation_key(name: str) -> str:
    """Equal for names that differ only in case, width, article, legal form, own initials in brackets, or punctuation.

    What tells two organisations apart stays: a country in brackets, a part that is named after the whole.
    """
    whole = " ".join(unicodedata.normalize("NFKC", name).split())
    bare = _without_initials(_without_form(whole))
    words = _without_form(_ARTICLE.sub("", bare.casefold(), count=1) if _ARTICLE.match(bare) else bare.casefold())
    letters = "".join(
        character for character in words.replace("&", " and ") if character.isalnum() or _is_mark(character)
    )
    return unicodedata.normalize("NFKC", letters or whole.casefold())[:KEY_LIMIT]


def sort_form(name: str) -> str:
    """The organisation's `name` as it is looked for in a list: without article, legal form and opening quotes."""
    form = _ARTICLE.sub("", _without_form(name))
    return form.lstrip("(/\"'“‘„«‹「『《〈 ") or name


def _without_form(name: str) -> str:
    """`name` without the legal forms in front and behind, however many: “… Co., Ltd.”."""
    front = _FORMS_IN_FRONT.match(name)
    rest = _FORMS_BEHIND.sub("", name[front.end() :] if front else name)
    words = re.sub(r"(?<=\b\w\.)\s+(?=\w\.)", "", rest).split(" ")  # “e. V.” is one word
    while len(words) > 1 and words[-1].strip(",").replace(".", "").casefold() in _LEGAL_FORMS:
        words.pop()
    return " ".join(words).rstrip(", ")


def _without_initials(name: str) -> str:
    """`name` without the brackets at its end, where these hold its own initials."""
    found = _IN_BRACKETS.search(name)
    if found and found.start() and _are_initials(found[1], name[: found.start()]):
        return name[: found.start()]
    return name


def _are_initials(text: str, name: str) -> bool:
    """Whether `text`, such as “EDRi” or “D64”, abbreviates `name`: its capitals begin words or stand inside them.

    A name in another script shows no capitals: then a word of three or more capitals is taken for the
    abbreviation of its English form, if it is not one of a country.
    """
    capitals = [character for character in text if character.isupper()]
    if not capitals or not re.fullmatch(r"[\w&.-]{2,12}", text):
        return False
    if not re.search(r"[A-Za-z]", name):
        return len(capitals) > 2 and text.isupper() and text not in _COUNTRY_INITIALS
    begun = [second for first, second in pairwise(f" {name}") if second.isupper() or not first.isalnum()]
    rest = iter("".join(begun).upper())
    return all(capital in rest for capital in capitals)
