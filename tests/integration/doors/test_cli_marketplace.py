"""The marketplace on the command line: from a repository made with git to a mission that uses its skill."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
import typer.testing

from taskforce.cli.app import app
from tests.integration.marketplace.trees_of_git import Bare, a_bare

SKILL = b"""\
---
name: weigh-orders
description: Weigh orders in a file.
allowed-tools: Read, Bash(python:*)
---

# Weigh orders

## Steps

1. Read {{file}}
2. Run scripts/weigh.py with "{{file}}"
"""
WEIGH = b"import sys\nprint('weighs', sum(map(int, open(sys.argv[1]))))\n"
FILES = {
    "skills/weigh-orders/SKILL.md": SKILL,
    "skills/weigh-orders/scripts/weigh.py": WEIGH,
    "skills/pack/SKILL.md": b"---\nname: pack\ndescription: Pack.\n---\n",
    "commands/deploy.md": b"# Deploy\n",
    "more/agents/deploy.md": b"# Deploy\n",
}


@pytest.fixture
def there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Bare:
    (tmp_path / "orders.txt").write_text("3\n4\n")
    monkeypatch.chdir(tmp_path)
    for name, value in {
        "HOME": str(tmp_path / "home"),
        "GIT_ALLOW_LOCAL": "true",
        "MODEL": "local:planner",
        "MODEL_PROBE": "false",
    }.items():
        monkeypatch.setenv(f"TASKFORCE_{name}", value)
    return a_bare(tmp_path / "there.git", FILES)


def ran(*words: str, code: int = 0) -> Any:  # noqa: ANN401 - Typer keeps its types private
    done = typer.testing.CliRunner().invoke(app, [*words], env={"COLUMNS": "200"})
    assert done.exit_code == code, (words, done.stdout, done.stderr)
    return done


def market(*words: str, code: int = 0) -> Any:  # noqa: ANN401 - the same
    return ran("marketplace", *words, code=code)


def read(*words: str) -> Any:  # noqa: ANN401 - any JSON
    return json.loads(ran(*words, "--json").stdout)


def scanned(there: Bare, *flags: str) -> str:
    """Add the repository, scan it, and return its address."""
    url = f"file://{there.folder}"
    market("sources", "add", url, *flags)
    market("sources", "rescan", url)
    return url


def rows(text: str) -> list[list[str]]:
    return [line.split("\t") for line in text.splitlines()]


def test_a_skill_goes_from_a_repository_into_a_mission_that_asks_first(there: Bare) -> None:
    url = f"file://{there.folder}"
    added = market("sources", "add", url)
    assert "taskforce marketplace sources rescan" in added.stderr
    rescanned = market("sources", "rescan", url)
    assert "status\tsuccess" in rescanned.stdout
    assert "scan 100 %" in rescanned.stderr
    found = market("artifacts", url, "--type", "skill", "--search", "weigh").stdout
    assert rows(found) == [["75", "skill", "new", "weigh-orders", "skills/weigh-orders", ""]]
    taken = market("import", url, "weigh-orders")
    assert rows(taken.stdout)[0][:3] == ["imported", "skill", "weigh-orders"]
    assert "taskforce run mission --skill weigh-orders" in taken.stderr
    assert "weigh-orders\tcollection, asks first" in ran("skills", "list").stdout

    paused = ran("run", "mission", "--skill", "weigh-orders", "--param", "file=orders.txt", code=3)
    answer = re.search(r"taskforce (sessions respond .+)$", paused.stderr, re.MULTILINE)
    assert answer is not None
    assert "weighs 7" in ran(*answer[1].split()).stdout
    again = ran("run", "mission", "--skill", "weigh-orders", "--param", "file=orders.txt")
    assert "weighs 7" in again.stdout


def test_a_skill_of_a_trusted_source_asks_nobody(there: Bare) -> None:
    url = scanned(there, "--trust", "basic", "--map", "more=agent", "--root", "skills", "--branch", "main")
    market("import", url, "--all")
    used = ran("run", "mission", "--skill", "weigh-orders", "--param", "file=orders.txt")
    assert "weighs 7" in used.stdout


def test_a_scan_that_stands_alone_keeps_no_source(there: Bare) -> None:
    url = f"file://{there.folder}"
    told = ran("run", "scan", url)
    assert rows(told.stdout)[0] == ["75", "command", "deploy", "1", "commands/deploy.md"]
    assert re.search(r"^4 artifacts at commit [0-9a-f]{12}\.$", told.stderr, re.MULTILINE)
    assert read("marketplace", "sources", "list")["total"] == 0
    assert rows(ran("jobs", "list").stdout)[0][4:] == [""]  # how far it was last is no news of what succeeded
    job = read("run", "scan", url, "--ref", "main", "--root", "skills", "--map", "skills/pack=workflow")
    assert {one["name"]: one["type"] for one in job["result"]["artifacts"]}["pack"] == "workflow"
    wrong = ran("run", "scan", url, "--ref", "nowhere", code=1)
    assert "The scan failed: " in wrong.stderr
    assert "no branch, tag or commit nowhere" in wrong.stderr
    failed = json.loads(ran("run", "scan", url, "--ref", "nowhere", "--json", code=1).stdout)
    assert failed["error"]["code"] == "ref_not_found"
    events = ran("run", "scan", url, "--json", "--stream").stdout.splitlines()
    assert {json.loads(line)["event_type"] for line in events} >= {"started", "artifacts_found", "complete"}
    later = ran("run", "scan", url, "--background")
    assert f"taskforce jobs watch {later.stdout.strip()}" in later.stderr
    assert "no artifacts" in ran("run", "scan", url, "--root", "more/agents/none").stderr.lower()


def test_a_folder_of_this_machine_is_named_as_folders_are(
    there: Bare, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert ran("run", "scan", "./there.git").stdout == ran("run", "scan", f"file://{there.folder}").stdout
    assert f"file://{there.folder}" in market("sources", "add", str(there.folder)).stdout
    assert read("marketplace", "sources", "show", "./there.git")["repo_url"] == f"file://{there.folder}"
    monkeypatch.delenv("TASKFORCE_GIT_ALLOW_LOCAL")
    assert "needs TASKFORCE_GIT_ALLOW_LOCAL=true" in ran("run", "scan", "./there.git", code=2).stderr


def test_a_source_is_named_by_the_end_of_its_address_while_there_is_one(there: Bare) -> None:
    url = scanned(there)
    parent = there.folder.parent.name
    for word in ("there", "there.git", f"{parent}/there"):
        assert read("marketplace", "sources", "show", word)["repo_url"] == url
    for word in ("here", "", "/"):
        assert "There is no source" in market("sources", "show", word, code=4).stderr
    market("sources", "add", "https://git.example/acme/there")
    assert "'there' names 2: " in market("sources", "show", "there", code=2).stderr
    assert read("marketplace", "sources", "show", "acme/there")["status"] == "idle"


def test_a_conflict_changes_nothing_and_names_the_ways_on(there: Bare) -> None:
    url = scanned(there)
    market("import", url, "weigh-orders")
    held = market("import", url, "weigh-orders", code=5)
    assert "with rename: weigh-orders-2" in held.stdout
    rename, force = re.findall(r": taskforce (marketplace import .+)$", held.stderr, re.MULTILINE)
    assert read("marketplace", "collection", "list")["total"] == 1
    assert "imported\tskill\tweigh-orders-2" in ran(*rename.split()).stdout
    assert "imported\tskill\tweigh-orders\t" in ran(*force.split()).stdout
    assert "1 skipped." in market("import", url, "weigh-orders", "--on-conflict", "skip").stderr
    mixed = market("import", url, "weigh-orders", "pack", "--resolve", "weigh-orders=skip")
    assert "1 imported, 1 skipped." in mixed.stderr
    assert read("marketplace", "collection", "list")["total"] == 3
    market("import", url, "commands/deploy.md")
    market("import", url, "more/agents/deploy.md")
    assert "Nothing to import." in market("import", url, "--all").stderr
    assert "--on-conflict" in market("import", url, "--all", "--on-conflict", "foo", code=2).stderr
    told = market("import", url, "pack", "--json", code=5)
    assert json.loads(told.stdout)["conflicts"][0]["suggested_name"] == "pack-2"


def test_what_was_found_is_shown_excluded_and_included_again(there: Bare) -> None:
    url = scanned(there)
    shown = market("show", url, "weigh-orders").stdout
    assert "confidence\t75" in shown
    assert "container_hint +25" in shown
    files = rows(market("files", url, "weigh-orders").stdout)
    assert [row[2] for row in files] == ["SKILL.md", "scripts/weigh.py"]
    assert (
        market("artifacts", url, "--files", "weigh-orders").stdout
        == market("files", url, "weigh-orders").stdout
    )
    assert market("read", url, "weigh-orders", "scripts/weigh.py").stdout_bytes == WEIGH
    assert "status\texcluded" in market("exclude", url, "pack").stdout
    refused = market("import", url, "pack", code=1)
    assert "skills/pack is excluded. Include it to import it." in refused.stdout
    assert "status\tnew" in market("include", url, "pack").stdout
    listed = read("marketplace", "artifacts", url, "--sort", "by_type", "--order", "desc", "--limit", "1")
    assert (listed["total"], listed["items"][0]["type"]) == (4, "skill")


def test_sources_and_the_collection_are_changed_and_every_step_is_on_record(there: Bare) -> None:
    url = scanned(there)
    changed = market("sources", "update", url, "--trust", "verified", "--rescan-interval", "6h").stdout
    assert "trust\tverified" in changed
    assert "rescan\t21600" in changed
    assert read("marketplace", "sources", "update", url, "--map", "skills=skill")["manual_map"]
    cleared = read("marketplace", "sources", "update", url, "--map", "", "--rescan-interval", "never")
    assert (cleared["manual_map"], cleared["rescan_interval"]) == ({}, None)
    again = market("sources", "rescan", url, code=7)
    assert re.search(r"Ask again in \d+ s", again.stderr)
    handed_in = market("sources", "rescan", url, "--force", "--background")
    assert "taskforce jobs watch" in handed_in.stderr
    ran("worker", "--until-idle")
    market("import", url, "pack")
    assert "sound\tskill\tpack" in market("verify", "pack").stdout
    assert "name\tpack" in market("collection", "show", "pack").stdout
    (stored,) = (there.folder.parent / "home" / "artifacts").rglob("SKILL.md")
    stored.write_bytes(b"Other.")
    damaged = market("verify", code=1)
    assert "damaged\tskill\tpack" in damaged.stdout
    assert "SKILL.md: its bytes are others than were imported" in damaged.stdout
    market("collection", "remove", "pack")
    market("sources", "remove", url)
    assert read("marketplace", "sources", "list")["total"] == 0
    actions = [row["action"] for row in read("marketplace", "audit")["items"]]
    assert (actions[:3], actions[-2:]) == (["delete", "delete", "import"], ["rescan", "create"])


def test_words_that_name_nothing_or_too_much_are_told(there: Bare) -> None:
    url = scanned(there)
    assert "'deploy' names 2: " in market("import", url, "deploy", code=2).stderr
    assert "There is no source file:///nowhere" in market("sources", "show", "file:///nowhere", code=4).stderr
    assert "no artifact nothing" in market("show", url, "nothing", code=4).stderr
    assert "no artifact nothing" in market("collection", "show", "nothing", code=4).stderr
    assert "name artifacts, or say --all" in market("import", url, code=2).stderr
    assert "name artifacts, or say --all" in market("import", url, "pack", "--all", code=2).stderr
    assert "FOLDER=TYPE" in market("sources", "add", url, "--map", "x", code=2).stderr
    assert (
        "given twice" in market("sources", "add", url, "--map", "x=hook", "--map", "x=skill", code=2).stderr
    )
    assert "ARTIFACT=WORD" in market("import", url, "pack", "--resolve", "pack", code=2).stderr
    assert "--trust: " in market("sources", "add", url, "--trust", "much", code=2).stderr
    market("sources", "add", url, code=5)
    there.write(FILES, branch="next")
    market("sources", "add", url, "--branch", "next")
    assert f"'{url}' names 2: " in market("sources", "show", url, code=2).stderr
