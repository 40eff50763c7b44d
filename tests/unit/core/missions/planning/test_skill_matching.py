"""Plain words and skills: a skill is taken only when every word is accounted for."""

import pytest

from taskforce.core.documents import JsonObject
from taskforce.core.missions.controls import ACTIVATE_SKILL, CONTROLS
from taskforce.core.missions.planning.steps import Told, read
from taskforce.core.skills import SkillCard
from taskforce.core.tools import Risk, ToolEffect, ToolSpec
from taskforce.infrastructure.missions.skill_folders import SkillFolders

SHIPPED = tuple(SkillFolders([]).cards())
PYTHON = ToolSpec(
    name="python",
    description="Run code.",
    parameters={},
    risk=Risk.EXECUTE,
    effect=ToolEffect.IDEMPOTENT,
    parallel=False,
)
TOOLS = (CONTROLS[ACTIVATE_SKILL], PYTHON, PYTHON.model_copy(update={"name": "file_read"}))


def activations(mission: str, *said: str, skills: tuple[SkillCard, ...] = SHIPPED) -> list[JsonObject]:
    reading = read(mission, Told(TOOLS, skills, said))
    steps = [step for _, steps in reading.understood for step in steps]
    return [step.arguments for step in steps if step.tool == ACTIVATE_SKILL]


@pytest.mark.parametrize(
    ("mission", "name", "values"),
    [
        ("profile sales.csv", "profile-csv", ["sales.csv"]),
        ("Please profile the CSV file data/sales.csv.", "profile-csv", ["data/sales.csv"]),
        ('profile the csv "my sales"', "profile-csv", ["my sales"]),
        ("inspect this project", "inspect-project", None),
        ("run the tests", "run-tests", None),
        ("Run all tests of this project", "run-tests", None),
        ("draft a changelog from the git history", "changelog-draft", None),
        ("scaffold a Python function `def f(x: int) -> int`", "scaffold-function", ["def f(x: int) -> int"]),
        ("use the skill summarise-log on app.log", "summarise-log", ["app.log"]),
        ("use the profile-csv skill for sales.csv", "profile-csv", ["sales.csv"]),
        ("Use the skill profile-csv.\n\nprofile sales.csv", "profile-csv", ["sales.csv"]),
    ],
)
def test_a_skill_is_found_by_its_words(mission: str, name: str, values: list[str] | None) -> None:
    expected: JsonObject = {"name": name} if values is None else {"name": name, "values": [*values]}
    assert activations(mission) == [expected]


@pytest.mark.parametrize(
    "mission",
    [
        "run the tests without the network",
        "run the tests but not the slow ones",
        "do not run the tests",
        "run the failing tests",
        "run the tests twice",
        "fix the tests",
        "inspect the engine of this car",
        "inspect it",
        "profile my colleagues",
        "profile sales.xlsx",
        "profile sales.csv by region",
        "profile the memory of app.py",
        "draft a letter",
        "draft a changelog and email it to ann",
        "scaffold a house",
        "use the skill nothing on a.csv",
        "use the skill profile-csv instead of a.csv",
    ],
)
def test_a_skill_that_may_not_be_meant_is_left_alone(mission: str) -> None:
    assert read(mission, Told(TOOLS, SHIPPED)).left


def test_two_skills_that_fit_alike_are_both_left_alone() -> None:
    twins = tuple(SkillCard(name="weigh-cat", description="Weigh a cat.") for _ in range(2))
    assert activations("weigh the cat", skills=twins) == []
    assert activations("weigh the cat", skills=twins[:1]) == [{"name": "weigh-cat"}]


def test_the_steps_of_a_skill_stand_in_its_place_once_it_has_spoken() -> None:
    said = 'The skill profile-csv.\n\n## Steps\n\n1. Read a.md\n2. Run x/y.py with "a" and "b, c"\n'
    reading = read("profile sales.csv, then read z.md", Told(TOOLS, SHIPPED, (said,)))
    assert [clause.text for clause, _ in reading.understood] == [
        "profile sales.csv",
        "Read a.md",
        'Run x/y.py with "a" and "b, c"',
        "read z.md",
    ]
    assert reading.understood[2][1][0].arguments == {"path": "x/y.py", "given": ["a", "b, c"]}


@pytest.mark.parametrize(
    ("said", "hint"),
    [
        ("The skill x.\n\nDo what is right.\n", "numbered list under `## Steps`"),
        ("The skill x.\n\n## Steps\n\n1. Read {{file}}\n", "--param file=VALUE"),
    ],
)
def test_a_skill_that_cannot_be_played_leaves_the_mission_open(said: str, hint: str) -> None:
    reading = read("profile sales.csv", Told(TOOLS, SHIPPED, (said,)))
    assert [clause.text for clause in reading.left] == ["profile sales.csv"]
    assert hint in reading.hint


def test_a_step_that_is_not_understood_is_what_is_left() -> None:
    said = "The skill x.\n\n## Steps\n\n1. Read a.md\n2. Think about it\n"
    reading = read("profile sales.csv; read z.md", Told(TOOLS, SHIPPED, (said,)))
    assert [clause.text for clause in reading.left] == ["Think about it", "read z.md"]


def test_a_skill_activates_no_other() -> None:
    said = "The skill x.\n\n## Steps\n\n1. Use the skill run-tests\n"
    assert len(activations("profile sales.csv", said)) == 1
