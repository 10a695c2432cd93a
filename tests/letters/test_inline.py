import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from undersigned.letters.blocks import Place
from undersigned.letters.inline import (
    ForbiddenCharacter,
    HtmlInText,
    PictureInText,
    Run,
    UnsafeLink,
    canonical,
    cut,
    inline_html,
    plain,
    read,
    tidy,
    write,
)

words = st.text(st.sampled_from("ab é가나中文。“”()[]{}*_\\`<>&!#^~|:;.,-+=\"'/?\n\t\u00a0\u3000"), max_size=12)
hrefs = st.sampled_from(["", "", "https://a.example/x_y*z", "https://b.example/?a=1&copy=(2)", "mailto:c@d.example"])
labels = st.sampled_from(["", "", "", "1", "src-2"])
runs = st.builds(
    lambda text, strong, em, href, label: Run("", footnote=label) if label else Run(text, strong, em, href),
    words,
    st.booleans(),
    st.booleans(),
    hrefs,
    labels,
)


@given(st.lists(runs, max_size=6))
def test_every_text_reads_back_as_it_was_written(written: list[Run]) -> None:
    wanted = tidy(written)
    assert without_style(read(write(wanted))) == without_style(wanted)


@given(st.lists(st.builds(Run, st.sampled_from(["a", "나", "(b)", "“c”"]), st.booleans(), st.booleans()), max_size=5))
def test_styles_that_stand_apart_read_back_as_they_were_written(written: list[Run]) -> None:
    wanted = tidy(part for run in written for part in (run, Run(" ")))
    assert read(write(wanted)) == wanted


def without_style(runs: tuple[Run, ...]) -> tuple[Run, ...]:
    return tidy(Run(run.text, href=run.href, footnote=run.footnote) for run in runs)


@given(words)
def test_canonical_text_is_its_own_canonical_form(text: str) -> None:
    try:
        once = canonical(text)
    except (HtmlInText, PictureInText, UnsafeLink):
        return
    assert canonical(once) == once


@given(words)
def test_no_text_becomes_html_of_its_own(text: str) -> None:
    html = inline_html(write((Run(text),)))
    assert set(re.findall(r"<[^>]*>", html)) <= {"<br>"}


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("**자유(freedom)**는", "<strong>자유(freedom)</strong>는"),
        ("**“自由”**与", "<strong>“自由”</strong>与"),
        ("a *b **c** d*", "a <em>b </em><strong><em>c</em></strong><em> d</em>"),
        ("2 * 3 * 4", "2 * 3 * 4"),
        ("snake_case_name and _so_", "snake_case_name and <em>so</em>"),
        ("line\\\nline", "line<br>line"),
        ("AT&T & <3", "AT&amp;T &amp; &lt;3"),
        (
            "[a](https://x.example/?b=1&c=2)",
            '<a href="https://x.example/?b=1&amp;c=2" rel="nofollow noopener noreferrer">a</a>',
        ),
        (
            "see https://x.example/a.",
            'see <a href="https://x.example/a" rel="nofollow noopener noreferrer">https://x.example/a</a>.',
        ),
    ],
)
def test_inline_markdown_becomes_html(text: str, html: str) -> None:
    assert inline_html(text) == html


def test_a_footnote_reference_is_left_to_the_caller() -> None:
    assert inline_html("Fact[^ft-1].", lambda label: f"<sup>{label}</sup>") == "Fact<sup>ft-1</sup>."


def test_lines_of_han_join_without_a_space_and_lines_of_hangul_with_one() -> None:
    assert canonical("我们\n呼吁") == "我们呼吁"
    assert canonical("우리는\n촉구한다") == "우리는 촉구한다"


def test_styles_that_markdown_cannot_write_are_let_go_and_the_words_stay() -> None:
    awkward = (Run("a", strong=True), Run("b", strong=True, em=True), Run("c", em=True))
    assert plain(read(write(awkward))) == "abc"


def test_cutting_the_end_keeps_references() -> None:
    assert cut((Run("Fact{#x}"), Run("", footnote="1")), 4) == (Run("Fact"), Run("", footnote="1"))


@pytest.mark.parametrize(
    ("text", "refusal"),
    [
        ("a\nb <b>c</b>", HtmlInText),
        ("a\nb ![picture](https://x.example/y.png)", PictureInText),
        ("a\nb [c](javascript:alert(1))", UnsafeLink),
        ("a\nb [c](/relative)", UnsafeLink),
        ("a\nb <ftp://x.example/>", UnsafeLink),
        ("a\nb \u202eevil", ForbiddenCharacter),
        ("a\nb \x07", ForbiddenCharacter),
    ],
)
def test_what_a_letter_cannot_hold_is_refused_with_its_line(text: str, refusal: type[Exception]) -> None:
    with pytest.raises(refusal) as refused:
        read(text, Place("letter.en.md", 10))
    assert str(refused.value).startswith("letter.en.md:11: ")


def test_marks_of_direction_that_only_guide_are_kept() -> None:
    assert canonical("שלום\u200f (a)") == "שלום\u200f (a)"


@pytest.mark.parametrize("text", ["[x](data:text/html,y)", "<script>alert(1)</script>", "![x](https://y.example/z)"])
def test_what_would_be_refused_shows_as_it_was_typed_if_it_is_stored_all_the_same(text: str) -> None:
    html = inline_html(text)
    assert "<script" not in html
    assert "<img" not in html
    assert "href" not in html.replace("https://y.example", "") or "data:" not in html


def test_a_link_that_begins_like_a_footnote_stays_a_link() -> None:
    link = (Run("^1", href="https://a.example/"),)
    assert read(write(link)) == link
