"""Skills of a collection as missions find them: what is wrong with one is told, and hurts no other."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from taskforce.core.marketplace.model import TrustLevel
from taskforce.core.principals import DEFAULT_PROJECT
from taskforce.core.skills import BrokenSkill, Skill, SkillChanged, SkillInvalid, SkillNotFound
from tests.builders import OTHER_PROJECT
from tests.integration.marketplace.markets import Market, a_market
from tests.integration.marketplace.trees_of_git import a_bare

GOOD = b"---\nname: good\ndescription: Weigh.\n---\nDo.\n"
FILES = {
    "skills/good/SKILL.md": GOOD,
    "skills/good/run.py": b"print(1)\n",
    "skills/Lone Wolf.md": b"# Howl\n\nAt night.\n",
    "skills/not-text/SKILL.md": b"\xff\xfe",
    "skills/bomb/SKILL.md": b"---\na: &a [x]\nb: *a\n---\n",
    "skills/mute/SKILL.md": b"---\nname: mute\n---\n",
    "skills/long/SKILL.md": GOOD.replace(b"good", b"long") + b"x" * 100_000,
    **{f"skills/many/{number}.md": b"x\n" for number in range(201)},
    "skills/many/SKILL.md": GOOD.replace(b"good", b"many"),
}
PROBLEMS = {
    "not-text": "not UTF-8",
    "bomb": "SKILL.md:2",
    "mute": "does not say what it is for",
    "long": "up to 100,000 are read",
    "many": "at most 200 files",
}


@pytest.fixture
async def market(tmp_path: Path) -> AsyncIterator[Market]:
    async with a_market(tmp_path / "home") as opened:
        yield opened


async def a_good_one(market: Market, tmp_path: Path, **fields: object) -> Skill:
    """Import the good skill, and return it as it is found."""
    files = {path: content for path, content in FILES.items() if "good" in path}
    source = await market.add(a_bare(tmp_path / "there.git", files), **fields)
    await market.take(source)
    (skill,) = await market.skills.found(DEFAULT_PROJECT)
    assert isinstance(skill, Skill)
    return skill


async def test_what_is_wrong_with_a_skill_is_told_and_the_others_are_used(
    market: Market, tmp_path: Path
) -> None:
    source = await market.add(a_bare(tmp_path / "there.git", FILES))
    result = await market.take(source)
    assert (result.imported_count, result.error_count) == (len(PROBLEMS) + 2, 0)
    for _ in range(2):
        found = {skill.name: skill for skill in await market.skills.found(DEFAULT_PROJECT)}
        broken = {name: skill for name, skill in found.items() if isinstance(skill, BrokenSkill)}
        assert broken.keys() == PROBLEMS.keys()
        assert all(PROBLEMS[name] in skill.problem for name, skill in broken.items())
    lone = found["lone-wolf"]
    assert isinstance(lone, Skill)
    assert (lone.header.description, lone.files) == ("Howl", ())
    assert await market.skills.files(lone, project=DEFAULT_PROJECT) == {}


async def test_a_skill_comes_with_its_files_and_where_it_is_from(market: Market, tmp_path: Path) -> None:
    skill = await a_good_one(market, tmp_path)
    assert await market.skills.files(skill, project=DEFAULT_PROJECT) == {"run.py": b"print(1)\n"}
    assert skill.provenance.startswith(f"file://{tmp_path}/there.git at ")
    with pytest.raises(SkillNotFound):
        await market.skills.files(skill, project=OTHER_PROJECT)
    with pytest.raises(SkillChanged):
        await market.skills.files(skill.model_copy(update={"digest": "0"}), project=DEFAULT_PROJECT)


@pytest.mark.parametrize(
    ("trust", "asks"),
    [
        (TrustLevel.UNTRUSTED, True),
        (TrustLevel.BASIC, False),
        (TrustLevel.VERIFIED, False),
        (TrustLevel.OFFICIAL, False),
    ],
)
async def test_only_what_nobody_trusts_asks_first_until_it_is_allowed(
    market: Market, tmp_path: Path, trust: TrustLevel, *, asks: bool
) -> None:
    skill = await a_good_one(market, tmp_path, trust_level=trust)
    assert skill.asks_first is asks
    for _ in range(2):
        await market.skills.allow(skill, project=DEFAULT_PROJECT, by="bob")
    (after,) = await market.skills.found(DEFAULT_PROJECT)
    assert isinstance(after, Skill)
    assert not after.asks_first
    assert [row.by for row in await market.audit() if row.action == "allow"] == ["bob"]


async def test_damaged_files_are_no_skill(market: Market, tmp_path: Path) -> None:
    skill = await a_good_one(market, tmp_path)
    (script,) = (market.folder / "artifacts").rglob("run.py")
    script.write_bytes(b"print(2)\n")
    with pytest.raises(SkillInvalid, match="taskforce marketplace verify"):
        await market.skills.files(skill, project=DEFAULT_PROJECT)
