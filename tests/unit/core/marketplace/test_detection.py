"""Each rule of the detector with its score, counted by hand."""

from collections.abc import Mapping, Sequence

import pytest

from taskforce.core.marketplace.detection import detect, worth_reading
from taskforce.core.marketplace.errors import FolderInvalid
from taskforce.core.marketplace.model import ArtifactType, Detected

Said = Mapping[str, Mapping[str, object]]
NAMED = {"name": "x"}


def found(*paths: str, root_hint: str = "", front_matter: Said | None = None) -> dict[str, tuple[str, int]]:
    """Return type and confidence by path."""
    detected = detect(paths, root_hint=root_hint, front_matter=front_matter)
    return {one.path: (one.type.value, one.confidence) for one in detected}


def one_of(*paths: str, front_matter: Said | None = None) -> Detected:
    (one,) = detect(paths, front_matter=front_matter)
    return one


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("commands/a.md", {"commands/a.md": ("command", 75)}),
        ("commands/git/a.md", {"commands/git/a.md": ("command", 70)}),
        ("tools/foo/COMMAND.md", {}),
        ("src/docs/guide.md", {}),
        # 5 for the parent's name, 20, 1 for an extension, 15, 25, less 2 halves: 65 of 160
        ("commands/deploy/COMMAND.md", {"commands/deploy": ("command", 41)}),
        # 10 for the own name, 20, 40, 1, 15, 25, less 2 halves: 110 of 160
        ("skills/my-skill/SKILL.md", {"skills/my-skill": ("skill", 69)}),
        # the same without a container: 10, 20, 40, 1, less 1: 70 of 160
        ("my-skill/SKILL.md", {"my-skill": ("skill", 44)}),
    ],
)
def test_the_contracts_examples(path: str, expected: dict[str, tuple[str, int]]) -> None:
    assert found(path) == expected


@pytest.mark.parametrize(
    ("paths", "front_matter", "signals"),
    [
        (
            ["skills/x/SKILL.md"],
            {},
            (
                "directory_name 5, manifest 20, skill_manifest 40, extensions 1, parent_hint 15,"
                " container_hint 25, depth -1"
            ),
        ),
        (
            ["skills/skill-x/SKILL.md", *(f"skills/skill-x/{number}.py" for number in range(9))],
            {"skills/skill-x/SKILL.md": {"type": "skill"}},
            (
                "directory_name 10, manifest 20, skill_manifest 40, extensions 5, parent_hint 15,"
                " front_matter 15, container_hint 25, front_matter_type 30, depth -1"
            ),
        ),
        (["SKILL.md"], {}, "manifest 20, skill_manifest 40, extensions 1"),
        (["a/b/x/SKILL.md"], {}, "manifest 20, skill_manifest 40, extensions 1, depth -3"),
        (
            [".claude/x/SKILL.md"],
            {},
            "manifest 20, skill_manifest 40, extensions 1, parent_hint 15, depth -2",
        ),
        (
            ["mcp/mcp-x/README.md", "mcp/mcp-x/x.py"],
            {"mcp/mcp-x/README.md": NAMED},
            "directory_name 10, extensions 2, parent_hint 15, front_matter 15, container_hint 12, depth -1",
        ),
        (
            [".github/x/README.md", ".github/x/.mcp.json"],
            {".github/x/.mcp.json": {"mcpServers": {}}, ".github/x/README.md": {"kind": "Subagents"}},
            "extensions 2, parent_hint 15, front_matter 15, front_matter_type 30, depth -2",
        ),
    ],
)
def test_points_by_hand(paths: Sequence[str], front_matter: Said, signals: str) -> None:
    one = one_of(*paths, front_matter=front_matter)
    assert ", ".join(f"{signal.name} {signal.points:g}" for signal in one.breakdown) == signals
    assert one.confidence == int(one.raw * 100 / 160 + 0.5)


def test_the_threshold_is_thirty() -> None:
    assert found("commands/git/x/COMMAND.md") == {}  # 20, 1, 25, less 1.5: 44.5
    assert found("commands/git/x/COMMAND.md", front_matter={"commands/git/x/COMMAND.md": NAMED}) == {
        "commands/git/x": ("command", 37)
    }
    assert found("mcp/mcp/x/MCP.md") == {"mcp/mcp/x": ("mcp", 40)}  # 5, 20, 1, 15, 25, less 1.5: 64.5


