"""What holds of every repository: order, strangers, bounds, sums, and work that grows as the paths do."""

import random
import sys
from collections.abc import Sequence
from types import FrameType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from taskforce.core.marketplace.detection import detect, worth_reading
from taskforce.core.marketplace.model import ArtifactType
from taskforce.core.marketplace.paths import sound_paths

PARTS = (
    *("skills", "commands", "agents", "hooks", "mcp", "workflows", "src", "x", "my-skill", "p", ".claude"),
    *(".claude-plugin", "node_modules", "docs"),
)
NAMES = (
    *(
        "SKILL.md",
        "COMMAND.md",
        "AGENT.md",
        "README.md",
        "a.md",
        "b.md",
        "run.py",
        "plugin.json",
        "hooks.json",
    ),
    *("PLUGIN.md", "WORKFLOW.md", "workflow.yaml", "x.txt"),
)
PATHS = st.builds(
    lambda folders, name: "/".join([*folders, name]),
    st.lists(st.sampled_from(PARTS), max_size=6),
    st.sampled_from(NAMES),
)
TREES = st.lists(PATHS, max_size=25, unique=True)
MAPS = st.dictionaries(
    st.lists(st.sampled_from(PARTS), min_size=1, max_size=2).map("/".join),
    st.sampled_from(ArtifactType),
    max_size=2,
)
HOSTILE = (
    *("../SKILL.md", "skills/../x/SKILL.md", "/skills/x/SKILL.md", "skills//SKILL.md", "", ".", "skills/x/"),
    *("skills/x\0/SKILL.md", "skills/x\n/SKILL.md", "skills/\udcff/SKILL.md", "skills\\x\\SKILL.md"),
    *(
        "./skills/x/SKILL.md",
        "a/" * 300 + "SKILL.md",
        f"skills/{'x' * 256}/SKILL.md",
        "skills/\u202ex/SKILL.md",
    ),
)


@given(TREES, MAPS, st.randoms(use_true_random=False))
def test_the_order_of_paths_does_not_matter(
    paths: list[str], manual_map: dict[str, ArtifactType], chance: random.Random
) -> None:
    turned = chance.sample(paths, len(paths))
    assert detect(turned, manual_map=manual_map) == detect(paths, manual_map=manual_map)
    assert worth_reading(turned) == worth_reading(paths)


@given(TREES, MAPS, st.sampled_from(["zz/other.txt", "zz/skills/other/SKILL.md", "zz/commands/other.md"]))
def test_an_unrelated_path_changes_nothing_else(
    paths: list[str], manual_map: dict[str, ArtifactType], other: str
) -> None:
    paths = [f"repository/{path}" for path in paths]
    manual_map = {f"repository/{folder}": type_ for folder, type_ in manual_map.items()}
    more = detect([*paths, other], manual_map=manual_map)
    assert tuple(one for one in more if not one.path.startswith("zz/")) == detect(
        paths, manual_map=manual_map
    )


@given(
    TREES, MAPS, st.dictionaries(PATHS, st.fixed_dictionaries({"type": st.sampled_from(PARTS)}), max_size=5)
)
def test_confidence_is_the_breakdowns_sum_and_within_bounds(
    paths: list[str], manual_map: dict[str, ArtifactType], front_matter: dict[str, dict[str, object]]
) -> None:
    found = detect(paths, manual_map=manual_map, front_matter=front_matter)
    for one in found:
        assert 30 <= one.confidence <= 100
        assert 0 <= one.raw <= 160
        assert one.confidence == pytest.approx(one.raw / 1.6, abs=0.5 + 1e-9)
        assert one.raw == pytest.approx(sum(signal.points for signal in one.breakdown))
        assert one.name
    assert [one.path for one in found] == sorted({one.path for one in found})
    skills = [f"{one.path}/" for one in found if one.type is ArtifactType.SKILL and not one.is_single_file]
    assert not [one for one in found for skill in skills if one.path.startswith(skill)]


@pytest.mark.parametrize("path", HOSTILE)
def test_a_hostile_path_is_left_out_with_its_reason_and_the_rest_goes_on(path: str) -> None:
    sound = sound_paths(["skills/x/SKILL.md", path])
    assert sound.kept == ("skills/x/SKILL.md",)
    (line,) = sound.left_out
    assert line.isprintable()
    assert len(line) < 400
    assert detect(["skills/x/SKILL.md", path]) == detect(["skills/x/SKILL.md"])


@given(st.lists(st.text(st.characters(codec=None, categories=None), max_size=12), max_size=10))
def test_any_text_is_kept_or_left_out(paths: list[str]) -> None:
    sound = sound_paths(paths)
    assert len(sound.kept) + len(sound.left_out) == len(set(paths))
    assert "".join(sound.kept).isprintable()
    assert "".join(sound.left_out).isprintable()
    detect(paths)


@given(st.permutations(["skills/X/SKILL.md", "skills/x/SKILL.md", "SKILLS/x/SKILL.md", "é.md", "e\u0301.md"]))
def test_of_names_that_differ_in_spelling_alone_the_first_is_kept(paths: list[str]) -> None:
    sound = sound_paths(paths)
    assert set(sound.kept) == {"SKILLS/x/SKILL.md", "e\u0301.md"}
    assert sound.left_out == (
        "skills/X/SKILL.md: differs from SKILLS/x/SKILL.md in its spelling alone",
        "skills/x/SKILL.md: differs from SKILLS/x/SKILL.md in its spelling alone",
        "é.md: differs from e\u0301.md in its spelling alone",
    )


@pytest.mark.parametrize(
    "shape",
    [
        lambda at: f"skills/s{at // 3}/f{at % 3}/SKILL.md",
        lambda at: f"commands/c{at}.md",
        lambda at: (
            f"p{at // 5}/{('plugin.json', 'skills/x/SKILL.md', 'agents/a.md', 'x.py', 'hooks/b.md')[at % 5]}"
        ),
        lambda at: "a/" * (at % 60) + f"x{at}",
        lambda at: f"skills/x/SKILL{at}.md" if at else "skills/x/SKILL.md",
    ],
    ids=["nested", "flat", "plugins", "deep", "one folder"],
)
def test_four_times_the_paths_are_four_times_the_calls(shape: Any) -> None:  # noqa: ANN401 - a lambda of a table
    few, many = (calls_for([shape(at) for at in range(number)]) for number in (500, 2_000))
    assert many <= 4.2 * few


def calls_for(paths: Sequence[str]) -> int:
    """Return how many functions, Python's and built in, are called to look at paths."""
    count = 0

    def counted(_frame: FrameType, event: str, _: object) -> None:
        nonlocal count
        count += event in {"call", "c_call"}

    before = sys.getprofile()
    sys.setprofile(counted)
    try:
        detect(paths)
    finally:
        sys.setprofile(before)
    return count
