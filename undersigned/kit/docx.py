"""A sheet as a DOCX file, for ministries that file nothing else: headings, numbered demands, notes, names."""

import io
from datetime import datetime

from docx import Document
from docx.document import Document as Doc
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.oxml.xmlchemy import BaseOxmlElement
from docx.shared import Mm, Pt, RGBColor
from docx.text.paragraph import Paragraph
from docx.text.run import Run as DocxRun

from undersigned.kit.fonts import CJK, cjk_of
from undersigned.kit.parcel import repacked
from undersigned.kit.sheet import Name, Passage, Sheet, Spoken
from undersigned.letters.inline import Runs
from undersigned.lib.languages import direction, run_on

QUIET = RGBColor(0x5C, 0x56, 0x4D)
_FIRST = "[Content_Types].xml"


def docx(sheet: Sheet) -> bytes:
    """The letter in one language; equal sheets give equal bytes."""
    writer = _Writer(sheet)
    writer.write()
    file = io.BytesIO()
    writer.document.save(file)
    return repacked(file.getvalue(), first=_FIRST)


class _Writer:
    """Writes one sheet into one document."""

    def __init__(self, sheet: Sheet) -> None:
        self.sheet = sheet
        self.document: Doc = Document()
        self.numbers: dict[str, int] = {}
        self.is_rtl = direction(sheet.language) == "rtl"
        self._prepare()

    def write(self) -> None:
        sheet = self.sheet
        self._line(Spoken(sheet.campaign), bold=True)
        self._quiet(" · ".join(part for part in (sheet.contact, sheet.address) if part))
        if sheet.notice:
            self._quiet(sheet.notice)
        self._line(Spoken(sheet.date)).alignment = WD_ALIGN_PARAGRAPH.RIGHT
        for party in sheet.addressees:
            self._lines(party)
        self._heading(sheet.title.text, 1)
        for passage in sheet.passages:
            self._passage(passage)
        self._copies()
        self._notes()
        self._undersigned()
        self._heading(sheet.words.imprint, 3)
        for fact in sheet.imprint:
            self._quiet(f"{fact.label}: {fact.value}".removeprefix(": "))

    def _prepare(self) -> None:
        """Page, fonts and language of the whole document, and properties that tell of the letter and of no machine."""
        section = self.document.sections[0]
        section.page_width, section.page_height = Mm(210), Mm(297)
        section.left_margin = section.right_margin = Mm(27)
        self.document.styles["Normal"].font.size = Pt(11)
        for style in ("Normal", "Heading 1", "Heading 2", "Heading 3", "Heading 4"):
            self._face(style)
        told = self.document.core_properties
        day = datetime.fromisoformat(self.sheet.day)
        told.title, told.author, told.language = self.sheet.title.text, self.sheet.campaign, self.sheet.language
        told.comments, told.created, told.modified, told.last_modified_by = "", day, day, ""

    def _face(self, style: str) -> None:
        """Latin and East Asian fonts, the language, and ink instead of the theme's blue."""
        font = self.document.styles[style].font
        font.name, font.color.rgb = "Noto Serif", RGBColor(0x1D, 0x1B, 0x18)
        properties = self.document.styles[style].element.get_or_add_rPr()
        fonts = properties.get_or_add_rFonts()
        for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
            fonts.attrib.pop(qn(f"w:{theme}"), None)
        fonts.set(qn("w:eastAsia"), CJK[cjk_of(self.sheet.language) or "ko"]["serif"])
        properties.append(_language(self.sheet.language))

    # --- The text ---

    def _passage(self, passage: Passage) -> None:
        match passage.kind:
            case "heading":
                self._heading("".join(run.text for run in passage.items[0]), passage.level)
            case "list":
                style = "List Number" if passage.is_ordered else "List Bullet"
                for item in passage.items:
                    self._runs(self._paragraph(style), item)
            case "demand":
                paragraph = self._paragraph()
                paragraph.paragraph_format.left_indent, paragraph.paragraph_format.first_line_indent = Mm(8), Mm(-8)
                paragraph.add_run(f"{passage.number}.\t").bold = True
                self._runs(paragraph, passage.items[0])
            case "quotation":
                self._quotation(passage)
            case _:
                self._runs(self._paragraph(), passage.items[0])

    def _quotation(self, passage: Passage) -> None:
        paragraph = self._paragraph()
        paragraph.paragraph_format.left_indent = Mm(8)
        self._runs(paragraph, passage.items[0])
        by = ", ".join(part for part in (passage.speaker, passage.office) if part)
        if by:
            speaker = self._paragraph()
            speaker.paragraph_format.left_indent = Mm(8)
            speaker.add_run(f"— {by}").font.color.rgb = QUIET

    def _runs(self, paragraph: Paragraph, runs: Runs) -> None:
        for part in runs:
            if part.footnote:
                number = self.numbers.setdefault(part.footnote, len(self.numbers) + 1)
                paragraph.add_run(f"{number}").font.superscript = True
                continue
            run = paragraph.add_run(part.text)
            run.bold, run.italic = part.strong or None, part.em or None
            self._turn(run)
            if part.href and part.href not in part.text:
                paragraph.add_run(f" ({part.href})").font.color.rgb = QUIET

    def _copies(self) -> None:
        if self.sheet.cc:
            self._quiet(self.sheet.words.copy_to)
            for party in self.sheet.cc:
                self._lines(party)

    def _notes(self) -> None:
        if not self.numbers:
            return
        self._heading(self.sheet.words.notes, 3)
        for label, number in sorted(self.numbers.items(), key=lambda item: item[1]):
            note = self.sheet.notes[label]
            paragraph = self._paragraph()
            paragraph.add_run(f"{number} ").font.superscript = True
            self._runs(paragraph, note.runs)
            if note.facts:
                paragraph.add_run(" " + run_on(note.facts)).font.color.rgb = QUIET

    # --- Those who signed ---

    def _undersigned(self) -> None:
        if not self.sheet.tally:
            return
        self._heading(self.sheet.words.undersigned, 2)
        self._quiet(" · ".join(f"{number} {named}" for number, named in self.sheet.tally))
        for chapter in self.sheet.chapters:
            self._heading(f"{chapter.title} ({chapter.size})", 3)
            if chapter.remark:
                self._quiet(chapter.remark)
            for group in chapter.groups:
                if group.title:
                    self._heading(group.title, 4)
                if chapter.is_dense:
                    self._names_in_one(group.names)
                    continue
                for name in group.names:
                    self._name(name)

    def _names_in_one(self, names: tuple[Name, ...]) -> None:
        """Thousands of supporters, in one paragraph: as many paragraphs would take Word a minute to open."""
        told = (f"{name.name.text} ({name.details[0].text})" if name.details else name.name.text for name in names)
        self._turn(self._paragraph().add_run("; ".join(told)))

    def _name(self, name: Name) -> None:
        paragraph = self._paragraph()
        paragraph.paragraph_format.space_after = Pt(2)
        self._say(paragraph, name.name)
        if name.original:
            paragraph.add_run(" ")
            self._say(paragraph, name.original)
        for at, detail in enumerate(name.details):
            paragraph.add_run(" · " if at else " – ")
            self._say(paragraph, detail).font.color.rgb = QUIET

    # --- Paragraphs and runs ---

    def _say(self, paragraph: Paragraph, said: Spoken) -> DocxRun:
        run = paragraph.add_run(said.text)
        if said.language:
            properties = run._r.get_or_add_rPr()
            if cjk_of(said.language):
                properties.get_or_add_rFonts().set(qn("w:eastAsia"), CJK[cjk_of(said.language)]["serif"])
            properties.append(_language(said.language))
            if direction(said.language) == "rtl":
                properties.append(OxmlElement("w:rtl"))
        else:
            self._turn(run)
        return run

    def _line(self, said: Spoken, *, bold: bool = False) -> Paragraph:
        paragraph = self._paragraph()
        self._say(paragraph, said).bold = bold or None
        return paragraph

    def _lines(self, party: tuple[Spoken, ...]) -> None:
        paragraph = self._paragraph()
        for at, said in enumerate(party):
            if at:
                paragraph.add_run().add_break()
            self._say(paragraph, said)

    def _quiet(self, words: str) -> None:
        run = self._paragraph().add_run(words)
        run.font.size, run.font.color.rgb = Pt(9), QUIET
        self._turn(run)

    def _heading(self, words: str, level: int) -> None:
        paragraph = self.document.add_heading(level=level)
        self._direct(paragraph)
        self._turn(paragraph.add_run(words))

    def _paragraph(self, style: str | None = None) -> Paragraph:
        paragraph = self.document.add_paragraph(style=style)
        self._direct(paragraph)
        return paragraph

    def _direct(self, paragraph: Paragraph) -> None:
        if self.is_rtl:
            paragraph._p.get_or_add_pPr().append(OxmlElement("w:bidi"))

    def _turn(self, run: DocxRun) -> None:
        if self.is_rtl:
            run._r.get_or_add_rPr().append(OxmlElement("w:rtl"))


def _language(tag: str) -> BaseOxmlElement:
    """What a run is written in, as Word knows it: Latin, East Asian and right-to-left text each have an attribute."""
    told = OxmlElement("w:lang")
    if cjk_of(tag):
        told.set(qn("w:eastAsia"), tag)
    elif direction(tag) == "rtl":
        told.set(qn("w:bidi"), tag)
    elif not tag.startswith("und"):
        told.set(qn("w:val"), tag)
    return told
