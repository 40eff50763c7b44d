"""Which bytes a client asks for by Range (RFC 9110, 14.2), and which requests mean all of them."""

import pytest
from starlette.datastructures import Headers

from taskforce.api.ranges import Span, span_of

TAG = '"a1"'


def spanned(asked: str, *, size: int = 10, wanted: str | None = None) -> tuple[int, int] | None:
    headers = {"range": asked} | ({"if-range": wanted} if wanted else {})
    span = span_of(Headers(headers), size=size, tag=TAG)
    return None if span is None else (span.start, span.stop)


@pytest.mark.parametrize(
    ("asked", "span"),
    [
        ("bytes=0-3", (0, 4)),
        ("bytes=4-", (4, 10)),
        ("bytes=-3", (7, 10)),
        ("bytes=0-99", (0, 10)),
        ("Bytes = 2-2", (2, 3)),
        ("bytes=-99", (0, 10)),
        ("bytes=3-2", None),
        ("bytes=-", None),
        ("bytes=0-1,4-5", None),
        ("lines=0-1", None),
    ],
)
def test_a_range_is_read(asked: str, span: tuple[int, int] | None) -> None:
    assert spanned(asked) == span


def test_a_range_beyond_the_end_has_no_bytes() -> None:
    span = span_of(Headers({"range": "bytes=10-12"}), size=10, tag=TAG)
    assert span is not None
    assert span.size == 0
    assert Span(start=3, stop=5).size == 2


@pytest.mark.parametrize("asked", ["bytes=0-1023", "bytes=-5", "bytes=4-"])
def test_of_an_empty_file_any_range_is_all_of_it(asked: str) -> None:
    assert spanned(asked, size=0) is None


def test_a_range_of_another_version_is_passed_over() -> None:
    assert spanned("bytes=0-3", wanted=TAG) == (0, 4)
    assert spanned("bytes=0-3", wanted='"b2"') is None
