"""No part of a secret's spelling is shown, however it comes in pieces; everything else is."""

import base64
import json
import tracemalloc
from collections.abc import Sequence
from itertools import pairwise
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from taskforce.core.pipelines.errors import SecretUnfit
from taskforce.core.pipelines.masking import Mask
from taskforce.core.pipelines.spellings import LONGEST, spellings

TOKEN = "s3cr3t-t0ken"
KEY = "-----BEGIN KEY-----\nMIIEowIBAAKCAQEA\n  q9XmP0LrT4vW8zYb\n-----END KEY-----"

# Secrets over a small alphabet overlap, contain and repeat one another; so does what is printed.
small_secrets = st.text("ab", min_size=8, max_size=12)
outputs = st.text("ab c", max_size=80)


def in_pieces(mask: Mask, pieces: Sequence[bytes]) -> bytes:
    stream = mask.stream()
    return b"".join([*map(stream.take, pieces), stream.end()])


def marked(text: str, known: Sequence[str]) -> str:
    """What is to be shown, said the slow way: mark each byte of each occurrence, then join the runs."""
    hidden = [False] * len(text)
    for secret in known:
        for at in range(len(text)):
            if text.startswith(secret, at):
                hidden[at : at + len(secret)] = [True] * len(secret)
    shown = ["\0" if hide else letter for letter, hide in zip(text, hidden, strict=True)]
    runs = "".join(
        letter for at, letter in enumerate(shown) if letter != "\0" or shown[at - 1 : at] != ["\0"]
    )
    return runs.replace("\0", "***")


@given(st.lists(small_secrets, max_size=4), outputs, st.lists(st.integers(0, 80), max_size=20))
def test_any_pieces_give_what_the_whole_gives(secrets: list[str], printed: str, cuts: list[int]) -> None:
    mask = Mask({f"S{number}": secret for number, secret in enumerate(secrets)})
    data = printed.encode()
    edges = sorted({0, len(data), *(cut for cut in cuts if cut < len(data))})
    pieces = [data[begin:end] for begin, end in pairwise(edges)]
    assert in_pieces(mask, pieces).decode() == mask.text(printed) == marked(printed, secrets)


@given(st.text(min_size=8, max_size=30).filter(lambda text: len(text.strip()) >= 8), st.text(), st.text())
def test_a_secret_goes_byte_by_byte_and_what_is_around_it_stays(secret: str, before: str, after: str) -> None:
    mask = Mask({"TOKEN": secret})
    data = f"{before}<{secret.strip()}>{after}".encode()
    assert (
        in_pieces(mask, [data[at : at + 1] for at in range(len(data))]) == mask.text(data.decode()).encode()
    )
    assert mask.text(f"<{secret.strip()}>") == "<***>"


@given(st.text("xyz \n", max_size=200))
def test_what_holds_no_secret_stays_as_it_is(printed: str) -> None:
    assert Mask({"TOKEN": TOKEN, "KEY": KEY}).text(printed) == printed


@pytest.mark.parametrize(
    ("secrets", "printed", "shown"),
    [
        (["abcdefgh", "efghijkl"], "1abcdefghijkl2", "1***2"),
        (["abcdefgh", "abcdefghijkl"], "1abcdefghijkl2 abcdefgh3", "1***2 ***3"),
        (["abcdefghij", "cdefghij"], "abcdefgh cdefghij", "abcdefgh ***"),
        (["abababab"], "abababababab", "***"),
        (["abcdefgh"], "abcdefghabcdefgh", "***"),
        (["abcdefgh"], "abcdefg", "abcdefg"),
        (["pässwörd"], "= pässwörd =", "= *** ="),
    ],
    ids=[
        "overlapping",
        "a prefix of another",
        "a suffix of another",
        "itself",
        "side by side",
        "cut",
        "utf-8",
    ],
)
def test_secrets_that_meet_become_one_mark(secrets: list[str], printed: str, shown: str) -> None:
    mask = Mask(dict(enumerate(secrets)))  # type: ignore[arg-type]  # any names will do
    assert mask.text(printed) == shown
    assert in_pieces(mask, [bytes([byte]) for byte in printed.encode()]).decode() == shown


