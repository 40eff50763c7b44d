"""Captions: words within a safe margin, wrapped, readable on any picture."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from taskforce.infrastructure.videos.offline.canvas import Canvas, Layer, image_of
from taskforce.infrastructure.videos.offline.fonts import Run, clusters, font, is_right_to_left, runs

MARGIN = 0.06
"""Of each side: what screens may cut off stays free of words."""
MOST_LINES = 3
LARGEST, SMALLEST = 0.058, 0.036
"""Of the shorter side, in letters' height."""
ABOVE = 2.0
"""Before all that is in the picture."""


@dataclass(frozen=True, slots=True)
class _Line:
    """A line of words, and how wide it is."""

    text: str
    width: float


def caption(text: str, canvas: Canvas) -> Layer | None:
    """Return the words along the lower edge, on a shade; None where there is nothing to say."""
    said = " ".join(text.split())
    if not said:
        return None
    size, lines = _fitted(said, canvas)
    step = size * 1.32
    height = int(len(lines) * step + canvas.height * MARGIN + size * 1.6)
    words = Image.new("L", (canvas.width, height))
    pen = ImageDraw.Draw(words)
    first = height - canvas.height * MARGIN - len(lines) * step
    for number, line in enumerate(lines):
        _write(pen, line, size, ((canvas.width - line.width) / 2, first + number * step))
    return Layer(poses=(_shaded(words, size),), top=canvas.height - height, order=ABOVE)


def _shaded(words: Image.Image, size: int) -> Image.Image:
    """Return white letters with a dark edge, before a shade that grows downwards."""
    letters = np.asarray(words).astype(np.float32) / 255
    edge = np.asarray(words.filter(ImageFilter.MaxFilter(5)).filter(ImageFilter.GaussianBlur(size * 0.10)))
    rows = np.linspace(0, 1, words.height, dtype=np.float32)[:, None]
    shade = np.clip(0.62 * rows**0.8 + 0.6 * edge.astype(np.float32) / 255, 0, 0.86)
    cover = letters + shade * (1 - letters)
    white = letters / np.maximum(cover, 1e-4)
    return image_of(np.repeat(white[..., None], 3, axis=2), cover)


def _fitted(text: str, canvas: Canvas) -> tuple[int, list[_Line]]:
    """Return the largest size at which the words fit, and their lines; the last ends in an ellipsis else."""
    room = canvas.width * (1 - 2 * MARGIN)
    for size in range(int(canvas.unit * LARGEST), int(canvas.unit * SMALLEST), -2):
        lines = list(_wrapped(text, size, room))
        if len(lines) <= MOST_LINES:
            return size, lines
    size = int(canvas.unit * SMALLEST)
    lines = list(_wrapped(text, size, room))
    if len(lines) <= MOST_LINES:
        return size, lines
    return size, [*lines[: MOST_LINES - 1], _cut(lines[MOST_LINES - 1].text, size, room)]


def _wrapped(text: str, size: int, room: float) -> Iterator[_Line]:
    """Give lines no wider than the room; a word that is wider by itself is broken."""
    held = ""
    for piece in _pieces(text, size, room):
        if held and _width(held + piece.rstrip(), size) > room:
            yield _line(held, size)
            held = ""
        held += piece if held else piece.lstrip()
    if held.strip():
        yield _line(held, size)


def _pieces(text: str, size: int, room: float) -> Iterator[str]:
    for word in text.split(" "):
        if _width(word, size) <= room:
            yield word + " "
        else:
            yield from clusters(word)
            yield " "


def _cut(text: str, size: int, room: float) -> _Line:
    kept = list(clusters(text))
    while kept and _width("".join(kept) + "…", size) > room:
        kept.pop()
    return _line("".join(kept).rstrip() + "…", size)


def _line(text: str, size: int) -> _Line:
    said = text.strip()
    return _Line(said, _width(said, size))


def _width(text: str, size: int) -> float:
    return sum(_run_width(run, size) for run in runs(text))


def _run_width(run: Run, size: int) -> float:
    if run.face is None:
        return sum(size * 0.95 for _ in clusters(run.text))
    return font(run.face, size).getlength(run.text)


def _write(pen: ImageDraw.ImageDraw, line: _Line, size: int, at: tuple[float, float]) -> None:
    x, y = at
    pieces = runs(line.text)
    for run in reversed(pieces) if is_right_to_left(line.text) else pieces:
        if run.face is None:
            for number, cluster in enumerate(clusters(run.text)):
                _box(pen, cluster, size, (x + number * size * 0.95, y))
        else:
            pen.text((x, y + size), run.text, font=font(run.face, size), fill=255, anchor="ls")
        x += _run_width(run, size)


def _box(pen: ImageDraw.ImageDraw, cluster: str, size: int, at: tuple[float, float]) -> None:
    """Draw a letter that no font has: a frame with its code point, as browsers do."""
    x, y = at
    pen.rectangle((x + size * 0.06, y + size * 0.16, x + size * 0.86, y + size * 1.08), outline=255, width=2)
    digits = f"{ord(cluster[0]):06X}"
    small = font(0, max(8, int(size * 0.30)))
    for row in (0, 1):
        place = (x + size * 0.46, y + size * (0.56 + 0.36 * row))
        pen.text(place, digits[3 * row : 3 * row + 3], font=small, fill=255, anchor="ms")
