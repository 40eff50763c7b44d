"""The configuration of a tree is read as it is meant, or refused with each wrong place."""

import json
import os
from pathlib import Path

import pytest

from taskforce.core.pipelines.config import ProjectConfig
from taskforce.core.pipelines.errors import ConfigInvalid
from tests.integration.pipelines.trees import PHASES, PROJECT, REPO, WEB, a_tree, problems, read

ENVIRONMENT = """\
name: web
phases:
  test:
    steps:
      - name: unit
        run: [make, test]
        timeout: 1h30m
        env: {MODE: on, WHEN: 12:30, EMPTY: "", DAY: 2026-01-01}
        secrets: [TOKEN]
      - {name: ask, action: external, with: {n: 1, x: 1.5, y: true, z: ~, who: no}}
release:
  on:
    - branch: main|release/.*
    - tag: true
"""


async def test_yaml_is_read_with_its_words_as_they_stand(tmp_path: Path) -> None:
    found = await read(a_tree(tmp_path, **{WEB: ENVIRONMENT}))
    (project,) = found.projects
    unit, ask = project.config.phases["test"].steps
    assert project.folder == "web"
    assert unit.env == {"MODE": "on", "WHEN": "12:30", "EMPTY": "", "DAY": "2026-01-01"}
    assert unit.timeout is not None
    assert unit.timeout.total_seconds() == 5400
    assert ask.arguments == {"n": 1, "x": 1.5, "y": True, "z": None, "who": "no"}
    assert project.config.release.on[1].tag is True


async def test_json_says_the_same_as_yaml(tmp_path: Path) -> None:
    said = (await read(a_tree(tmp_path / "a", **{WEB: ENVIRONMENT}))).projects[0].config
    text = json.dumps(json.loads(said.model_dump_json(by_alias=True, exclude_unset=True)), indent="\t")
    tree = a_tree(tmp_path / "b", **{"api/.forge/project.json": text.replace("PT1H30M", "1h30m")})
    (tree / WEB).unlink()
    assert (await read(tree)).projects[0].config == said


async def test_anchors_are_read_where_they_are_named(tmp_path: Path) -> None:
    text = PROJECT + "      - name: again\n        run: &words [make]\n      - {name: third, run: *words}\n"
    (project,) = (await read(a_tree(tmp_path, **{WEB: text}))).projects
    assert project.config.phases["test"].steps[2].run == ("make",)


async def test_a_project_in_the_root_lies_in_its_folder(tmp_path: Path) -> None:
    tree = a_tree(tmp_path, **{".forge/project.yml": PROJECT.replace("web", "root")})
    assert [(one.folder, one.config.name) for one in (await read(tree)).projects] == [
        (".", "root"),
        ("web", "web"),
    ]


STEP = PROJECT + "        "
A_TEXT = "must be text (a number or a word such as true is text in quotes)"

BRANCH = "7:17: release.on.0.branch: "


def branch(pattern: str) -> str:
    """A condition of a release, in line 7."""
    return f"release: {{on: [{{branch: '{pattern}'}}]}}\n"


