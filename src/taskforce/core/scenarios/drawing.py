"""A drawing of boxes, lines and labels, which SVG and PDF both can show; lengths in points, y downwards."""

from dataclasses import dataclass
from html import escape
from typing import Literal, TypeAlias

Anchor: TypeAlias = Literal["start", "middle", "end"]
_FONTS = "Helvetica,Arial,'Liberation Sans',sans-serif"


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """A filled rectangle."""

    x: float
    y: float
    width: float
    height: float
    fill: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line through points."""

    points: tuple[tuple[float, float], ...]
    stroke: str
    width: float = 0.6
    is_dashed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """A text whose baseline begins, is centred or ends at a point."""

    x: float
    y: float
    text: str
    size: float = 7.0
    anchor: Anchor = "start"
    fill: str = "#333333"
    is_bold: bool = False


Mark: TypeAlias = Box | Line | Label


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    """A picture, and what it shows in a sentence for those who cannot see it."""

    width: float
    height: float
    title: str
    marks: tuple[Mark, ...]


def svg(drawing: Drawing) -> str:
    """Return a drawing as an SVG element that stands alone: text is text, nothing is loaded."""
    marks = "".join(map(_element, drawing.marks))
    title = escape(drawing.title)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {drawing.width:g} {drawing.height:g}" '
        f'role="img" aria-label="{title}" font-family="{_FONTS}"><title>{title}</title>{marks}</svg>'
    )


def _element(mark: Mark) -> str:
    match mark:
        case Box():
            return (
                f'<rect x="{_number(mark.x)}" y="{_number(mark.y)}" width="{_number(mark.width)}" '
                f'height="{_number(mark.height)}" fill="{mark.fill}"/>'
            )
        case Line():
            points = " ".join(f"{_number(x)},{_number(y)}" for x, y in mark.points)
            dashes = ' stroke-dasharray="2 2"' if mark.is_dashed else ""
            return (
                f'<polyline points="{points}" fill="none" stroke="{mark.stroke}" '
                f'stroke-width="{_number(mark.width)}"{dashes}/>'
            )
        case Label():
            weight = ' font-weight="bold"' if mark.is_bold else ""
            return (
                f'<text x="{_number(mark.x)}" y="{_number(mark.y)}" font-size="{_number(mark.size)}" '
                f'text-anchor="{mark.anchor}" fill="{mark.fill}"{weight}>{escape(mark.text)}</text>'
            )


def _number(value: float) -> str:
    return f"{round(value, 2):g}"
