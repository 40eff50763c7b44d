"""A debrief as a PDF of one page of A4, by fpdf2 and with the font that comes with matplotlib.

Text is text, so that it can be searched and copied. No date and no random id is in it.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal, TypeAlias

import matplotlib as mpl
from fpdf import FPDF
from fpdf.fonts import TTFFont

from taskforce.core.scenarios.debrief import Debrief, KpiRow
from taskforce.core.scenarios.drawing import Box, Drawing, Label, Line, Mark
from taskforce.core.scenarios.figures import tied
from taskforce.core.scenarios.kpi_table import BETTER, PART, WORSE

_FONT = "DejaVu"
_WIDTH, _HEIGHT, _MARGIN = 210.0, 297.0, 12.0
_POINT = 25.4 / 72
"""Millimetres."""
_SCALES = (1.1, 1.05, 1.0, 0.95, 0.9, 0.85, 0.8)
"""Tried one after the other until the page holds all."""
_INK, _MUTED, _ACCENT, _RULE = "#1f2933", "#52606d", "#1f5fa8", "#c9d3df"
_TONES = {BETTER: "#1d7a3e", WORSE: "#b3261e"}
_BOX = "\N{WHITE SQUARE}"
_LACKING = (
    f"{_BOX} stands for a letter that the font of this PDF lacks; "
    "the debrief as HTML and as Markdown has all of them."
)
_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
"""A PDF has a date of creation: the same for all."""

Align: TypeAlias = Literal["L", "R"]
Column: TypeAlias = tuple[str, float, Align]
"""A title, a width in millimetres, and where its cells stand."""


def pdf(page: Debrief) -> bytes:
    """Return the page; a long one is set in smaller type, down to three quarters of it."""
    for scale in _SCALES:
        sheet = _Sheet(scale)
        if _fill(sheet, page) <= _HEIGHT - _MARGIN / 2:
            break
    return sheet.bytes(page.title)


def _fill(sheet: "_Sheet", page: Debrief) -> float:
    """Write all of a page, and return where it ends."""
    sheet.text(page.title, size=14, colour="#12304f", is_bold=True)
    sheet.text(page.compared)
    sheet.gap(1)
    _settings(sheet, page)
    sheet.heading("KPIs")
    _kpis(sheet, page)
    sheet.gap(2)
    sheet.charts(page.charts)
    sheet.heading("Findings")
    for number, one in enumerate(page.findings, start=1):
        sheet.item(f"{number}.", tied(one.text), title=f"{tied(one.title)}. ")
    sheet.heading("Recommendation")
    sheet.stressed(tied(page.recommendation))
    sheet.heading("Assumptions")
    for sentence in page.assumptions:
        sheet.item("\N{BULLET}", tied(sentence), size=6.6)
    sheet.gap(1.5)
    sheet.links([(link.label, link.address) for link in page.links])
    end = sheet.text(page.source, size=6.2, colour=_MUTED)
    return sheet.text(_LACKING, size=6.2, colour=_MUTED) if sheet.lacks_letters else end


def _settings(sheet: "_Sheet", page: Debrief) -> None:
    columns: list[Column] = [("Setting", 40, "L"), ("Scenario", 62, "L")]
    if page.has_baseline:
        columns.insert(1, ("Baseline", 62, "L"))
    sheet.header(columns)
    for one in page.settings:
        cells = [one.label, one.baseline, one.scenario] if page.has_baseline else [one.label, one.scenario]
        sheet.row(columns, cells)


def _kpis(sheet: "_Sheet", page: Debrief) -> None:
    columns: list[Column] = [("KPI", 50, "L"), ("Unit", 15, "L")]
    if page.has_baseline:
        columns += [("Baseline", 22, "R"), ("Scenario", 22, "R"), ("Delta", 20, "R")]
        columns += [("95 % interval of delta", 34, "R"), ("Verdict", 23, "L")]
    else:
        columns += [("Scenario", 30, "R"), ("95 % interval", 45, "R")]
    sheet.header(columns)
    for row in page.rows:
        is_part = row.label.startswith(PART)
        colours = [_MUTED if is_part else _INK] * (len(columns) - 1)
        tone = _TONES.get(row.verdict, colours[0])
        sheet.row(columns, _cells(row, has_baseline=page.has_baseline), [*colours, tone])


def _cells(row: KpiRow, *, has_baseline: bool) -> list[str]:
    label = f"    {row.label}" if row.label.startswith(PART) else row.label
    if not has_baseline:
        return [label, row.fact.unit, row.scenario, row.interval]
    return [label, row.fact.unit, row.baseline, row.scenario, row.delta, row.interval, row.verdict]


class _Paper(FPDF):
    """Shows a box where its font lacks a letter, and knows that it did."""

    lacks_letters = False

    def normalize_text(self, text: str) -> str:
        """Return what is shown of a text; everything that is written or measured comes through here."""
        font = self.current_font
        known = font.cmap if isinstance(font, TTFFont) else {}
        lacking = {letter for letter in text if letter.isprintable() and ord(letter) not in known}
        self.lacks_letters = self.lacks_letters or bool(lacking)
        shown = text.translate({ord(letter): _BOX for letter in lacking})
        return str(super().normalize_text(shown))


class _Sheet:
    """A page that is written from its top to its bottom."""

    def __init__(self, scale: float) -> None:
        self._scale = scale
        self._pdf = _Paper(format="A4", unit="mm")
        self._pdf.set_creation_date(_LONG_AGO)
        self._pdf.set_producer("Taskforce")
        self._pdf.set_auto_page_break(auto=False)
        self._pdf.set_margins(_MARGIN, _MARGIN * 0.75, _MARGIN)
        fonts = Path(mpl.get_data_path()) / "fonts" / "ttf"
        self._pdf.add_font(_FONT, fname=fonts / "DejaVuSans.ttf")
        self._pdf.add_font(_FONT, style="B", fname=fonts / "DejaVuSans-Bold.ttf")
        self._pdf.add_page()
        self._pdf.c_margin = 0

    @property
    def lacks_letters(self) -> bool:
        """Tell whether anything that was written has letters which the font lacks."""
        return self._pdf.lacks_letters

    def bytes(self, title: str) -> bytes:
        self._pdf.set_title(title)
        self._pdf.set_lang("en")
        return bytes(self._pdf.output())

    def gap(self, millimetres: float) -> None:
        self._pdf.ln(millimetres * self._scale)

    def text(self, text: str, *, size: float = 7.4, colour: str = _INK, is_bold: bool = False) -> float:
        """Write a paragraph, and return where it ends."""
        self._type(size, colour, is_bold=is_bold)
        self._pdf.multi_cell(0, self._line(size), text, align="L", new_x="LMARGIN", new_y="NEXT")
        return float(self._pdf.y)

    def heading(self, text: str) -> None:
        self.gap(2.2)
        end = self.text(text, size=8.4, colour=_ACCENT, is_bold=True)
        self._rule(end)
        self.gap(1)

    def header(self, columns: Sequence[Column]) -> None:
        titles = [title for title, _, _ in columns]
        self.row(columns, titles, [_MUTED] * len(columns), is_bold=True)
        self._rule(self._pdf.y, width=sum(width for _, width, _ in columns), colour="#9aa5b1")

    def row(
        self,
        columns: Sequence[Column],
        cells: Sequence[str],
        colours: Sequence[str] | None = None,
        *,
        is_bold: bool = False,
    ) -> None:
        """Write cells side by side; a text that is too wide for its column is set smaller."""
        height = 4.0 * self._scale
        for (_, width, align), cell, colour in zip(
            columns, cells, colours or [_INK] * len(cells), strict=True
        ):
            self._fit(cell, width - 3, colour, is_bold=is_bold or colour in _TONES.values())
            self._pdf.cell(width - 3, height, cell, align=align)
            self._pdf.set_x(self._pdf.x + 3)
        self._pdf.ln(height)
        self._rule(self._pdf.y, width=sum(width for _, width, _ in columns), colour="#e3e8ee")

    def item(self, mark: str, text: str, *, title: str = "", size: float = 7.4) -> None:
        """Write a text that is indented behind its mark, its title in bold."""
        self._type(size, _INK)
        self._pdf.cell(4.5, self._line(size), mark)
        self._pdf.set_left_margin(_MARGIN + 4.5)
        if title:
            self._type(size, _INK, is_bold=True)
            self._pdf.write(self._line(size), title)
            self._type(size, _INK)
        self._pdf.write(self._line(size), text)
        self._pdf.set_left_margin(_MARGIN)
        self._pdf.ln(self._line(size) + 0.3)

    def stressed(self, text: str) -> None:
        """Write a paragraph on a ground of its own."""
        self._type(7.4, _INK)
        start, pad, width = self._pdf.y, 1.2, _WIDTH - 2 * _MARGIN
        with self._pdf.offset_rendering() as tried:
            tried.multi_cell(width - 4, self._line(7.4), text, align="L", new_x="LMARGIN", new_y="NEXT")
            height = tried.y - start + 2 * pad
        self._box(_MARGIN, start, width, height, "#eef4fb")
        self._box(_MARGIN, start, 1, height, _ACCENT)
        self._pdf.set_xy(_MARGIN + 3, start + pad)
        self._pdf.multi_cell(width - 4, self._line(7.4), text, align="L")
        self._pdf.set_xy(_MARGIN, start + height)

    def links(self, links: Sequence[tuple[str, str]]) -> None:
        self._type(6.6, _ACCENT)
        for number, (label, address) in enumerate(links):
            self._pdf.write(self._line(6.6), "  ·  " if number else "")
            self._pdf.write(self._line(6.6), label, link=address)
        if links:
            self._pdf.ln(self._line(6.6))

    def charts(self, charts: Sequence[Drawing]) -> None:
        """Draw charts side by side."""
        top, space = self._pdf.y, 3.0
        width = (_WIDTH - 2 * _MARGIN - space * (len(charts) - 1)) / len(charts)
        for number, chart in enumerate(charts):
            scale = width / chart.width
            x = _MARGIN + number * (width + space)
            for mark in chart.marks:
                self._mark(mark, x=x, y=top, scale=scale)
        self._pdf.set_xy(_MARGIN, top + max(chart.height * width / chart.width for chart in charts))

    def _mark(self, mark: Mark, *, x: float, y: float, scale: float) -> None:
        match mark:
            case Box():
                self._box(
                    x + mark.x * scale, y + mark.y * scale, mark.width * scale, mark.height * scale, mark.fill
                )
            case Line():
                self._pdf.set_draw_color(mark.stroke)
                self._pdf.set_line_width(mark.width * scale)
                self._pdf.set_dash_pattern(
                    dash=0.6 if mark.is_dashed else 0, gap=0.6 if mark.is_dashed else 0
                )
                self._pdf.polyline([(x + px * scale, y + py * scale) for px, py in mark.points])
                self._pdf.set_dash_pattern()
            case Label():
                # DejaVu is wider than what the drawing was made for.
                self._pdf.set_font(
                    _FONT, style="B" if mark.is_bold else "", size=mark.size * scale / _POINT * 0.88
                )
                self._pdf.set_text_color(mark.fill)
                width = self._pdf.get_string_width(mark.text)
                shift = {"start": 0.0, "middle": width / 2, "end": width}[mark.anchor]
                self._pdf.text(x + mark.x * scale - shift, y + mark.y * scale, mark.text)

    def _box(self, x: float, y: float, width: float, height: float, fill: str) -> None:
        self._pdf.set_fill_color(fill)
        self._pdf.rect(x, y, width, height, style="F")

    def _rule(self, y: float, *, width: float = _WIDTH - 2 * _MARGIN, colour: str = _RULE) -> None:
        self._pdf.set_draw_color(colour)
        self._pdf.set_line_width(0.15)
        self._pdf.line(_MARGIN, y, _MARGIN + width, y)

    def _type(self, size: float, colour: str, *, is_bold: bool = False) -> None:
        self._pdf.set_font(_FONT, style="B" if is_bold else "", size=size * self._scale)
        self._pdf.set_text_color(colour)

    def _fit(self, text: str, width: float, colour: str, *, is_bold: bool) -> None:
        size = 7.2
        self._type(size, colour, is_bold=is_bold)
        needed = self._pdf.get_string_width(text)
        if needed > width:
            self._type(size * width / needed, colour, is_bold=is_bold)

    def _line(self, size: float) -> float:
        """Return the height of a line."""
        return size * self._scale * _POINT * 1.3
