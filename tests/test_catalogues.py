"""The interface speaks Korean and Simplified Chinese as fully as English: what the source says, the catalogues say."""

import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parent.parent
LANGUAGES = ("ko", "zh_Hans")
EXEMPT = tomllib.loads((ROOT / "tests/same_as_english.toml").read_text(encoding="utf-8"))


def catalogue(package: Path, language: str) -> Catalog:
    with (package / "locale" / language / "LC_MESSAGES" / "django.po").open("rb") as file:
        return read_po(file, locale=language)


def sentences(catalogue: Catalog) -> list[Message]:
    return [message for message in catalogue if message.id]  # the header has no id


def key(message: Message) -> tuple[str, str]:
    return english(message)[0], message.context or ""


def english(message: Message) -> list[str]:
    return [message.id] if isinstance(message.id, str) else list(message.id)


def translations(message: Message) -> list[str]:
    return [message.string] if isinstance(message.string, str) else list(message.string)


@pytest.fixture(scope="module")
def extracted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the package whose catalogues were just brought up to date."""
    package = tmp_path_factory.mktemp("extracted") / "undersigned"
    shutil.copytree(ROOT / "undersigned", package, ignore=shutil.ignore_patterns("*.mo", "__pycache__", "static"))
    subprocess.run([sys.executable, ROOT / "setup/messages.py", package], check=True, timeout=120)
    return package


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_catalogue_has_every_sentence_of_the_source_and_no_other(language: str, extracted: Path) -> None:
    ours = {key(message) for message in sentences(catalogue(ROOT / "undersigned", language))}
    said = {key(message) for message in sentences(catalogue(extracted, language))}
    assert not said - ours, "run setup/messages.py and translate"
    assert not ours - said, "run setup/messages.py"
    assert not catalogue(ROOT / "undersigned", language).obsolete, "run setup/messages.py"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_sentence_is_translated_by_somebody_who_was_sure(language: str) -> None:
    messages = sentences(catalogue(ROOT / "undersigned", language))
    assert messages
    assert not [key(message) for message in messages if not all(translations(message))]
    assert not [key(message) for message in messages if message.fuzzy]


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_translation_is_the_english_again_but_for_a_reason(language: str) -> None:
    messages = sentences(catalogue(ROOT / "undersigned", language))
    same = {key(message)[0] for message in messages if set(translations(message)) & set(english(message))}
    assert same == {sentence for sentence, reasons in EXEMPT.items() if reasons.get(language)}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    "kept",
    [
        pytest.param(r"%\(\w+\)[a-z]", id="placeholders"),
        pytest.param(r"</?[a-z]+", id="markup"),
        pytest.param(r"https?://\S+", id="addresses"),
    ],
)
def test_a_translation_keeps_what_is_filled_in_and_marked_up(language: str, kept: str) -> None:
    wrong = [
        (text, translation)
        for message in sentences(catalogue(ROOT / "undersigned", language))
        for text in english(message)[-1:]  # the plural has the number, the singular may spell it
        for translation in translations(message)
        if sorted(set(re.findall(kept, text))) != sorted(set(re.findall(kept, translation)))
    ]
    assert not wrong


@pytest.mark.parametrize("language", LANGUAGES)
def test_gettext_itself_finds_nothing_wrong(language: str) -> None:
    source = ROOT / "undersigned/locale" / language / "LC_MESSAGES/django.po"
    answer = subprocess.run(
        ["msgfmt", "--check", "--output-file=/dev/null", source], capture_output=True, text=True, check=False
    )
    assert answer.returncode == 0, answer.stderr
