"""CUE is read through the program `cue`; a stand-in speaks as that does (`cue export --out json FILE`)."""

import asyncio
from pathlib import Path

import pytest

from taskforce.infrastructure.pipelines.cue_program import CueProgram
from tests.integration.pipelines.trees import REPO, a_tree, problems, read
from tests.integration.processes import until

CUE = ".forge/repo.cue"
PHASES = 'phases: test: {\n\tgroup: 1\n\ttimeout: "45m"\n}\n'
SAID = '{"phases": {"test": {"group": 1, "timeout": "45m"}}}'


def a_cue_tree(folder: Path, **files: str) -> Path:
    tree = a_tree(folder / "tree", **{CUE: PHASES, **files})
    (tree / REPO).unlink()
    return tree


def a_stand_in(folder: Path, script: str, *, seconds: float = 10) -> CueProgram:
    """A program called cue that does what the script says; only its folder is looked at."""
    program = folder / "bin" / "cue"
    program.parent.mkdir()
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)
    return CueProgram(str(program.parent), seconds=seconds)


async def test_cue_is_read_as_it_is_exported(tmp_path: Path) -> None:
    script = f"test \"$*\" = 'export --out json ./{CUE}' && test -f \"$4\" && echo '{SAID}'"
    found = await read(a_cue_tree(tmp_path), cue=a_stand_in(tmp_path, script))
    assert found.repository.phases["test"].timeout.total_seconds() == 45 * 60


async def test_without_the_program_its_name_is_said(tmp_path: Path) -> None:
    (problem,) = await problems(a_cue_tree(tmp_path), cue=CueProgram(str(tmp_path)))
    assert problem == (
        f"{CUE}:1:1: the program cue, which reads such files, is not on PATH. Install it, or write YAML."
    )


async def test_each_error_of_cues_stands_at_its_place(tmp_path: Path) -> None:
    script = f"""cat >&2 <<'END'
phases.test.timeout: conflicting values "45m" and "30m":
    ./{CUE}:3:12
    ./{CUE}:5:12
phases.test.group: incomplete value int:
    ./{CUE}:2:9
some instances are wrong
END
exit 1"""
    assert await problems(a_cue_tree(tmp_path), cue=a_stand_in(tmp_path, script)) == [
        f"{CUE}:1:1: cue: some instances are wrong.",
        f"{CUE}:2:9: cue: phases.test.group: incomplete value int.",
        f'{CUE}:3:12: cue: phases.test.timeout: conflicting values "45m" and "30m".',
    ]


async def test_an_end_without_a_word_is_a_problem_too(tmp_path: Path) -> None:
    (problem,) = await problems(a_cue_tree(tmp_path), cue=a_stand_in(tmp_path, "exit 3"))
    assert problem == f"{CUE}:1:1: cue ended with exit code 3 and no word. Run `cue export {CUE}`."


async def test_what_does_not_fit_is_said_by_its_name(tmp_path: Path) -> None:
    cue = a_stand_in(tmp_path, """echo '{"phases": {"test": {"group": "1"}}}'""")
    (problem,) = await problems(a_cue_tree(tmp_path), cue=cue)
    assert problem == f"{CUE}:1:1: phases.test.group: must be a whole number."


@pytest.mark.parametrize(
    ("script", "said"),
    [
        ("sleep 60 & sleep 60", "cue did not end within 0.5 seconds."),
        ("trap '' TERM; while :; do :; done", "cue did not end within 0.5 seconds."),
        ("yes", "cue said more than 256 KiB."),
        ("yes >&2", "cue said more than 256 KiB."),
        ("echo nonsense", "this is not JSON: "),
    ],
)
async def test_a_program_that_goes_wrong_is_ended(tmp_path: Path, script: str, said: str) -> None:
    script = f"echo $$ >{tmp_path}/pid; {script}"
    cue = a_stand_in(tmp_path, script, seconds=0.5 if "within" in said else 10)
    (problem,) = await problems(a_cue_tree(tmp_path), cue=cue)
    assert said in problem
    group = int((tmp_path / "pid").read_text())
    await asyncio.to_thread(until, lambda: not has_group(group))


async def test_a_reading_that_is_cancelled_leaves_no_program(tmp_path: Path) -> None:
    cue = a_stand_in(tmp_path, f"sleep 60 & echo $$ >{tmp_path}/new; mv {tmp_path}/new {tmp_path}/pid; wait")
    reading = asyncio.create_task(read(a_cue_tree(tmp_path), cue=cue))
    await asyncio.to_thread(until, (tmp_path / "pid").exists)
    reading.cancel()
    with pytest.raises(asyncio.CancelledError):
        await reading
    group = int((tmp_path / "pid").read_text())
    await asyncio.to_thread(until, lambda: not has_group(group))


async def test_the_program_sees_nothing_of_our_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TASKFORCE_SECRET", "hunter2")
    cue = a_stand_in(tmp_path, f"""env >{tmp_path}/env; echo '{SAID}'""")
    await read(a_cue_tree(tmp_path), cue=cue)
    names = {line.partition("=")[0] for line in (tmp_path / "env").read_text().splitlines()}
    assert names - {"PWD", "OLDPWD", "SHLVL", "_"} == {"PATH", "HOME", "CUE_CACHE_DIR", "CUE_REGISTRY"}


def has_group(process_group: int) -> bool:
    """Whether a process of the group is still there and no zombie."""
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, _, group = stat.read_text().rpartition(") ")[2].split()[:3]
        except (FileNotFoundError, ProcessLookupError):
            continue
        if int(group) == process_group and state != "Z":
            return True
    return False
