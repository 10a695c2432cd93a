import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from django.utils.html import strip_tags

from tests.people import AMAL, OYUN, SECRETARY, SOMI
from tests.stage import HOUR, NOON, make_letter, number_entries, sign_and_confirm
from undersigned.letters.blocks import Kind, Source
from undersigned.letters.content import Content, ParallelBlock, Wording
from undersigned.letters.draft import content_of
from undersigned.letters.models import Letter, SignOns
from undersigned.letters.stages import archive, set_sign_ons
from undersigned.lib.keys import KeyRing
from undersigned.pages.body import Body, body
from undersigned.pages.facts import facts
from undersigned.pages.frame import Place, render
from undersigned.pages.letter import LetterPage, letter_page, public_page
from undersigned.signing.decide import accept

PREVIEW = Place("/p/token", is_private=True)


def html(page: LetterPage) -> str:
    return render("pages/letter.html", page.frame, page=page)


def block(key: str, kind: Kind, text: str, **more: Any) -> ParallelBlock:
    """One block of a text in English."""
    shape = {name: more.pop(name) for name in ("level", "ordered") if name in more}
    return ParallelBlock(key, kind, {"en": Wording(text, **more)}, **shape)


def body_of(*blocks: ParallelBlock) -> Body:
    return body(Content(("en",), "", "2026-11-10", {"en": "Open"}, (), (), blocks), "en")


# --- The text ---------------------------------------------------------------------------------------------------------


def test_notes_are_numbered_across_the_page_and_lead_back() -> None:
    first, second = Source("a", "The *first* report"), Source("b", "The second one")
    text = body_of(
        block("one", Kind.CLAIM, "Many wait.[^b]", sources=(second,)),
        block("two", Kind.CLAIM, "Most are ill.[^a][^b]", sources=(first, second)),
    )
    assert [(note.number, note.html, note.references) for note in text.notes] == [
        (1, "The second one", ("ref-1", "ref-1-2")),
        (2, "The <em>first</em> report", ("ref-2",)),
    ]
    passages = text.stretches[0].passages
    assert '<sup class="ref" id="ref-1"><a href="#note-1"' in passages[0].html
    assert '<sup class="ref" id="ref-1-2"><a href="#note-1"' in passages[1].html


def test_a_note_says_what_is_known_of_its_figure() -> None:
    known = {"as-of": "2026-08", "bound": "about", "hedge": "reportedly"}
    text = body_of(block("one", Kind.CLAIM, "Many wait.[^a]", sources=(Source("a", "Report"),), facts=known))
    assert text.notes[0].facts == ("As of August 2026.", "The figure is approximate.", "As reported by others.")


@pytest.mark.parametrize(("as_of", "said"), [("2026", "As of 2026."), ("2026-09-30", "As of 30 September 2026.")])
def test_a_figure_is_dated_as_exactly_as_it_is_known(as_of: str, said: str) -> None:
    text = body_of(block("one", Kind.CLAIM, "Many wait.", facts={"as-of": as_of}))
    assert text.notes[0].facts == (said,)


def test_a_claim_without_a_source_gets_a_note_for_its_facts() -> None:
    text = body_of(block("one", Kind.CLAIM, "Many wait.", facts={"bound": "at-least"}))
    assert text.stretches[0].passages[0].html.endswith(">1</button></sup>")
    assert text.notes[0].facts == ("The figure is a lower bound.",)


def test_demands_are_numbered_through_and_stand_together() -> None:
    text = body_of(
        block("asks", Kind.PARAGRAPH, "We ask you"),
        block("open", Kind.DEMAND, "to open the bridge;"),
        block("hear", Kind.DEMAND, "to hear those who wait."),
        block("and", Kind.PARAGRAPH, "And further"),
        block("pay", Kind.DEMAND, "to pay for it."),
    )
    assert [stretch.is_demands for stretch in text.stretches] == [False, True, False, True]
    assert [(demand.number, demand.anchor) for demand in text.demands] == [
        (1, "text-open"),
        (2, "text-hear"),
        (3, "text-pay"),
    ]


