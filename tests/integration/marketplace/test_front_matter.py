"""Front matter gives texts alone, and what could harm is refused with its line."""

import json
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from taskforce.core.marketplace.errors import FrontMatterInvalid
from taskforce.infrastructure.marketplace.front_matter import YamlFrontMatter

READER = YamlFrontMatter()
BOMB = "a: &a [x,x,x,x]\n" + "".join(
    f"{b}: &{b} [*{a},*{a},*{a}]\n" for a, b in zip("abcdefg", "bcdefgh", strict=True)
)


def head(text: str) -> bytes:
    return f"---\n{text}\n---\nBody\n---\n".encode()


@pytest.mark.parametrize(
    ("path", "content", "fields"),
    [
        ("a.md", b"# No head", {}),
        ("a.md", b"", {}),
        ("a.md", b"---\n---\n", {}),
        ("a.md", head("# a remark"), {}),
        ("a.md", head("~"), None),
        (
            "a.md",
            head("name: x\nsince: 2024-01-01\non: yes\nsize: 0x10"),
            {"name": "x", "since": "2024-01-01", "on": "yes", "size": "0x10"},
        ),
        ("a.MD", b"\xef\xbb\xbf---\r\nname: x\r\n---\r\n", {"name": "x"}),
        ("a.md", head("tools: [a, {b: c}]"), {"tools": ["a", {"b": "c"}]}),
        ("a.md", head("name: x") + b"\xff" * 100_000, {"name": "x"}),
        ("a.yaml", b"name: x", {"name": "x"}),
        (
            "a.json",
            b'{"name": "x", "n": 1e999, "l": [true, null]}',
            {"name": "x", "n": "1e999", "l": [True, None]},
        ),
    ],
)
def test_what_is_read(path: str, content: bytes, fields: object) -> None:
    if fields is None:
        with pytest.raises(FrontMatterInvalid, match="a mapping of keys"):
            READER.fields(path, content)
    else:
        assert READER.fields(path, content) == fields


@pytest.mark.parametrize(
    ("path", "content", "message"),
    [
        ("a.md", head(BOMB), r"a\.md:2: anchors, aliases and tags are not read"),
        ("a.md", head("a: *b"), "a.md:2: anchors"),
        ("a.md", head("<<: *b"), "a.md:2: anchors"),
        ("a.md", head("x: 1\na: !!python/object/apply:os.system ['true']"), "a.md:3: anchors"),
        ("a.md", head("a: " + "[" * 5_000), "a.md:2: the fields are nested more than 8 levels deep"),
        ("a.md", head("a: " + "{a: " * 20), "more than 8 levels"),
        ("a.md", head("a: [" + "x," * 6_000 + "]"), "more than 5,000 values"),
        ("a.md", head("a: " + "x" * 70_000), "more than 65,536 bytes"),
        ("a.yml", b"x" * 70_000, "more than 65,536 bytes"),
        ("a.md", b"---\na: 1\n", "the head has no end"),
        ("a.md", head("a: b: c"), "a.md:2: this is not YAML"),
        ("a.md", head("a: 1\na: 2"), "a.md:3: 'a' is said twice"),
        ("a.md", head("? [a]\n: b"), "a key must be plain text"),
        ("a.md", head("- a"), "fields are a mapping of keys"),
        ("a.md", head("a: \x00"), "control characters"),
        ("a.md", b"---\na: \xff\n---\n", "a.md:1: this is not UTF-8"),
        ("a.yaml", b"a: 1\n---\nb: 2", "a.yaml:2: a second document begins here"),
        ("a.json", b"[" * 500_000, "nested more than 8 levels|this is not JSON"),
        ("a.json", json.dumps({"a": [[[[[[[[[1]]]]]]]]]}).encode(), "nested more than 8 levels"),
        ("a.json", b" " * 1_100_000, "more than 1,048,576 bytes"),
        ("a.json", json.dumps({"a": [1] * 60_000}).encode(), "more than 50,000 values"),
        ("a.json", b"[]", "fields are a mapping of keys"),
        ("a.json", b"{\n,}", "a.json:2: this is not JSON"),
    ],
)
def test_what_is_refused(path: str, content: bytes, message: str) -> None:
    with pytest.raises(FrontMatterInvalid, match=message):
        READER.fields(path, content)


@given(
    st.sampled_from(["a.md", "a.yaml", "a.json"]),
    st.one_of(st.binary(max_size=60), st.text("a:-[]{}&*!|>?#'\"%@,\n\t ", max_size=60).map(str.encode)),
)
def test_any_bytes_are_read_or_refused(path: str, content: bytes) -> None:
    for whole in (content, b"---\n" + content + b"\n---\n"):
        with suppress(FrontMatterInvalid):
            assert isinstance(READER.fields(path, whole), dict)
