"""What is set as PDF: text that stays text, in every script, to the standards that it claims."""

import io
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
from pypdf import PdfReader

from tests.kit.sheets import name, sheet
from undersigned.kit import fonts
from undersigned.kit.fonts import FontsMissing
from undersigned.kit.sheet import Note, Passage, Spoken
from undersigned.kit.typeset import UNSHOWN, pdf, picture, unskipped
from undersigned.letters.inline import Run

HOSTILE = (
    "#panic(1)",
    "$x^2$",
    "\\u{41} \\ end",
    "] [ #let x = 1",
    "*bold* _em_",
    "`raw` ```",
    '" + read("/etc/passwd") + "',
    "<label> @ref",
    "// a comment",
    "= Heading",
    "{{ }} {% %}",
)
"""Names that typst, JSON or a template would take for something else than names."""


def read(content: bytes) -> PdfReader:
    return PdfReader(io.BytesIO(content))


def words(content: bytes) -> str:
    """The text of all pages, without white space: where lines end is the typesetter's affair."""
    return "".join("".join(page.extract_text() for page in read(content).pages).split())


@pytest.mark.parametrize("typed", HOSTILE)
def test_a_name_is_printed_as_it_was_typed_whatever_it_looks_like(typed: str) -> None:
    one = replace(
        sheet(names=[name(typed), name("Plain Name", original=typed, details=(typed,))]),
        title=Spoken(typed),
        campaign=typed,
        passages=(Passage("paragraph", ((Run(typed, strong=True), Run("", footnote=typed)),), speaker=typed),),
        notes={typed: Note((Run(typed),), (typed,))},
    )
    made = pdf([one])
    assert words(made.content).count("".join(typed.split())) >= 7
    assert "PlainName" in words(made.content)
    assert not made.unshown


def test_it_claims_pdf_a_and_pdf_ua_and_says_in_which_language_it_is() -> None:
    found = read(pdf([sheet("ko")]).content)
    metadata = found.trailer["/Root"]["/Metadata"].get_data().decode()
    assert "<pdfaid:part>2</pdfaid:part>" in metadata
    assert "<pdfaid:conformance>A</pdfaid:conformance>" in metadata
    assert "<pdfuaid:part>1</pdfuaid:part>" in metadata
    assert found.trailer["/Root"]["/Lang"] == "ko-KR" or found.trailer["/Root"]["/Lang"] == "ko"
    assert found.trailer["/Root"]["/MarkInfo"]["/Marked"]
    assert found.metadata is not None
    assert found.metadata.title == "Open the bridge"


def test_every_font_is_embedded() -> None:
    scripts = [name("홍길동", "ko"), name("山田花子", "ja"), name("王小明", "zh-Hant"), name("فلانة", "und-Arab")]
    found = read(pdf([sheet("en", names=scripts), sheet("zh-Hans", names=scripts)]).content)
    described = [
        descendant.get_object()["/FontDescriptor"].get_object()
        for page in found.pages
        for font in page["/Resources"]["/Font"].values()
        for descendant in font.get_object().get("/DescendantFonts", [])
    ]
    assert len({str(font["/FontName"]) for font in described}) >= 5
    assert all({"/FontFile2", "/FontFile3"} & set(font) for font in described)


def test_equal_sheets_give_equal_bytes() -> None:
    assert pdf([sheet("ko"), sheet("en")]).content == pdf([sheet("ko"), sheet("en")]).content


def test_a_character_without_a_picture_costs_no_more_than_itself() -> None:
    made = pdf([sheet(names=[name("Kind \U000f0000 Person")])])
    assert made.unshown == frozenset("\U000f0000")
    assert f"Kind{UNSHOWN}Person" in words(made.content)


def test_a_language_without_its_font_is_refused_by_the_font_s_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fonts, "families", lambda: frozenset({"Noto Serif", "Noto Sans"}))
    with pytest.raises(FontsMissing, match="Noto Serif CJK SC"):
        pdf([sheet("zh-Hans")])
    assert fonts.missing(["en"]) == ()


def test_a_language_written_from_right_to_left_is_set_so() -> None:
    arabic = replace(sheet("ar", names=[name("فلانة الفلانية")]), title=Spoken("افتحوا الجسر"))
    found = read(pdf([arabic]).content)
    assert found.trailer["/Root"]["/Lang"].startswith("ar")
    assert pdf([arabic]).unshown == frozenset()


def test_a_note_that_is_referred_to_twice_is_printed_once() -> None:
    said = (Run("First", footnote=""), Run("", footnote="1"), Run(" second"), Run("", footnote="1"))
    made = pdf([replace(sheet(), passages=(Passage("paragraph", (said,)),))])
    assert words(made.content).count("Reportoftheferrymen") == 1


def test_many_names_fill_their_columns_in_order() -> None:
    names = [name(f"Person {number:03d}") for number in range(300)]
    text = words(pdf([sheet(names=names)]).content)
    assert [text.index(f"Person{number:03d}") for number in range(300)] == sorted(
        text.index(f"Person{number:03d}") for number in range(300)
    )


def test_qpdf_finds_nothing_wrong(tmp_path: Path) -> None:
    (tmp_path / "letter.pdf").write_bytes(pdf([sheet("ko"), sheet("en")]).content)
    said = subprocess.run(["qpdf", "--check", tmp_path / "letter.pdf"], capture_output=True, text=True, check=False)
    assert said.returncode == 0, said.stdout + said.stderr


def test_a_card_is_a_picture_of_the_size_that_is_asked_for() -> None:
    facts = {"headline": "#panic() $x$ \\ ]", "campaign": "`", "figure": "*", "site": "letters.example"}
    png = picture("card.typ", "ko", facts)
    assert png.startswith(b"\x89PNG")
    assert (int.from_bytes(png[16:20]), int.from_bytes(png[20:24])) == (1200, 630)
    assert png == picture("card.typ", "ko", facts)


def test_a_long_headline_fits_on_its_card() -> None:
    facts = {"headline": "돌려보내지 마십시오 " * 20, "campaign": "x", "figure": "", "site": ""}
    assert picture("card.typ", "ko", facts).startswith(b"\x89PNG")


def test_headings_that_skip_a_level_are_set_without_the_gap() -> None:
    assert list(unskipped([0, 3, 0, 4, 2, 4])) == [0, 2, 0, 3, 2, 3]
    deep = tuple(Passage("heading", ((Run("Deep"),),), level=level) for level in (4, 2, 4))
    assert "Deep" in words(pdf([replace(sheet(), passages=deep)]).content)
