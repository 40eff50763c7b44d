"""The Markdown of skills by strangers: what the format does not know is left out, and the rest is used."""

from collections.abc import Mapping

import pytest

from taskforce.core.marketplace.collection import StoredFile
from taskforce.core.marketplace.naming import skill_name, suggested_name
from taskforce.core.marketplace.skill_text import body_of, header_of, main_file
from taskforce.core.missions.allowed_tools import allowed_by


def stored(path: str) -> StoredFile:
    return StoredFile(path=path, blob_sha="0" * 40, size=1, sha256="0" * 64)


@pytest.mark.parametrize(
    ("paths", "main"),
    [
        (["SKILL.md", "run.py"], "SKILL.md"),
        (["Skill.md", "run.py"], "Skill.md"),
        (["SKILL.md", "skill.md"], "SKILL.md"),
        (["weigh.md"], "weigh.md"),
        (["a.md", "b.md"], None),
        (["docs/SKILL.md", "b.md"], None),
        ([], None),
    ],
)
def test_the_instructions_are_in_one_file(paths: list[str], main: str | None) -> None:
    found = main_file([stored(path) for path in paths])
    assert (found and found.path) == main


@pytest.mark.parametrize(
    ("text", "body"),
    [
        ("---\nname: a\n---\n\n# A\n\nDo.\n", "# A\n\nDo.\n"),
        ("\ufeff---\nname: a\n---\nDo.", "Do.\n"),
        ("# A\n---\nDo.\n", "# A\n---\nDo.\n"),
        ("", "\n"),
    ],
)
def test_the_body_is_what_stands_below_the_head(text: str, body: str) -> None:
    assert body_of(text) == body


def test_what_the_format_does_not_know_is_left_out() -> None:
    fields = {
        "name": "Other",
        "description": " Weigh\n it. ",
        "version": "1",
        "metadata": {"author": "Ann", "deep": {"a": "b"}},
        "allowed-tools": ["Read", "Bash(git:*)"],
        "license": ["MIT"],
    }
    header = header_of("weigh", fields, "Do.\n")
    assert header is not None
    assert (header.name, header.description, header.license) == ("weigh", "Weigh\n it.", None)
    assert header.metadata == {"author": "Ann"}
    assert allowed_by(header.allowed_tools) == frozenset({"file_read", "git"})


@pytest.mark.parametrize(
    ("fields", "body", "description"),
    [
        ({}, "\n# Weigh it\n\nDo.\n", "Weigh it"),
        ({"description": ["a"]}, "Do.\n", "Do."),
        ({"description": "x" * 2_000}, "", "x" * 1_023 + "…"),
    ],
)
def test_a_description_is_found_or_cut(fields: Mapping[str, object], body: str, description: str) -> None:
    header = header_of("weigh", fields, body)
    assert header is not None
    assert header.description == description


def test_a_skill_that_says_nothing_is_none() -> None:
    assert header_of("weigh", {"compatibility": "x" * 600}, "\n# \n") is None


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("weigh", "weigh"),
        ("Weigh It_All", "weigh-it-all"),
        ("--a..b--", "a-b"),
        ("größe", "größe"),
        ("!!", "skill"),
        ("a" * 63 + " b", "a" * 63),
    ],
)
def test_skills_are_named_as_their_format_wants_it(said: str, name: str) -> None:
    assert skill_name(said) == name


def test_a_suggested_name_has_no_double_hyphen_where_it_is_cut() -> None:
    assert suggested_name("a" * 61 + "-bc", ()) == "a" * 61 + "-2"