@pytest.mark.parametrize(
    ("demand", "short"),
    [
        ("to open the bridge;", "to open the bridge"),
        (
            "to open the bridge, and to keep it open until everybody who wants to cross has crossed;",
            "to open the bridge",
        ),
        (
            "to open the bridge and to keep it open until everybody who wants to cross has crossed",
            "to open the bridge and to keep it open until everybody who…",
        ),
        ("请立即开放大桥，并保证所有想要过桥的人都能够安全通行。", "请立即开放大桥"),
        ("다리를 여십시오.", "다리를 여십시오"),
    ],
)
def test_the_table_of_demands_says_each_in_a_line(demand: str, short: str) -> None:
    assert body_of(block("open", Kind.DEMAND, demand)).demands[0].short == short


def test_lists_quotations_and_headings_are_marked_up_as_such(drafted: Letter) -> None:
    blocks = (
        block("who", Kind.HEADING, "Who waits", level=2),
        block("list", Kind.LIST, "the old\nthe **sick**", ordered=False),
        block("said", Kind.QUOTATION, "We wait.", facts={"speaker": "Erika Musterfrau", "office": "ferrywoman"}),
    )
    content = replace(content_of(drafted), blocks=blocks)
    page = html(letter_page(drafted, content, "en", PREVIEW))
    assert '<h2 id="text-who">Who waits</h2>' in page
    assert "<li>the <strong>sick</strong></li>" in page
    assert "<blockquote><p>We wait.</p></blockquote><figcaption><b>Erika Musterfrau</b> <span>ferrywoman</span>" in page


# --- The head ---------------------------------------------------------------------------------------------------------


def test_the_page_says_when_it_was_released_by_the_wall_clock_of_the_place(embargoed: Letter) -> None:
    page = letter_page(embargoed, content_of(embargoed), "en", PREVIEW)
    assert page.kicker == "Joint letter · under embargo until 11 November 2026, 12:00 (Seoul)"
    assert page.moment == "2026-11-11T03:00:00+00:00"


@pytest.mark.parametrize(
    ("language", "date"), [("ko", "2026년 11월 10일"), ("en", "10 November 2026"), ("zh-Hans", "2026年11月10日")]
)
def test_the_date_reads_as_the_language_has_it(letter: Letter, language: str, date: str) -> None:
    assert public_page(letter, language).date == date


def test_an_addressee_known_in_another_language_only_is_marked_as_such(letter: Letter) -> None:
    page = html(public_page(letter, "ko"))
    assert '<bdi lang="en" dir="ltr">The Keeper of the Bridge</bdi>' in page


def test_each_language_names_the_others_and_itself(letter: Letter) -> None:
    page = html(public_page(letter, "zh-Hans"))
    assert '<html lang="zh-Hans" dir="ltr">' in page
    assert '<link rel="canonical" href="https://letters.example/open-the-bridge/zh-Hans/">' in page
    for tag in letter.languages:
        assert f'rel="alternate" hreflang="{tag}" href="https://letters.example/open-the-bridge/{tag}/"' in page
    assert 'hreflang="x-default" href="https://letters.example/open-the-bridge/"' in page
    assert '<a href="/open-the-bridge/ko/" lang="ko" hreflang="ko">한국어</a>' in page
    assert 'hreflang="zh-Hans" aria-current="page">简体中文</a>' in page


def test_the_version_is_told_by_number_and_digest(letter: Letter) -> None:
    version = letter.frozen
    assert version
    page = public_page(letter, "en")
    assert (page.version, page.digest) == ("version 1", version.hex_digest)
    assert f"{version.hex_digest[:4]}…{version.hex_digest[-4:]}" in html(page)


@pytest.mark.parametrize(
    ("prevailing", "said"), [("", "All language versions are equal"), ("ko", "The text in Korean prevails")]
)
def test_which_text_prevails_is_said(drafted: Letter, prevailing: str, said: str) -> None:
    content = replace(content_of(drafted), prevailing=prevailing)
    assert said in html(letter_page(drafted, content, "en", PREVIEW))


def test_markup_in_what_people_typed_stays_text(drafted: Letter) -> None:
    drafted.controller = "<script>alert(1)</script>"
    content = replace(content_of(drafted), subject={"en": "Open & <b>now</b>"})
    page = html(letter_page(drafted, content, "en", PREVIEW))
    assert "<script>" not in page
    assert "Open &amp; &lt;b&gt;now&lt;/b&gt;" in page


# --- Counts -----------------------------------------------------------------------------------------------------------