# what is written | what is said of it (STEP: the path of the only step)
WRONG_PROJECTS = [
    ("name: web\nphase: {}\n", "2:1: phase: unknown key, did you mean phases? Known here are: name, "),
    ("phases: {}\n", "1:1: name is missing."),
    ("name: Web\n", "1:1: name: must be small letters, digits, _ and -, "),
    ("name: 5\n", "1:1: name: must be text "),
    ("- web\n", "1:1: must be a mapping of keys."),
    ("", "1:1: must be a mapping of keys."),
    ("# nothing\n", "1:1: must be a mapping of keys."),
    (STEP + "timeout: 5 min\n", '7:9: STEP.timeout: must be a duration such as "30m"'),
    (STEP + "timeout: 300\n", '7:9: STEP.timeout: must be a duration such as "30m"'),
    (STEP + "timeout: 169h\n", "7:9: STEP.timeout: must be more than nothing"),
    (STEP + "retries: '2'\n", "7:9: STEP.retries: must be a whole number."),
    (STEP + "retries: 99\n", "7:9: STEP.retries: must be at most 10."),
    (STEP + "required: 1\n", "7:9: STEP.required: must be true or false."),
    (STEP + "env:\n          PORT: 80\n", "8:11: STEP.env.PORT: must be text (a numb"),
    (STEP + "env: {1X: a}\n", "7:15: STEP.env.1X: must be the name of a variable"),
    (STEP + "secrets: TOKEN\n", "7:9: STEP.secrets: must be a list."),
    (STEP + "with: {a: 1}\n", "5:9: STEP: a command has `run` and no `with`."),
    (STEP + "action: mission\n", "5:9: STEP: `run` is for commands: give the action mission what it needs"),
    (STEP + "colour: red\n", "7:9: STEP.colour: unknown key, remove it. Known here"),
    (PROJECT + "      - {name: unit, run: x}\n", "3:3: phases.test: two steps are named unit"),
    (PROJECT.replace("make test", "5"), f"6:9: STEP.run: {A_TEXT}, or must be a list."),
    (PROJECT.replace("make test", "[make, 5]"), "6:21: STEP.run.1: must be text "),
    (PROJECT + branch("["), f"{BRANCH}is no regular expression: unclosed character class."),
    (PROJECT + branch("(?=main)"), f"{BRANCH}is no regular expression: look-around, including look-ahead "),
    (PROJECT + branch(r"(a)\1"), f"{BRANCH}is no regular expression: backreferences are not supported."),
    (PROJECT + branch("a)|(b"), f"{BRANCH}is no regular expression: unopened group."),
    (PROJECT + branch("(?x)main # all"), f"{BRANCH}is no regular expression of a whole name: unclosed group"),
    (PROJECT + branch("a{999}{999}"), f"{BRANCH}is no regular expression: Compiled regex exceeds size limit"),
    (PROJECT + branch("a" * 501), f"{BRANCH}must have at most 500 characters."),
    (PROJECT + "release: {on: [{tag: true, manual: true}]}\n", "7:16: release.on.0: says one of branch, tag"),
    (PROJECT + "release: {on: [{tag: false}]}\n", "7:17: release.on.0.tag: must be True."),
    (
        PROJECT + "artifacts: [{name: app, path: ../../etc/passwd}]\n",
        "7:25: artifacts.0.path: must lie in ",
    ),
    (PROJECT + "artifacts: [{name: ../etc}]\n", "7:14: artifacts.0.name: must be small letters"),
    (
        PROJECT + "artifacts: [{name: app, path: a}, {name: app, path: b}]\n",
        "7:1: artifacts: two artifacts are named app. Give each a name of its own.",
    ),
    ("name: web\nname: api\n", "2:1: 'name' is said twice; the first is in line 1. Keep one of them."),
    ("name: web\nphases:\n\ttest: {}\n", "3:1: a tab cannot indent in YAML. Use spaces."),
    ("name: web\nphases: {test: {steps: [}\n", "2:25: this is not YAML: "),
    ("name: 'web\n", "2:1: this is not YAML: found unexpected end of stream."),
    ("name: web\n--- \nname: api\n", "2:1: a second document begins here. Keep one a file."),
    ("name: !!python/name:os.system web\n", "1:7: the tag tag:yaml.org,2002:python/name:os.system is"),
    ("name: !" + "x" * 200_000 + " web\n", "1:7: the tag !" + "x" * 119 + "… is not read. Remove it."),
    ("a: &a {b: 1}\nname: web\nphases: {<<: *a}\n", "3:10: merge keys (<<) are not read."),
    ("name: *web\n", "1:7: *web stands for nothing that is written above"),
    ("name: &web [*web]\n", "1:13: *web stands for nothing that is written above"),
    ("{[a]: b}\n", "1:2: a key must be plain text."),
    ("name: " + "[" * 60 + "]" * 60, "1:56: more than 50 mappings and lists lie within one another."),
    ("name: web\nx: 1e999\n", "2:4: 1e999 is too large a number."),
    ('name: "w\\0eb"\n', "1:1: name: holds NUL or half a character. Remove it."),
    (b"name: web\n# caf\xe9\n", "2:6: the byte 0xe9 is not UTF-8. Save the file as UTF-8."),
    (b"name: w\x07eb\n", "1:8: the character U+0007 may not stand here."),
    (b"name: web #" + b"x" * 2**18, "1:1: is longer than 256 KiB."),
    (b"name: web #" + b"x" * 10_000_000, "1:1: is longer than 256 KiB."),
    ("name: web".encode("utf-16"), "1:1: the byte 0xff is not UTF-8. Save the file as UTF-8."),
    ("name: web\n\ufeffphases: {}\n", "2:2: this is not YAML: "),
    (STEP + "timeout: -5m\n", '7:9: STEP.timeout: must be a duration such as "30m"'),
    (STEP + "timeout: 1.5h\n", '7:9: STEP.timeout: must be a duration such as "30m"'),
    (STEP + "timeout: ''\n", '7:9: STEP.timeout: must be a duration such as "30m"'),
    (STEP + "timeout: 0s\n", "7:9: STEP.timeout: must be more than nothing"),
    (PROJECT.replace("unit", "../../etc"), "5:9: STEP.name: must be small letters"),
    (PROJECT.replace("unit", "\uff55nit"), "5:9: STEP.name: must be small letters"),
    (PROJECT.replace("unit", '"u\\tnit"'), "5:9: STEP.name: must be small letters"),
    ("name: '../../etc'\n", "1:1: name: must be small letters"),
    ("name: " + "x" * 64 + "\n", "1:1: name: must be small letters"),
    (PROJECT.replace("test:", "'../etc':"), "3:3: phases.../etc: must be small letters"),
    (PROJECT + "artifacts: [{name: a, path: /etc}]\n", "7:23: artifacts.0.path: must lie in "),
    (PROJECT + "artifacts: [{name: a, path: 'a\\b'}]\n", "7:23: artifacts.0.path: must lie in "),
    (PROJECT + 'artifacts: [{name: a, path: "a\\u202eb"}]\n', "7:23: artifacts.0.path: must lie in "),
]


