"""The trace a request belongs to: one that is spelled right is kept, any other is replaced by a new one."""

import re

import pytest

from taskforce.api.trace import traceparent
from taskforce.infrastructure.system.ids import UuidSource

RIGHT = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
NEW = re.compile(r"00-[0-9a-f]{32}-[0-9a-f]{16}-02")
new_id = UuidSource().new


@pytest.mark.parametrize("given", [RIGHT, RIGHT[:-2] + "ff", "cc" + RIGHT[2:], "01" + RIGHT[2:] + "-more"])
def test_what_is_right_is_kept(given: str) -> None:
    assert traceparent([given], new_id) == given


@pytest.mark.parametrize(
    "given",
    [
        [],
        [""],
        [RIGHT, RIGHT],
        [RIGHT + "-more"],
        [RIGHT.upper()],
        [RIGHT[:-1]],
        [RIGHT + " "],
        ["ff" + RIGHT[2:]],
        ["00-" + "0" * 32 + "-00f067aa0ba902b7-01"],
        ["00-4bf92f3577b34da6a3ce929d0e0e4736-" + "0" * 16 + "-01"],
        [RIGHT.replace("-", "_")],
        [RIGHT.replace("4b", "\u0664b")],
        ["zz" + RIGHT[2:]],
    ],
)
def test_what_is_not_right_begins_a_new_trace(given: list[str]) -> None:
    first, second = (traceparent(given, new_id) for _ in range(2))
    assert NEW.fullmatch(first)
    assert NEW.fullmatch(second)
    assert first[3:35] != second[3:35]