def test_a_manifest_outweighs_the_container_it_lies_in() -> None:
    assert found("commands/x/SKILL.md") == {"commands/x": ("skill", 38)}  # 20, 40, 1, less 2 halves: 60


@pytest.mark.parametrize(
    ("levels", "confidence"), [(0, 75), (1, 70), (2, 65), (3, 60), (4, 55), (5, 50), (6, 50), (9, 50)]
)
def test_a_single_file_loses_five_a_level_down_to_fifty(levels: int, confidence: int) -> None:
    path = "agents/" + "x/" * levels + "a.md"
    assert found(path) == {path: ("agent", confidence)}


@pytest.mark.parametrize(
    ("container", "type_"),
    [
        *((name, "skill") for name in ("skills", "skill", "claude-skills", "SKILLS")),
        *((name, "command") for name in ("commands", "command", "claude-commands")),
        *((name, "agent") for name in ("agents", "agent", "subagents", "claude-agents")),
        *((name, "hook") for name in ("hooks", "hook")),
        *((name, "mcp") for name in ("mcp", "mcp-servers", "servers", "mcp_servers")),
        ("workflows", "workflow"),
    ],
)
def test_containers_by_all_their_names(container: str, type_: str) -> None:
    assert found(f"{container}/a.md") == {f"{container}/a.md": (type_, 75)}


@pytest.mark.parametrize(
    "name", ["README.md", "readme.md", "CHANGELOG.md", "a.txt", "AGENTS.md", "COMMAND.md"]
)
def test_what_lies_beside_is_no_artifact(name: str) -> None:
    assert found(f"commands/{name}") == {}


def test_a_single_file_may_say_that_it_is_of_another_type() -> None:
    assert found("commands/a.md", front_matter={"commands/a.md": {"type": "agent"}}) == {
        "commands/a.md": ("agent", 75)
    }
    assert found("commands/a.md", front_matter={"commands/a.md": {"type": "guide", "kind": 7}}) == {
        "commands/a.md": ("command", 75)
    }


def test_files_of_a_found_folder_are_its_own() -> None:
    assert found("agents/x/AGENT.md", "agents/x/notes.md", "agents/x/more/a.md") == {
        "agents/x": ("agent", 41)
    }
    assert "agents/x/commands/a.md" in found("agents/x/AGENT.md", "agents/x/commands/a.md")


def test_a_container_with_a_manifest_of_its_own_is_the_artifact() -> None:
    assert found("skill/SKILL.md", "skill/notes.md") == {"skill": ("skill", 44)}
    assert set(found("skills/SKILL.md", "skills/x/SKILL.md")) == {"skills/x"}


def test_what_lies_in_a_skill_is_embedded() -> None:
    (skill,) = detect(
        [
            "skills/x/SKILL.md",
            "skills/x/commands/a.md",
            "skills/x/skills/y/SKILL.md",
            "skills/x/skills/y/agents/z.md",
        ]
    )
    assert skill.members == ("skills/x/commands/a.md", "skills/x/skills/y", "skills/x/skills/y/agents/z.md")


@pytest.mark.parametrize(("folders", "is_found"), [(8, True), (9, False)])
def test_an_artifact_lies_ten_levels_deep_at_most(folders: int, is_found: bool) -> None:
    path = "a/" * folders + "skills/x"
    assert (path in found(f"{path}/SKILL.md")) is is_found


@pytest.mark.parametrize(
    ("paths", "signal", "confidence"),
    [
        (["p/.claude-plugin/plugin.json", "p/plugin.json"], "claude_plugin_manifest", 98),
        (["p/plugin.json", "p/PLUGIN.md"], "plugin_manifest", 95),
        (["p/COMPOSITE.md"], "composite_manifest", 90),
        (["p/PLUGIN.md"], "composite_manifest", 90),
        (["p/commands/a.md", "p/agents/b.md"], "typed_folders", 70),
        (["p/commands/a.md", "p/hooks/hooks.json"], "typed_folders", 70),
    ],
)
def test_composites(paths: Sequence[str], signal: str, confidence: int) -> None:
    plugin = detect(paths)[0]
    assert (plugin.type, plugin.path, plugin.confidence) == (ArtifactType.COMPOSITE, "p", confidence)
    assert [one.name for one in plugin.breakdown] == [signal]
    assert plugin.raw == pytest.approx(confidence * 1.6)


