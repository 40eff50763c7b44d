"""What a person says of a folder goes before all points."""

from collections.abc import Mapping, Sequence

import pytest

from taskforce.core.marketplace.detection import detect
from taskforce.core.marketplace.model import ArtifactType

SKILL, COMMAND, COMPOSITE = ArtifactType.SKILL, ArtifactType.COMMAND, ArtifactType.COMPOSITE


@pytest.mark.parametrize(
    ("paths", "manual_map", "expected"),
    [
        (["t/x/SKILL.md"], {"t/x": SKILL}, {"t/x": ("skill", 95)}),
        (["t/x/SKILL.md"], {"./t/x/": COMMAND}, {"t/x": ("command", 95)}),
        (["t/x/run.py"], {"t": SKILL}, {"t/x": ("skill", 92)}),
        (["t/a/x/run.py"], {"t": SKILL}, {"t/a/x": ("skill", 89)}),
        (["t/a/b/x/run.py"], {"t": SKILL}, {"t/a/b/x": ("skill", 86)}),
        (["t/a/b/c/x/run.py"], {"t": SKILL}, {"t/a/b/c/x": ("skill", 86)}),
        (
            ["t/x/run.py", "t/c/y/run.py"],
            {"t": SKILL, "t/c": COMMAND},
            {"t/x": ("skill", 92), "t/c/y": ("command", 92)},
        ),
        (["t/a.md", "t/g/b.md"], {"t": COMMAND}, {"t/a.md": ("command", 95), "t/g/b.md": ("command", 92)}),
        (["t/a.md", "t/README.md"], {"t": SKILL}, {"t": ("skill", 95)}),
        (["t/README.md"], {"t": SKILL}, {"t": ("skill", 95)}),
        (
            ["t/README.md", "t/x/SKILL.md", "t/y/run.py"],
            {"t": SKILL},
            {"t/x": ("skill", 92), "t/y": ("skill", 92)},
        ),
        (["x.py"], {"": SKILL}, {"": ("skill", 95)}),
        (["commands/a.md"], {"commands": ArtifactType.AGENT}, {"commands/a.md": ("agent", 95)}),
        (
            ["p/commands/a.md", "p/README.md"],
            {"p": COMPOSITE},
            {"p": ("composite", 95), "p/commands/a.md": ("command", 75)},
        ),
        (["p/x/.claude-plugin/plugin.json"], {"p": COMPOSITE}, {"p/x": ("composite", 92)}),
        (["t/x/run.py"], {"T": SKILL}, {}),
    ],
)
def test_what_the_map_makes_of_paths(
    paths: Sequence[str], manual_map: Mapping[str, ArtifactType], expected: Mapping[str, tuple[str, int]]
) -> None:
    found = detect(paths, manual_map=manual_map)
    assert {one.path: (one.type.value, one.confidence) for one in found} == expected
    for one in found:
        assert one.raw == pytest.approx(one.confidence * 1.6)


def test_what_lies_in_a_skill_of_the_map_is_embedded() -> None:
    (skill,) = detect(["t/run.py", "t/c/a.md"], manual_map={"t": SKILL, "t/c": COMMAND})
    assert (skill.path, skill.members) == ("t", ("t/c/a.md",))


def test_the_map_counts_from_the_repository_and_not_from_the_hint() -> None:
    (one,) = detect(["lib/t/x/run.py"], root_hint="lib", manual_map={"lib/t": SKILL})
    assert (one.path, one.confidence) == ("lib/t/x", 92)
