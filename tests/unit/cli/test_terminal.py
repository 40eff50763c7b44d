"""The terminal: colours by flag, environment and stream; text that stays text; tables that hold."""

import io
from contextlib import redirect_stderr, redirect_stdout
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from taskforce.cli.flags import Color, Flags, limits, pairs
from taskforce.cli.render import Column, age, print_facts, print_table, write
from taskforce.cli.terminal import Screen, cells, clean, fitted, one_line, say, screen

NOW = datetime(2026, 1, 2, tzinfo=UTC)
ID = "01a1fd38-af4d-75a8-9130-a6ead6d824fa"


class Tty(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture(autouse=True)
def plain_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("NO_COLOR", "FORCE_COLOR", "COLUMNS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm-256color")


def shown(stream: io.StringIO, color: Color = Color.AUTO) -> tuple[bool, bool]:
    found = screen(stream, color)
    return found.is_live, found.has_color


def test_a_terminal_is_live_and_coloured_and_a_pipe_is_neither() -> None:
    assert shown(Tty()) == (True, True)
    assert shown(io.StringIO()) == (False, False)


def test_no_color_takes_the_colours_when_it_is_not_empty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "")
    assert shown(Tty()) == (True, True)
    monkeypatch.setenv("NO_COLOR", "1")
    assert shown(Tty()) == (True, False)


def test_a_dumb_terminal_is_not_drawn_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "dumb")
    assert shown(Tty()) == (False, False)


