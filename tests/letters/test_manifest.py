import datetime as dt
from pathlib import Path

import pytest

from undersigned.letters import manifest
from undersigned.letters.content import Party
from undersigned.letters.manifest import ReservedSlug, WrongSlug, parse_slug
from undersigned.lib.refusal import Refused

VALLEY = Path(__file__).parent / "valley" / "letter.toml"
LEAST = """slug = "keep-the-valley"
languages = ["en"]
date = 2027-01-20
controller = "Free Rivers Network"
contact = "letter@freerivers.example"
keep_until = 2029-12-31
subject = { en = "Keep the valley" }
[[addressees]]
title = { en = "The Minister" }
"""


def faults(text: str, tmp_path: Path) -> list[str]:
    path = tmp_path / "letter.toml"
    path.write_text(text)
    with pytest.raises(Refused) as refused:
        manifest.read(path)
    return [str(refusal) for refusal in refused.value.refusals]


def test_a_whole_manifest_is_read() -> None:
    terms = manifest.read(VALLEY)
    assert (terms.slug, terms.languages, terms.prevailing) == ("keep-the-valley", ("ko", "en", "zh-Hans"), "ko")
    assert (terms.date, terms.keep_until) == (dt.date(2027, 1, 20), dt.date(2029, 12, 31))
    assert (terms.list_order, terms.origin, terms.demonstration) == (
        "country",
        "freerivers.example/keep-the-valley",
        True,
    )
    assert (terms.controller, terms.contact) == ("Free Rivers Network (invented)", "letter@freerivers.example")
    assert terms.ways == {"organisation": "public", "person": "invitation", "supporter": "no"}
    assert (terms.counted_only, terms.minimum_age) == (True, 18)
    assert terms.subject["en"] == "Keep the valley before the water rises"
    assert list(terms.summary) == ["ko", "en", "zh-Hans"]
    assert terms.addressees == (
        Party(
            name={},
            title={"ko": "수자원부 장관 귀하", "en": "The Minister of Water", "zh-Hans": "水资源部部长"},
            postal={"en": "1 Weir Street\nHalden"},
        ),
    )
    assert terms.cc[0].name["ko"] == "미라 올센"
    assert terms.country_labels == {"x-halden": {"ko": "할덴", "en": "Halden", "zh-Hans": "哈尔登"}}


def test_what_may_be_left_out_has_a_default(tmp_path: Path) -> None:
    (tmp_path / "letter.toml").write_text(LEAST)
    terms = manifest.read(tmp_path / "letter.toml")
    assert (terms.prevailing, terms.origin, terms.list_order, terms.demonstration) == ("", "", "collation", False)
    assert terms.ways == {"organisation": "public", "person": "invitation", "supporter": "public"}
    assert (terms.counted_only, terms.minimum_age, terms.cc, terms.country_labels) == (False, 16, (), {})
    assert terms.reference == "en"


def test_language_tags_become_canonical(tmp_path: Path) -> None:
    text = LEAST.replace('["en"]', '["EN", "zh-CN"]').replace('en = "Keep the valley"', 'en = "A", zh-CN = "甲"')
    (tmp_path / "letter.toml").write_text(text.replace('{ en = "The Minister" }', '{ en = "B", zh-Hans = "乙" }'))
    terms = manifest.read(tmp_path / "letter.toml")
    assert terms.languages == ("en", "zh-Hans")
    assert terms.subject == {"en": "A", "zh-Hans": "甲"}


