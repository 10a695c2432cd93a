import hashlib
import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from undersigned.letters.blocks import Kind, Source
from undersigned.letters.content import Content, ParallelBlock, Party, Wording

WAITING = ParallelBlock(
    key="waiting",
    kind=Kind.CLAIM,
    wordings={
        "ko": Wording("약 *이천* 명", (Source("1", "뱃사공"),), {"bound": "about", "as-of": "2026-08"}),
        "en": Wording('About "two"\nthousand\t\\', (Source("1", "Ferrymen"),), {"as-of": "2026-08", "bound": "about"}),
    },
)


def in_english(**changes: Any) -> ParallelBlock:
    return replace(WAITING, wordings=WAITING.wordings | {"en": replace(WAITING.wordings["en"], **changes)})


OPEN = ParallelBlock("open", Kind.HEADING, {"ko": Wording("열라"), "en": Wording("Open")}, level=2)
CONTENT = Content(
    languages=("ko", "en"),
    prevailing="",
    date="2026-11-10",
    subject={"en": "Open the bridge", "ko": "다리를 열라"},
    addressees=(Party(name={}, title={"en": "The Keeper"}, postal={"en": "Bridge House\n1"}),),
    cc=(),
    blocks=(OPEN, WAITING),
)

# Written by hand after RFC 8785, not by the program; the digest by sha256sum. People's consent hangs on these bytes.
CANONICAL = (
    '{"addressees":[{"name":{},"postal":{"en":"Bridge House\\n1"},"title":{"en":"The Keeper"}}],'
    '"blocks":['
    '{"key":"open","kind":"heading","level":2,"ordered":false,"wordings":{'
    '"en":{"facts":{},"sources":[],"text":"Open"},'
    '"ko":{"facts":{},"sources":[],"text":"열라"}}},'
    '{"key":"waiting","kind":"claim","level":0,"ordered":false,"wordings":{'
    '"en":{"facts":{"as-of":"2026-08","bound":"about"},"sources":[{"label":"1","text":"Ferrymen"}],'
    '"text":"About \\"two\\"\\nthousand\\t\\\\"},'
    '"ko":{"facts":{"as-of":"2026-08","bound":"about"},"sources":[{"label":"1","text":"뱃사공"}],'
    '"text":"약 *이천* 명"}}}],'
    '"cc":[],"date":"2026-11-10","languages":["ko","en"],"prevailing":"",'
    '"subject":{"en":"Open the bridge","ko":"다리를 열라"}}'
)
DIGEST = "741a7abac9e1fa5c5ab8ec87436144254412ab8d747a1de193cf824066b56901"


def test_a_text_has_one_canonical_form() -> None:
    assert CONTENT.canonical() == CANONICAL


def test_a_text_has_the_digest_that_anybody_can_work_out() -> None:
    assert CONTENT.digest().hex() == DIGEST
    assert hashlib.sha256(CANONICAL.encode()).hexdigest() == DIGEST


def test_the_order_in_which_languages_were_written_down_changes_nothing() -> None:
    turned = replace(WAITING, wordings=dict(reversed(WAITING.wordings.items())))
    assert replace(CONTENT, blocks=(OPEN, turned)).digest() == CONTENT.digest()


@pytest.mark.parametrize(
    "changed",
    [
        replace(CONTENT, languages=("en", "ko")),
        replace(CONTENT, prevailing="ko"),
        replace(CONTENT, date="2026-11-11"),
        replace(CONTENT, subject={"en": "Open the bridge!", "ko": "다리를 열라"}),
        replace(CONTENT, addressees=(Party({}, {"en": "The Keeper"}, {"en": "Bridge House\n2"}),)),
        replace(CONTENT, cc=CONTENT.addressees),
        replace(CONTENT, blocks=(WAITING, OPEN)),
        replace(CONTENT, blocks=(OPEN,)),
        replace(CONTENT, blocks=(replace(OPEN, level=3), WAITING)),
        replace(CONTENT, blocks=(replace(OPEN, kind=Kind.PARAGRAPH), WAITING)),
        replace(CONTENT, blocks=(replace(OPEN, key="open-it"), WAITING)),
        replace(CONTENT, blocks=(replace(OPEN, wordings={"en": Wording("Open")}), WAITING)),
        replace(CONTENT, blocks=(replace(OPEN, wordings=OPEN.wordings | {"en": Wording("Open ")}), WAITING)),
        replace(CONTENT, blocks=(OPEN, in_english(sources=()))),
        replace(CONTENT, blocks=(OPEN, in_english(sources=(Source("1", "Ferrywomen"),)))),
        replace(CONTENT, blocks=(OPEN, in_english(facts={"bound": "about"}))),
    ],
)
def test_whatever_people_consent_to_changes_the_digest(changed: Content) -> None:
    assert changed.digest() != CONTENT.digest()


def test_a_text_comes_back_from_its_canonical_form() -> None:
    again = Content.from_json(CANONICAL)
    assert again == CONTENT
    assert again.blocks[1].kind is Kind.CLAIM


texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
tags = st.sampled_from(["ko", "en", "zh-Hans", "ar"])
by_tag = st.dictionaries(tags, texts)
parties = st.builds(Party, by_tag, by_tag, by_tag)
wordings = st.builds(
    Wording, texts, st.lists(st.builds(Source, texts, texts), max_size=2).map(tuple), st.dictionaries(texts, texts)
)
blocks = st.builds(
    ParallelBlock, texts, st.sampled_from(Kind), st.dictionaries(tags, wordings), st.integers(0, 4), st.booleans()
)
contents = st.builds(
    Content,
    st.lists(tags, unique=True).map(tuple),
    tags,
    texts,
    by_tag,
    st.lists(parties, max_size=2).map(tuple),
    st.lists(parties, max_size=2).map(tuple),
    st.lists(blocks, max_size=3).map(tuple),
)


@given(contents)
def test_every_text_comes_back_with_its_digest(content: Content) -> None:
    again = Content.from_json(content.canonical())
    assert again == content
    assert again.digest() == content.digest()


@given(contents)
def test_the_canonical_form_is_json_that_others_read_alike(content: Content) -> None:
    read = json.loads(content.canonical())
    assert list(read) == sorted(read)
    assert read["subject"] == content.subject
    assert [block["key"] for block in read["blocks"]] == [block.key for block in content.blocks]
