"""Letters of all scripts: for each the first font that has it, else a box with its number."""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import as_file, files
from typing import TypeAlias

from PIL import ImageFont

Font: TypeAlias = ImageFont.FreeTypeFont

_NOTO, _CJK = "manimgx_fonts", "noto_cjk_sans_jp_regular"
"""Packages that hold the fonts of the Noto project."""
_FACES = (
    (_NOTO, "NotoSans[wght].ttf"),
    (_NOTO, "NotoSansArabic[wght].ttf"),
    (_NOTO, "NotoSansHebrew[wght].ttf"),
    (_NOTO, "NotoSansDevanagari[wght].ttf"),
    (_CJK, "NotoSansCJKjp-Regular.otf"),
    *(
        (_NOTO, f"NotoSans{script}[wght].ttf")
        for script in (
            "Bengali", "Tamil", "Telugu", "Thai", "Georgian", "Armenian", "Ethiopic", "Gujarati", "Gurmukhi",
            "Kannada", "Khmer", "Lao", "Malayalam", "Myanmar", "Oriya", "Sinhala", "Symbols",
        )
    ),
    (_NOTO, "NotoEmoji[wght].ttf"),
)  # fmt: skip
_WEIGHT = 600
"""Half bold: it is read on pictures."""
_NO_LETTER = "\U0010ffff"
"""Unicode promises that no font has it."""


@dataclass(frozen=True, slots=True)
class Run:
    """Letters of one font; without a font each is shown as a box."""

    text: str
    face: int | None


@lru_cache(maxsize=64)
def font(face: int, size: int) -> Font:
    """Return a font at a size in pixels."""
    package, name = _FACES[face]
    with as_file(files(package) / name) as path:
        loaded = ImageFont.truetype(str(path), size)
    if "[wght]" in name:
        loaded.set_variation_by_axes([_WEIGHT])
    return loaded


def clusters(text: str) -> Iterator[str]:
    """Give what must stay together: a letter with its marks, a joined emoji."""
    held = ""
    for letter in text:
        joins = unicodedata.category(letter) in ("Mn", "Mc", "Me", "Cf") or held.endswith("\u200d")
        if held and not joins:
            yield held
            held = ""
        held += letter
    if held:
        yield held


def runs(text: str) -> list[Run]:
    """Return a text in pieces of one font each."""
    found: list[Run] = []
    for cluster in clusters(text):
        face = _face_of(cluster[0], found[-1].face if found else None)
        if found and found[-1].face == face:
            found[-1] = Run(found[-1].text + cluster, face)
        else:
            found.append(Run(cluster, face))
    return found


def is_right_to_left(text: str) -> bool:
    """Tell by the first letter that says it, as the Unicode Bidirectional Algorithm does (rules P2, P3)."""
    said = (unicodedata.bidirectional(letter) for letter in text)
    return next((way != "L" for way in said if way in ("L", "R", "AL")), False)


def _face_of(letter: str, before: int | None) -> int | None:
    if letter.isspace() and before is not None:
        return before
    return _first_face(letter)


@lru_cache(maxsize=4_096)
def _first_face(letter: str) -> int | None:
    return next((face for face in range(len(_FACES)) if _has(face, letter)), None)


def _has(face: int, letter: str) -> bool:
    if letter.isspace():
        return True
    shown = font(face, 24).getmask(letter)
    return (shown.size, bytes(shown)) != _missing(face)


@lru_cache(maxsize=64)
def _missing(face: int) -> tuple[tuple[int, int], bytes]:
    shown = font(face, 24).getmask(_NO_LETTER)
    return shown.size, bytes(shown)