async def test_a_mark_of_byte_order_says_nothing(tmp_path: Path) -> None:
    tree = a_tree(tmp_path, **{WEB: f"\ufeff{PROJECT}", REPO: f"\ufeff{PHASES}"})
    assert [one.config.name for one in (await read(tree)).projects] == ["web"]


@pytest.mark.parametrize(("text", "said"), WRONG_PROJECTS)
async def test_what_is_wrong_is_said_at_its_place(tmp_path: Path, text: str | bytes, said: str) -> None:
    found = await problems(a_tree(tmp_path, **{WEB: text}))
    said = said.replace("STEP", "phases.test.steps.0")
    assert [problem for problem in found if problem.startswith(f"{WEB}:{said}")], found
    assert all(problem.startswith(f"{WEB}:") for problem in found)


# what is written | what is said of it
WRONG_JSON = [
    ('{"name": "web",}', "1:16: this is not JSON: "),
    ('{"name": "web"', "1:15: this is not JSON: "),
    ('{\n "name": "web",\n "name": "api"}', "3:2: 'name' is said twice; the first is in line 2."),
    (
        '{"name": "web",\n\t"phases": {"test": {"steps": [\n{"name": "a", "run": 5}]}}}',
        "3:15: ",
    ),
    ('{"name": NaN}', "1:1: NaN is no JSON."),
    ('{"name": 1e999}', "1:1: a number is too large"),
    ('{"name": ' + "9" * 5000 + "}", "1:1: a number has more than 18 digits"),
    ("[" * 60 + "]" * 60, "1:51: more than 50 mappings and lists lie within one another."),
    ("[" * 100_000, "1:1: more than 50 mappings and lists lie within one another."),
    ("[" + "1," * 60_000 + "1]", "1:100002: there are more than 50,000 keys and values"),
    ('{"name": "\\ud800"}', "1:2: name: holds NUL or half a character."),
    ('{"name": "web", "\\u006eame": 1}', "1:17: 'name' is said twice"),
    ("5", "1:1: must be a mapping of keys."),
]


@pytest.mark.parametrize(("text", "said"), WRONG_JSON)
async def test_what_is_wrong_with_json_is_said_at_its_place(tmp_path: Path, text: str, said: str) -> None:
    tree = a_tree(tmp_path, **{"web/.forge/project.json": text})
    (tree / WEB).unlink()
    found = await problems(tree)
    assert [one for one in found if one.startswith(f"web/.forge/project.json:{said}")], found


async def test_a_bomb_of_aliases_is_refused_before_it_goes_off(tmp_path: Path) -> None:
    bomb = "name: web\na0: &a0 [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
        f"a{level}: &a{level} [{', '.join([f'*a{level - 1}'] * 10)}]\n" for level in range(1, 12)
    )
    (problem,) = await problems(a_tree(tmp_path, **{WEB: bomb}))
    assert "there are more than 50,000 keys and values, those that aliases stand for included" in problem


async def test_the_problems_of_all_files_come_at_once_and_in_order(tmp_path: Path) -> None:
    tree = a_tree(
        tmp_path,
        **{
            REPO: "phases:\n  test: {group: 0, timeout: soon}\n  lint: {}\n",
            WEB: PROJECT.replace("unit", "Unit").replace("run", "runs"),
            "api/.forge/project.json": '{"name": }',
        },
    )
    found = await problems(tree)
    assert [problem.split(": ")[0] for problem in found] == [
        ".forge/repo.yaml:2:10",
        ".forge/repo.yaml:2:20",
        "api/.forge/project.json:1:10",
        "web/.forge/project.yaml:5:9",
        "web/.forge/project.yaml:6:9",
    ]


async def test_files_that_contradict_one_another_are_refused_at_their_places(tmp_path: Path) -> None:
    second = "web2/.forge/project.yaml"
    tree = a_tree(
        tmp_path,
        **{REPO: PHASES + "  deploy: {}\n", second: PROJECT.replace("  test:", "  tset:")},
    )
    assert await problems(tree) == [
        ".forge/repo.yaml:4:3: phases.deploy: no project has steps for this phase. Remove it.",
        f"{second}:1:1: name: {WEB} is named web too. Give each project a name of its own.",
        f"{second}:3:3: phases.tset: {REPO} has no such phase. It has: test, deploy.",
    ]


