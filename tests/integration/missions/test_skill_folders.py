"""Skills in folders: read strictly, the later one of a name wins, and no link leads out."""

from collections.abc import Callable
from pathlib import Path

import pytest
from skills_ref import validate

from taskforce.core.skills import BrokenSkill, Skill, SkillInvalid, SkillNotFound, SkillOrigin
from taskforce.infrastructure.missions.skill_folders import SHIPPED, SkillFolders

NAMES = [
    "changelog-draft",
    "inspect-project",
    "profile-csv",
    "run-tests",
    "scaffold-function",
    "summarise-log",
]
GOOD = "---\nname: weigh\ndescription: Weigh something.\n---\n\n# Weigh\n"
Lay = Callable[..., SkillFolders]


@pytest.fixture
def lay(tmp_path: Path) -> Lay:
    """Lay out a skill in the user's folder."""

    def write(text: str, *, name: str = "weigh", origin: SkillOrigin = SkillOrigin.USER) -> SkillFolders:
        folder = tmp_path / origin / name
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "SKILL.md").write_text(text, encoding="utf-8")
        return SkillFolders([(one, tmp_path / one) for one in SkillOrigin])

    return write


@pytest.mark.parametrize("name", NAMES)
def test_a_shipped_skill_holds_to_the_public_format(name: str) -> None:
    assert validate(SHIPPED / name) == []
    assert SkillFolders([]).get(name).origin is SkillOrigin.PACKAGE


def test_the_shipped_skills_are_all_sound() -> None:
    found = SkillFolders([]).found()
    assert [skill.name for skill in found] == NAMES
    assert all(isinstance(skill, Skill) for skill in found)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("# Weigh\n", "weigh/SKILL.md:1: it begins with a line of ---"),
        ("---\nname: weigh\n", "weigh/SKILL.md:1: the head has no end"),
        ("---\nname: [weigh\n---\n", "weigh/SKILL.md:2: this is not YAML"),
        ("---\n- weigh\n---\n", "weigh/SKILL.md:2: the head is a mapping"),
        ("---\nname: weigh\n---\n", "weigh/SKILL.md:2: description: Field required."),
        (
            "---\nname: weigh\ndescription: ' '\n---\n",
            "weigh/SKILL.md:3: description: must hold more than blanks",
        ),
        (
            f"---\nname: weigh\ndescription: {'x' * 1_025}\n---\n",
            "weigh/SKILL.md:3: description: String should",
        ),
        ("---\ndescription: x\nname: Weigh\n---\n", "weigh/SKILL.md:3: name: small letters and digits"),
        ("---\nname: we--igh\ndescription: x\n---\n", "weigh/SKILL.md:2: name: small letters and digits"),
        (
            "---\nname: other\ndescription: x\n---\n",
            "weigh/SKILL.md: the name 'other' is not that of its folder",
        ),
        (f"---\nname: {'w' * 65}\ndescription: x\n---\n", "weigh/SKILL.md:2: name: String should"),
        (
            "---\nname: weigh\ndescription: x\nversion: 1\n---\n",
            "weigh/SKILL.md:4: unknown key version. Known keys",
        ),
        ("---\nname: weigh\nname: weigh\ndescription: x\n---\n", "weigh/SKILL.md:3: name is said twice"),
        (
            "---\nname: weigh\ndescription: x\nmetadata: [a]\n---\n",
            "weigh/SKILL.md:4: metadata: Input should be",
        ),
        (
            f"---\nname: weigh\ndescription: x\ncompatibility: {'x' * 501}\n---\n",
            "weigh/SKILL.md:4: compatibility",
        ),
    ],
)
def test_a_broken_skill_is_told_with_file_and_line(lay: Lay, text: str, problem: str) -> None:
    skills = lay(text)
    with pytest.raises(SkillInvalid) as refused:
        skills.get("weigh")
    assert refused.value.message.startswith(problem)
    (broken,) = [one for one in skills.found() if isinstance(one, BrokenSkill)]
    assert "weigh" not in {card.name for card in skills.cards()}
    assert (broken.name, broken.origin, broken.problem) == ("weigh", SkillOrigin.USER, refused.value.message)


def test_numbers_and_dates_in_the_head_are_texts(lay: Lay) -> None:
    text = "---\nname: weigh\ndescription: 7\nlicense: 2.0\nmetadata: {version: 1.10, on: 2024-01-01}\n---\n"
    header = lay(text).get("weigh").header
    assert (header.description, header.license) == ("7", "2.0")
    assert header.metadata == {"version": "1.10", "on": "2024-01-01"}


def test_the_later_folder_wins_with_a_broken_skill_too(lay: Lay) -> None:
    lay(GOOD)
    lay(GOOD.replace("something", "all"), origin=SkillOrigin.PROJECT)
    skills = lay(GOOD.replace("something", "a ton"), origin=SkillOrigin.COLLECTION)
    assert skills.get("weigh").header.description == "Weigh a ton."
    lay("nothing", origin=SkillOrigin.COLLECTION)
    with pytest.raises(SkillInvalid):
        skills.get("weigh")


def test_a_folder_without_a_skill_file_is_none(lay: Lay, tmp_path: Path) -> None:
    skills = lay(GOOD)
    (tmp_path / SkillOrigin.USER / "notes").mkdir()
    with pytest.raises(SkillNotFound, match=r"There is no skill 'notes'\. Known are: .*, weigh"):
        skills.get("notes")


async def test_the_files_of_a_skill_come_with_it(lay: Lay, tmp_path: Path) -> None:
    skills = lay(GOOD)
    (tmp_path / "user/weigh/scripts/__pycache__").mkdir(parents=True)
    (tmp_path / "user/weigh/scripts/weigh.py").write_bytes(b"print(1)")
    (tmp_path / "user/weigh/scripts/__pycache__/weigh.pyc").write_bytes(b"x")
    assert skills.get("weigh").files == ("scripts/weigh.py",)
    assert await skills.files("weigh") == {"scripts/weigh.py": b"print(1)"}


@pytest.mark.parametrize("place", ["weigh/secrets.txt", "weigh/scripts"])
async def test_a_link_in_a_skill_is_not_followed(lay: Lay, tmp_path: Path, place: str) -> None:
    skills = lay(GOOD)
    (tmp_path / "secrets").mkdir()
    (tmp_path / "user" / place).symlink_to(tmp_path / "secrets")
    with pytest.raises(SkillInvalid, match="it is no plain file"):
        await skills.files("weigh")


def test_a_skill_that_is_a_link_is_shown_as_broken(lay: Lay, tmp_path: Path) -> None:
    skills = lay(GOOD)
    (tmp_path / "user/weigh").rename(tmp_path / "weigh")
    (tmp_path / "user/weigh").symlink_to(tmp_path / "weigh")
    with pytest.raises(SkillInvalid, match="weigh: it is a link"):
        skills.get("weigh")


async def test_too_many_files_are_refused(lay: Lay, tmp_path: Path) -> None:
    skills = lay(GOOD)
    for number in range(201):
        (tmp_path / "user/weigh" / f"{number}.txt").touch()
    with pytest.raises(SkillInvalid, match="at most 200 files"):
        await skills.files("weigh")