def counted(letter: Letter) -> Mapping[str, int]:
    counts: dict[str, int] = json.loads(facts(letter))["counts"]
    return counts


def test_page_and_json_tell_the_same_counts(letter: Letter) -> None:
    organisation = sign_and_confirm(OYUN, letter)
    accept(organisation, SECRETARY, NOON + HOUR)
    for person in (SOMI, AMAL):
        sign_and_confirm(person, letter)
    number_entries(letter)
    assert counted(letter) == {"organisations": 1, "persons": 0, "supporters": 1, "hidden": 1, "countries": 2}
    tally = public_page(letter, "en").tally
    assert tally
    assert (tally.total, tally.label) == ("3", "signatures")
    assert {line.name: line.number for line in tally.lines} == {
        "organisations": "1",
        "supporters": "1",
        "hidden": "1",
        "countries": "2",
    }
    assert "Each signature is counted once" in html(public_page(letter, "en"))


def test_hidden_ones_are_counted_from_the_first_batch_on(letter: Letter) -> None:
    sign_and_confirm(AMAL, letter)
    number_entries(letter, hidden_batch=2)
    assert counted(letter)["hidden"] == 0


def test_json_tells_what_the_letter_is(letter: Letter) -> None:
    told = json.loads(facts(letter))
    assert told["slug"] == "open-the-bridge"
    assert told["languages"] == ["ko", "en", "zh-Hans"]
    assert told["publication"] == "released"
    assert told["released_at"] == "2026-11-10T11:00:00Z"
    assert set(told["rules"]) == {"ko", "en", "zh-Hans"}


# --- Signing ----------------------------------------------------------------------------------------------------------


def test_supporters_sign_on_the_page_and_others_find_their_form(letter: Letter) -> None:
    sign = public_page(letter, "en").sign
    assert sign.form
    assert sign.form.action == "/open-the-bridge/en/sign/supporter/"
    assert [link.href for link in sign.links] == ["/open-the-bridge/en/sign/organisation/"]


def test_a_letter_that_is_closed_says_so(letter: Letter) -> None:
    set_sign_ons(letter, SignOns.CLOSED, SECRETARY, NOON)
    page = html(public_page(letter, "en"))
    assert "does not take public signatures at the moment" in page
    assert "<form" not in page


def test_an_archived_letter_says_that_it_is(letter: Letter) -> None:
    archive(letter, SECRETARY, NOON)
    page = public_page(letter, "en")
    assert page.kicker.endswith("archived")
    assert not page.sign.is_open


def test_who_is_invited_sees_the_forms_but_nobody_else(embargoed: Letter) -> None:
    page = letter_page(embargoed, content_of(embargoed), "en", Place("/i/t", is_private=True), invited=True)
    assert page.roll is None
    assert page.tally is None
    assert [link.href for link in page.sign.links] == ["/i/t/en/sign/organisation/", "/i/t/en/sign/person/"]
    assert page.sign.form
    assert page.sign.form.action == "/i/t/en/sign/supporter/"


def test_a_private_page_names_no_public_address(embargoed: Letter) -> None:
    page = html(letter_page(embargoed, content_of(embargoed), "en", Place("/i/t", is_private=True), invited=True))
    assert "/open-the-bridge/" not in page
    assert 'content="noindex"' in page


def test_an_unreleased_letter_has_no_public_page(embargoed: Letter) -> None:
    with pytest.raises(ValueError, match="not released"):
        public_page(embargoed, "en")


# --- Right to left ----------------------------------------------------------------------------------------------------


@pytest.fixture
def arabic(keys: KeyRing, db: None) -> Letter:
    """A letter in Arabic, which the interface does not speak."""
    return make_letter("jisr", keys, languages=["ar", "en"], subject={"ar": "افتحوا الجسر", "en": "Open the bridge"})


def test_an_arabic_letter_runs_from_right_to_left_and_the_machine_says_which_language_it_speaks(
    arabic: Letter,
) -> None:
    page = html(letter_page(arabic, content_of(arabic), "ar", PREVIEW))
    assert '<html lang="ar" dir="rtl">' in page
    assert '<p class="kicker" lang="en" dir="ltr">' in page
    assert '<footer class="foot" lang="en" dir="ltr">' in page
    assert "افتحوا الجسر" in strip_tags(page)