async def test_a_tree_without_its_repositorys_file_is_told_what_is_missing(tmp_path: Path) -> None:
    tree = a_tree(tmp_path)
    (tree / REPO).unlink()
    (problem,) = await problems(tree)
    assert problem.startswith(".forge/repo.yaml:1:1: is missing: ")


@pytest.mark.parametrize("target", ["../outside.yaml", "/etc/hostname"])
async def test_a_link_out_of_the_tree_is_refused_unread(tmp_path: Path, target: str) -> None:
    (tmp_path / "outside.yaml").write_text(PROJECT)
    tree = a_tree(tmp_path / "tree")
    (tree / WEB).unlink()
    (tree / WEB).symlink_to(target if target.startswith("/") else tmp_path / "outside.yaml")
    (problem,) = await problems(tree)
    assert problem.startswith(f"{WEB}:1:1: leads out of the repository.")


async def test_a_linked_folder_out_of_the_tree_is_refused_unread(tmp_path: Path) -> None:
    a_tree(tmp_path / "outside")
    tree = a_tree(tmp_path / "tree")
    (tree / "api").mkdir()
    (tree / "api/.forge").symlink_to(tmp_path / "outside/web/.forge")
    (problem,) = await problems(tree)
    assert problem.startswith("api/.forge/project.yaml:1:1: leads out of the repository.")


async def test_what_is_no_plain_file_is_refused_and_not_waited_for(tmp_path: Path) -> None:
    tree = a_tree(tmp_path)
    (tree / WEB).unlink()
    os.mkfifo(tree / WEB)
    (tree / ".forge/project.yaml").mkdir()
    assert await problems(tree) == [
        ".forge/project.yaml:1:1: cannot be read: Is a directory.",
        f"{WEB}:1:1: is no plain file.",
    ]


async def test_folders_of_others_are_not_looked_into(tmp_path: Path) -> None:
    strays = ["node_modules/x", ".git/x", "web/.venv/x", ".taskforce/x", "__pycache__"]
    tree = a_tree(tmp_path, **{f"{stray}/.forge/project.yaml": PROJECT for stray in strays})
    (tree / "again").symlink_to(tree / "web")
    assert [project.folder for project in (await read(tree)).projects] == ["web"]


async def test_a_folder_that_cannot_be_looked_into_is_said(tmp_path: Path) -> None:
    tree = a_tree(tmp_path)
    inner = os.open(tree, os.O_RDONLY)
    try:
        for _ in range(25):  # longer in all than a path may be
            os.mkdir("x" * 200, dir_fd=inner)
            inner, outer = os.open("x" * 200, os.O_RDONLY, dir_fd=inner), inner
            os.close(outer)
    finally:
        os.close(inner)
    (problem,) = await problems(tree)
    assert problem.endswith(":1:1: cannot be looked into: File name too long.")


async def test_thousands_of_folders_are_walked_once(tmp_path: Path) -> None:
    tree = a_tree(tmp_path)
    for number in range(3000):
        (tree / f"libs/group{number % 30}/lib{number}/src").mkdir(parents=True)
    for number in range(200):
        forge = tree / f"libs/group{number % 30}/lib{number}/.forge"
        forge.mkdir()
        (forge / "project.yaml").write_text(PROJECT.replace("web", f"lib{number}"))
    found = await read(tree)
    assert len(found.projects) == 201
    assert all(isinstance(project.config, ProjectConfig) for project in found.projects)


async def test_more_problems_than_anybody_reads_are_cut(tmp_path: Path) -> None:
    keys = "".join(f"x{number}: 1\n" for number in range(1000))
    with pytest.raises(ConfigInvalid, match=r"web/\.forge/project\.yaml:7:1: .+; and 90 more$") as refused:
        await read(a_tree(tmp_path, **{WEB: PROJECT + keys}))
    assert len(refused.value.errors) == 100


async def test_the_phases_of_a_repository_are_checked_too(tmp_path: Path) -> None:
    tree = a_tree(tmp_path, **{REPO: PHASES + "tagging: some\ngitops: {brunch: main}\nstages: {}\n"})
    assert await problems(tree) == [
        ".forge/repo.yaml:4:1: tagging: must be 'monorepo' or 'tag-all'.",
        ".forge/repo.yaml:5:1: gitops: url is missing.",
        f"{REPO}:5:10: gitops.brunch: unknown key, did you mean branch? Known here are: url, branch.",
        ".forge/repo.yaml:6:1: stages: unknown key, remove it. Known here are: phases, tagging, gitops.",
    ]
