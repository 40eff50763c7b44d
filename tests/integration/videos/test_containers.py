"""Whether bytes are a whole MP4 or a PNG, by their outer shape."""

from struct import pack

import pytest
from hypothesis import given
from hypothesis import strategies as st

from taskforce.infrastructure.videos.containers import mp4_problem, png_size
from tests.services.media_files import a_clip, a_picture, box

CLIP = a_clip(500)


def test_a_whole_clip_has_no_problem() -> None:
    assert mp4_problem(CLIP) is None


@given(st.integers(min_value=0, max_value=len(CLIP) - 1))
def test_a_clip_that_ends_anywhere_earlier_has_one(end: int) -> None:
    assert mp4_problem(CLIP[:end]) is not None


@given(st.binary(max_size=200))
def test_any_bytes_are_looked_at(content: bytes) -> None:
    problem = mp4_problem(content)
    assert problem is not None or {b"ftyp", b"moov", b"mdat"} <= {
        content[i : i + 4] for i in range(len(content))
    }
    png_size(content)


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", "it is no MP4"),
        (b"<html>Sign in</html>", "it is no MP4"),
        (box(b"ftyp"), "it has no mdat, moov"),
        (box(b"ftyp") + box(b"moov"), "it has no mdat"),
        (box(b"ftyp") + pack(">I4s", 4, b"moov"), "it ends in its middle"),
        (box(b"ftyp") + pack(">I4sQ", 1, b"mdat", 10), "it ends in its middle"),
        (box(b"ftyp") + box(b"moov") + pack(">I4sQ", 1, b"mdat", 20) + bytes(4), None),
        (box(b"ftyp") + box(b"moov") + pack(">I4s", 0, b"mdat") + bytes(9), None),
    ],
)
def test_boxes_are_read_as_the_format_says(content: bytes, problem: str | None) -> None:
    assert mp4_problem(content) == problem


def test_a_picture_tells_its_size() -> None:
    assert png_size(a_picture(12, 34)) == (12, 34)
    assert png_size(a_picture(12, 34, format="JPEG")) is None
    assert png_size(a_picture(12, 34)[:20]) is None