@pytest.mark.parametrize(
    ("was", "becomes", "line", "words"),
    [
        ('slug = "keep-the-valley"', 'slug = "Keep the valley"', 1, "cannot be a letter's address"),
        ('slug = "keep-the-valley"', 'slug = "desk"', 1, "belongs to the site itself"),
        ('slug = "keep-the-valley"', "slug = 5", 1, "“slug” must be a text"),
        ('slug = "keep-the-valley"', 'slug = "a\\u202eb-c"', 1, "“slug” cannot be taken. The invisible character"),
        ('["en"]', "[]", 2, "“languages” must be a list"),
        ('["en"]', '["en", "en"]', 2, "lists en twice"),
        ('["en"]', '["en", "klingon-ish"]', 2, "is not a language tag"),
        ('["en"]', '["en", "ko"]', 7, "“subject.ko” is missing, although “languages” lists ko"),
        ("date = 2027-01-20", 'date = "2027-01-20"', 3, "“date” must be a date"),
        ("date = 2027-01-20", "date = 2027-01-20T10:00:00", 3, "“date” must be a date"),
        ("controller", "controler", 4, "The nearest known one is “controller”"),
        ('"Free Rivers Network"', '"' + "x" * 201 + '"', 4, "too long: it may have 200 characters, and has 201"),
        ("letter@freerivers.example", "letter at freerivers", 5, "“contact” cannot be taken"),
        ("keep_until = 2029-12-31", "keep_until = 2027-01-20", 6, "later than the date of the letter"),
        ('en = "Keep the valley"', 'en = "A", fr = "B"', 7, "“subject.fr” is given, but"),
        ('{ en = "The Minister" }', '"The Minister"', 9, "“addressees.1.title” must be a table"),
        ("title", "titel", 8, "“addressees.1.name” needs a name or a title"),
        ("[[addressees]]", 'prevailing = "ko"\n[[addressees]]', 8, "must be one of the languages"),
        (
            "[[addressees]]",
            'list_order = "size"\n[[addressees]]',
            8,
            "one of these: “collation”, “country”, “coalition”",
        ),
        ("[[addressees]]", "demonstration = 1\n[[addressees]]", 8, "must be true or false"),
        ("[[addressees]]", 'origin = "https://a.example"\n[[addressees]]', 8, "without https://"),
        ("[[addressees]]", "[signing]\nminimum_age = 130\n[[addressees]]", 9, "a whole number from 0 to 99"),
        ("[[addressees]]", '[signing]\nperson = "yes"\n[[addressees]]', 9, "“public”, “invitation”, “no”"),
        ("[[addressees]]", '[signing]\npersons = "no"\n[[addressees]]', 9, "The nearest known one is “person”"),
        (
            "[[addressees]]",
            '[[country_labels]]\nkey = "Taiwan"\nnames = { en = "Taiwan" }\n[[addressees]]',
            *(9, "two capital letters"),
        ),
    ],
)
def test_what_is_wrong_is_refused_with_its_line_and_key(
    was: str, becomes: str, line: int, words: str, tmp_path: Path
) -> None:
    found = [fault for fault in faults(LEAST.replace(was, becomes, 1), tmp_path) if words in fault]
    assert len(found) == 1
    assert found[0].startswith(f"letter.toml:{line}: ")


def test_everything_wrong_is_told_at_once(tmp_path: Path) -> None:
    missing = [fault.split("“")[1].split("”")[0] for fault in faults("slug = 'a-letter'", tmp_path)]
    assert missing == ["languages", "date", "controller", "contact", "keep_until", "subject", "addressees"]


def test_broken_toml_is_refused_with_its_line(tmp_path: Path) -> None:
    (fault,) = faults(LEAST.replace('title = { en = "The Minister" }', 'title = { en = "The Minister'), tmp_path)
    assert fault.startswith("letter.toml:9: This file is not TOML: ")
    (fault,) = faults('a = 1\nb = "x\n\na = 2', tmp_path)
    assert fault.startswith("letter.toml:2: ")


def test_a_missing_binary_or_huge_manifest_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "letter.toml"
    with pytest.raises(Refused, match=r"letter\.toml: This file is missing"):
        manifest.read(path)
    path.write_bytes(b"slug = '\xff'")
    with pytest.raises(Refused, match="byte 9 is not UTF-8"):
        manifest.read(path)
    path.write_text("#" * 300_000)
    with pytest.raises(Refused, match="too large"):
        manifest.read(path)


@pytest.mark.parametrize("slug", ["ab", "a" * 61, "Abc", "a_b", "a b", "가나다", "-abc", "abc-", "abc\n"])
def test_a_slug_of_other_shape_is_refused(slug: str) -> None:
    with pytest.raises(WrongSlug):
        parse_slug(slug)


@pytest.mark.parametrize("slug", ["desk", "accounts", "zh-hans", "robots"])
def test_a_slug_that_the_site_needs_is_refused(slug: str) -> None:
    with pytest.raises(ReservedSlug):
        parse_slug(slug)
