"""Lists of plugins and marketplaces say where artifacts lie, and not believed when they lead elsewhere."""

import pytest

from taskforce.core.marketplace.detection import detect

MARKETPLACE, PLUGIN = ".claude-plugin/marketplace.json", ".claude-plugin/plugin.json"


def found(paths: list[str], **lists: dict[str, object]) -> dict[str, tuple[str, str, int]]:
    front_matter = {MARKETPLACE if name == "marketplace" else PLUGIN: said for name, said in lists.items()}
    return {
        one.path: (one.type.value, one.name, one.confidence)
        for one in detect([*paths, *front_matter], front_matter=front_matter)
    }


def test_a_listed_plugin_is_a_composite_with_the_name_of_the_list() -> None:
    said: dict[str, object] = {"plugins": [{"name": "tidy", "source": "./extras/t"}]}
    assert found(["extras/t/x.py"], marketplace=said) == {"extras/t": ("composite", "tidy", 98)}


def test_the_root_of_plugins_may_be_named_once() -> None:
    said: dict[str, object] = {
        "metadata": {"pluginRoot": "./extras"},
        "plugins": [{"name": "t", "source": "t"}],
    }
    assert set(found(["extras/t/x.py"], marketplace=said)) == {"extras/t"}


def test_plugins_that_share_a_folder_make_no_composite_but_say_where_skills_lie() -> None:
    said: dict[str, object] = {
        "plugins": [
            {"name": "one", "source": "./", "skills": ["./office/docx"]},
            {"name": "two", "source": "./", "skills": ["./office/xlsx"]},
        ]
    }
    # 20, 40, 1, 15, 25, less 2 halves: 100 of 160
    assert found(["office/docx/SKILL.md", "office/xlsx/SKILL.md"], marketplace=said) == {
        "office/docx": ("skill", "docx", 63),
        "office/xlsx": ("skill", "xlsx", 63),
    }


def test_a_plugin_says_which_files_and_folders_are_what() -> None:
    said: dict[str, object] = {
        "name": "kit",
        "commands": ["./extra/do.md", "./shelf"],
        "agents": "./people/",
        "hooks": {"PreToolUse": []},
    }
    paths = ["extra/do.md", "extra/not.md", "shelf/g/a.md", "people/ann.md"]
    assert found(paths, plugin=said) == {
        "": ("composite", "kit", 98),
        "extra/do.md": ("command", "do", 75),
        "shelf/g/a.md": ("command", "a", 70),
        "people/ann.md": ("agent", "ann", 75),
    }


@pytest.mark.parametrize(
    "source",
    [
        "../t",
        "/t",
        "t/../../t",
        "https://example.org/t.git",
        {"source": "github", "repo": "a/b"},
        None,
        7,
        "t\0",
    ],
)
def test_a_plugin_elsewhere_is_left_out(source: object) -> None:
    said: dict[str, object] = {"plugins": [{"name": "t", "source": source, "skills": ["./t/x"]}, "nonsense"]}
    assert found(["t/x/x.py"], marketplace=said) == {}


@pytest.mark.parametrize("said", [{}, {"plugins": 7}, {"plugins": {"a": 1}}, {"metadata": {"pluginRoot": 7}}])
def test_nonsense_lists_nothing(said: dict[str, object]) -> None:
    assert found(["t/x.py"], marketplace=said) == {}