def test_a_secret_that_runs_over_a_boundary_of_reads_is_masked() -> None:
    stream = Mask({"TOKEN": TOKEN}).stream()
    assert stream.take(b"token: s3cr3t") == b"token: "
    assert stream.take(b"-t0ken\n") == b"***\n"
    assert stream.end() == b""


def test_what_only_began_like_a_secret_is_shown_at_the_end() -> None:
    stream = Mask({"TOKEN": TOKEN}).stream()
    assert stream.take(b"s3cr3t") == b""
    assert stream.end() == b"s3cr3t"


def test_only_a_beginning_is_held_back() -> None:
    stream = Mask({"KEY": KEY}).stream()
    assert stream.take(b"Continue? [y/n] ") == b"Continue? [y/n] "


def test_each_line_of_a_secret_is_one_too() -> None:
    printed = "".join(f"    {line.strip()}\r\n" for line in KEY.splitlines())
    assert Mask({"KEY": KEY}).text(printed) == "    ***\r\n" * 4


def test_white_space_around_a_secret_is_none_of_it() -> None:
    assert Mask({"TOKEN": f" {TOKEN}\n"}).text(f"[{TOKEN}]\n") == "[***]\n"


@pytest.mark.parametrize(
    "spelling",
    [
        quote("s3cr3t/t0ken &'\"é", safe=""),
        quote("s3cr3t/t0ken &'\"é"),
        quote_plus("s3cr3t/t0ken &'\"é"),
        json.dumps("s3cr3t/t0ken &'\"é")[1:-1],
        json.dumps("s3cr3t/t0ken &'\"é", ensure_ascii=False)[1:-1],
        r"""s3cr3t/t0ken &'\''"é""",
        base64.b64encode("s3cr3t/t0ken &'\"é".encode()).decode(),
        base64.urlsafe_b64encode("s3cr3t/t0ken &'\"é".encode()).decode(),
    ],
)
def test_other_spellings_are_masked_too(spelling: str) -> None:
    assert Mask({"TOKEN": "s3cr3t/t0ken &'\"é"}).text(f"<{spelling}>") == "<***>"


@given(st.binary(max_size=5), st.binary(min_size=8, max_size=40), st.binary(max_size=5))
def test_a_secret_inside_of_something_in_base64_shows_at_most_its_edges(
    before: bytes, secret: bytes, after: bytes
) -> None:
    value = secret.decode("latin-1").strip()
    if len(value) < 8:
        return
    encoded = base64.b64encode(before + value.encode() + after).decode()
    shown = Mask({"TOKEN": value}).text(encoded).replace("***", "")
    assert len(shown) <= len(base64.b64encode(before + after)) + 8


@pytest.mark.parametrize("value", ["", "   \n", "1234567", " 1234567 ", "x" * (LONGEST + 1)])
def test_a_secret_that_cannot_be_masked_is_refused_by_its_name(value: str) -> None:
    with pytest.raises(SecretUnfit, match="The secret PIN must have 8 to 32768 characters") as refused:
        Mask({"PIN": value})
    assert not value.strip() or value.strip() not in refused.value.message


def test_a_refused_secret_is_not_spelled_half() -> None:
    with pytest.raises(SecretUnfit):
        next(spellings("PIN", "123"))


def test_without_secrets_everything_passes_at_once() -> None:
    stream = Mask({}).stream()
    assert (stream.take(b"out"), stream.end()) == (b"out", b"")


def test_memory_does_not_grow_with_the_output() -> None:
    stream = Mask({"TOKEN": TOKEN, "A": "a" * 4096}).stream()
    piece = (b"s3cr3t-t0ke" + b"a" * 100) * 600
    tracemalloc.start()
    try:
        for _ in range(100):
            stream.take(piece)
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert most < 4 * 2**20