def test_force_color_gives_a_pipe_colours_and_no_animation(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert shown(io.StringIO()) == (False, True)


def test_the_flag_beats_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    assert shown(Tty(), Color.ALWAYS) == (True, True)
    monkeypatch.delenv("NO_COLOR")
    assert shown(Tty(), Color.NEVER) == (True, False)
    assert shown(io.StringIO(), Color.ALWAYS) == (False, True)


@pytest.mark.parametrize(
    ("dirty", "left"),
    [
        ("\x1b[31mred\x1b[0m", "red"),
        ("\x1b]0;title\x07text", "text"),
        ("\x1b]8;;https://evil\x1b\\link\x1b]8;;\x1b\\", "link"),
        ("\x1bPq#0\x1b\\after", "after"),
        ("a\x08b\rc\x00d\x9be", "abcde"),
        ("abc\u202edef", "abcdef"),
        ("tab\tand\r\nline", "tab\tand\nline"),
        ("open \x1b[", "open "),
        ("日本 émoji 🙂", "日本 émoji 🙂"),
    ],
)
def test_what_steers_a_terminal_is_taken_out(dirty: str, left: str) -> None:
    assert clean(dirty) == left


def test_a_line_is_measured_in_columns() -> None:
    assert (cells("abc"), cells("日本"), cells("e\u0301")) == (3, 4, 1)
    assert (fitted("abcdef", most=4), fitted("日本語", most=5), fitted("abc", most=3)) == (
        "abc…",
        "日本…",
        "abc",
    )
    assert one_line(" a\n b\tc ", most=9) == "a b c"


@pytest.mark.parametrize(
    ("passed", "told"),
    [
        (timedelta(seconds=-5), "0s"),
        (timedelta(seconds=59), "59s"),
        (timedelta(minutes=61), "1h"),
        (timedelta(days=3, hours=5), "3d"),
    ],
)
def test_an_age_is_told_in_its_largest_unit(passed: timedelta, told: str) -> None:
    assert age(NOW - passed, now=NOW) == told


COLUMNS: list[Column[dict[str, Any]]] = [
    Column(head="ID", show=lambda row: row["id"], whole=True),
    Column(head="STATUS", show=lambda row: row["status"], whole=True),
    Column(head="AGE", show=lambda row: row["at"], whole=True),
    Column(head="TEXT", show=lambda row: row["text"]),
]
ROWS = [{"id": ID, "status": "failed", "at": NOW, "text": "a long\ntext \x1b[31mthat does not end " * 9}]


@pytest.mark.parametrize("columns", [80, 40, 200])
def test_a_table_fits_and_never_cuts_an_id(monkeypatch: pytest.MonkeyPatch, columns: int) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    with redirect_stdout(Tty()) as stream:
        print_table(ROWS, COLUMNS, color=Color.NEVER, now=NOW)
    head, row = stream.getvalue().splitlines()
    assert head.split() == ["ID", "STATUS", "AGE", "TEXT"]
    assert row.startswith(f"{ID}  failed  0s   a long")
    assert cells(row) <= max(columns, 69)
    assert "\x1b" not in row


@pytest.mark.parametrize("columns", [60, 80, 100])
def test_columns_that_wrap_share_the_room_and_lose_no_word(
    monkeypatch: pytest.MonkeyPatch, columns: int
) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    wrapping: list[Column[dict[str, Any]]] = [
        Column(head="NAME", show=lambda row: row["name"], whole=True),
        Column(head="NEEDS", show=lambda row: row["needs"], wraps=True),
        Column(head="TEXT", show=lambda row: row["text"], wraps=True),
    ]
    row = {"name": "openai:MODEL", "needs": "Set OPENAI_API_KEY. " * 3, "text": "It is asked by chat. " * 5}
    with redirect_stdout(Tty()) as stream:
        print_table([row], wrapping, color=Color.NEVER, now=NOW)
    lines = stream.getvalue().splitlines()
    words = " ".join(lines).split()
    assert max(map(cells, lines)) <= columns
    assert (words.count("OPENAI_API_KEY."), words.count("chat.")) == (3, 5)


def test_a_table_in_a_pipe_is_whole_and_tab_separated(capsys: pytest.CaptureFixture[str]) -> None:
    print_table(ROWS, COLUMNS, color=Color.AUTO, now=NOW)
    row = capsys.readouterr().out
    assert row.count("\n") == 1
    assert row.split("\t")[:3] == [ID, "failed", "2026-01-02T00:00:00.000000Z"]
    assert len(row) > 200


def test_an_empty_table_is_its_head_on_a_terminal_and_nothing_in_a_pipe(
    capsys: pytest.CaptureFixture[str],
) -> None:
    print_table([], COLUMNS, color=Color.AUTO, now=NOW)
    assert capsys.readouterr().out == ""
    with redirect_stdout(Tty()) as stream:
        print_table([], COLUMNS, color=Color.NEVER, now=NOW)
    assert stream.getvalue() == "ID  STATUS  AGE  TEXT\n"


def test_facts_without_a_value_are_left_out(capsys: pytest.CaptureFixture[str]) -> None:
    print_facts([("id", ID), ("parent", None), ("note", ""), ("events", 0)], color=Color.AUTO)
    assert capsys.readouterr().out == f"id\t{ID}\nevents\t0\n"


def test_a_command_line_that_is_told_can_be_typed() -> None:
    flags = Flags(home="my home")
    assert flags.command("jobs", "watch", ID) == f"taskforce --home 'my home' jobs watch {ID}"
    assert flags.respond("s", "w", "answer").endswith("respond s w --answer 'YOUR ANSWER'")
    assert flags.respond("s", "w", "approval").endswith("respond s w --decision approve")


def test_limits_that_nobody_gave_are_none() -> None:
    assert limits(None, None, None, None) is None
    assert limits(3, None, 0.5, None) == {"steps": 3, "cost": 0.5}


def test_pairs_keep_what_follows_the_first_equals_sign() -> None:
    assert pairs(["a=b=c", "d="]) == {"a": "b=c", "d": ""}


def test_a_screen_is_told_apart_by_what_it_can() -> None:
    assert Screen(is_live=True, has_color=False, is_terminal=True).is_live


def test_what_is_said_comes_after_what_was_written(tmp_path: Path) -> None:
    place = tmp_path / "both"
    with place.open("a") as out, place.open("a") as err, redirect_stdout(out), redirect_stderr(err):
        write("first")
        say("then")
    assert place.read_text() == "first\nthen\n"
