"""How a call and its result are told in a line and a few."""

import pytest

from taskforce.cli.calls import call_of, result_of
from taskforce.core.documents import JsonObject


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ({"path": "a.txt"}, "a.txt"),
        ({"command": "ls -l"}, "ls -l"),
        ({"code": "# Sum of x\nARGS = {}\nprint(1)\n"}, "Sum of x"),
        ({"code": "import csv\n\nrows = [1]\nprint(rows)\n"}, "rows = [1] … 3 lines"),
        ({"code": "import csv\nimport os\n"}, "import csv … 2 lines"),
        ({"path": "a.txt", "content": "one\ntwo\n"}, 'a.txt content="one … 2 lines"'),
        ({"path": "a.txt", "old": "foo", "all": True}, 'a.txt old="foo" all=true'),
        ({"anything": {"a": [1]}}, '{"a": [1]}'),
        ({}, ""),
        (None, ""),
    ],
)
def test_a_call_is_told_by_what_tells_most(arguments: JsonObject | None, told: str) -> None:
    assert call_of({"arguments": arguments}, most=80) == told


def test_a_call_is_cut_to_the_width() -> None:
    assert call_of({"arguments": {"command": "x" * 100}}, most=10) == "x" * 9 + "…"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('{"result": 2, "say": "2 rows\\na | b"}', ["2 rows", "a | b"]),
        ('{"stopped": "There is no file."}\n[exit code 1]', ["There is no file."]),
        ('warned\n{"result": 2, "say": "2 rows"}', ["2 rows"]),
        ("[1, 2]", ["2 items: [1, 2]"]),
        ('{"a": 1}', ['{"a": 1}']),
        ('{"a": ', ['{"a":']),
        ('{"result": broken', ['{"result": broken']),
        ("plain", ["plain"]),
    ],
)
def test_a_result_is_told_in_the_words_it_holds(text: str, told: list[str]) -> None:
    assert result_of(text, most=80) == told