@pytest.mark.parametrize(
    "paths",
    [
        ["commands/a.md", "agents/b.md"],  # the repository itself
        [".claude/commands/a.md", ".claude/agents/b.md"],  # an agent's own
        ["src/commands/a.ts", "src/hooks/b.ts"],  # nothing that an agent reads
        ["p/commands/a.md", "p/command/b.md"],  # of one type
        ["skills/x/SKILL.md", "skills/x/commands/a.md", "skills/x/agents/b.md"],
    ],
)
def test_what_is_no_composite(paths: Sequence[str]) -> None:
    assert all(one.type is not ArtifactType.COMPOSITE for one in detect(paths))


def test_a_composite_tells_its_members_and_they_are_listed_too() -> None:
    outer, inner, command, skill = detect(
        [
            "p/plugin.json",
            "p/q/plugin.json",
            "p/q/commands/a.md",
            "p/skills/x/SKILL.md",
            "p/skills/x/agents/b.md",
        ]
    )
    assert outer.members == ("p/q", "p/skills/x")
    assert inner.members == ("p/q/commands/a.md",) == (command.path,)
    assert skill.members == ("p/skills/x/agents/b.md",)


def test_an_entry_of_the_root_has_the_name_that_is_given() -> None:
    (root,) = detect([".claude-plugin/plugin.json"], root_name="tools-repo")
    assert (root.path, root.name) == ("", "tools-repo")


@pytest.mark.parametrize(
    ("said", "name"), [({"name": " Good name "}, "Good name"), ({"name": "a/b"}, "x"), ({"name": 7}, "x")]
)
def test_names_are_those_of_front_matter_else_of_the_path(said: Mapping[str, object], name: str) -> None:
    assert one_of("skills/x/SKILL.md", front_matter={"skills/x/SKILL.md": said}).name == name


def test_a_hint_bounds_the_scan_and_depth_counts_from_it() -> None:
    paths = ["lib/skills/x/SKILL.md", "skills/y/SKILL.md", "libs/skills/z/SKILL.md"]
    assert found(*paths, root_hint="lib") == {"lib/skills/x": ("skill", 66)}
    assert found(*paths, root_hint="./lib/skills/") == {"lib/skills/x": ("skill", 66)}  # 105.5 of 160
    assert found(*paths, root_hint="nowhere") == {}


@pytest.mark.parametrize("folder", ["/etc", "../x", "a/../../b", "a//b", "a\\b", "a\0b", "\udcff"])
def test_a_hint_that_can_be_no_folder_is_refused(folder: str) -> None:
    with pytest.raises(FolderInvalid, match="Name a folder from the repository's root"):
        detect(["skills/x/SKILL.md"], root_hint=folder)
    with pytest.raises(FolderInvalid, match="manual_map"):
        detect(["skills/x/SKILL.md"], manual_map={folder: ArtifactType.SKILL})


def test_what_is_worth_reading() -> None:
    assert worth_reading(
        [
            ".claude-plugin/marketplace.json",
            "p/.claude-plugin/plugin.json",
            "skills/x/SKILL.md",
            "skills/x/x.py",
            "commands/a.md",
            "src/main.md",
            "src/README.md",
            "skills/x/README.md",
            "skills/x/references/more.md",
            "my-agent/README.md",
            ".claude/x/README.md",
            "agents/x/README.md",
            ".mcp.json",
        ]
    ) == (
        ".claude-plugin/marketplace.json",
        ".claude/x/README.md",
        ".mcp.json",
        "agents/x/README.md",
        "commands/a.md",
        "my-agent/README.md",
        "p/.claude-plugin/plugin.json",
        "skills/x/SKILL.md",
    )


def test_what_lists_name_is_worth_reading_once_they_were_read() -> None:
    paths = [".claude-plugin/plugin.json", "shelf/a.md"]
    assert worth_reading(paths) == (".claude-plugin/plugin.json",)
    assert worth_reading(paths, front_matter={paths[0]: {"commands": "./shelf"}}) == tuple(paths)
