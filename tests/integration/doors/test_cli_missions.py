"""Missions from the command line: what is printed where, and how it exits."""

import subprocess
import sys
from pathlib import Path

import pytest

from taskforce.application.jobs.schemas import JobView, ListView
from taskforce.application.missions.schemas import MissionJobView, MissionView, SessionDetailView, SessionView
from tests.integration.doors.cli_process import Cli, call, lines, say


@pytest.fixture
def cli(tmp_path: Path) -> Cli:
    folder = tmp_path / "work"
    folder.mkdir()
    (folder / "notes.txt").write_text("one\ntwo TODO\n", encoding="utf-8")
    return Cli(folder=folder)


def test_an_answer_goes_to_stdout_and_the_way_to_it_to_stderr(cli: Cli) -> None:
    done = cli(
        "run", "mission", "look", "--model", cli.script(call("list_files"), say("One file.\n\nThat is all."))
    )
    assert (done.code, done.out) == (0, "One file.\n\nThat is all.\n")
    assert "call list_files" in done.err
    assert "notes.txt" in done.err
    assert "workspace " + str(cli.folder) in done.err
    assert "completed (2 model calls" in done.err


def test_without_a_stream_stderr_is_quiet(cli: Cli) -> None:
    done = cli("run", "mission", "look", "--no-stream", "--model", cli.script(say("Done.")))
    assert (done.code, done.out, done.err) == (0, "Done.\n", "")


def test_json_is_the_mission_view_and_nothing_else(cli: Cli) -> None:
    done = cli("run", "mission", "look", "--json", "--model", cli.script(call("list_files"), say("Done.")))
    view = MissionView.model_validate(done.json)
    assert (done.code, done.err, view.message, view.status.value) == (0, "", "Done.", "completed")
    assert view.model_dump_json() + "\n" == done.out


def test_json_with_a_stream_is_a_line_an_event_and_nothing_else(cli: Cli) -> None:
    done = cli(
        "run",
        "mission",
        "look",
        "--json",
        "--stream",
        "--model",
        cli.script(call("list_files"), say("Done.")),
    )
    events = lines(done.out)
    assert [event["id"] for event in events if "id" in event] == list(
        range(1, 1 + sum("id" in event for event in events))
    )
    assert {tuple(event) for event in events} <= {
        ("id", "timestamp", "event_type", "message", "details"),
        ("timestamp", "event_type", "message", "details"),
    }
    assert (events[0]["event_type"], events[-1]["event_type"]) == ("started", "complete")
    assert (done.code, done.err) == (0, "")


def test_a_dash_reads_the_mission_from_stdin(cli: Cli) -> None:
    done = cli("run", "mission", "-", "--json", "--model", cli.script(say("Done.")), stdin="  from a pipe\n")
    shown = cli("sessions", "show", done.json["session_id"], "--json")
    assert shown.json["mission"] == "from a pipe"


def test_params_fill_the_places_of_a_mission(cli: Cli) -> None:
    model = cli.script(say("Done."))
    done = cli("run", "mission", "greet {{who}}", "--param", "who=a=b", "--json", "--model", model)
    assert cli("sessions", "show", done.json["session_id"], "--json").json["mission"] == "greet a=b"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--param", "who"], "name=value"),
        (["--param", "a=1", "--param", "a=2"], "given twice"),
        (["--max-steps", "0"], "--max-steps: "),
        (["--model", "nothing:at-all"], "There is no model 'nothing:at-all'"),
        (["--profile", "nobody"], "There is no profile 'nobody'"),
        (["--workspace", "no/such/folder"], "workspace"),
        (["--session", "abc"], "--session: "),
    ],
)
def test_what_is_not_right_exits_with_2_and_says_so(cli: Cli, words: list[str], said: str) -> None:
    done = cli("run", "mission", "look", *words)
    assert (done.code, done.out) == (2, "")
    assert said in done.err
    assert "Traceback" not in done.err


def test_an_error_as_json_is_a_problem_on_stderr(cli: Cli) -> None:
    done = cli("run", "mission", "  ", "--json")
    problem = done.error
    assert (done.code, done.out) == (2, "")
    assert {"type", "title", "status", "detail", "error", "errors"} == problem.keys()
    assert (problem["status"], problem["error"]["code"], problem["errors"][0]["pointer"]) == (
        400,
        "invalid_request",
        "/mission",
    )


def test_a_failed_mission_exits_with_1_and_tells_how_to_go_on(cli: Cli) -> None:
    done = cli(
        "run", "mission", "look", "--max-steps", "1", "--model", cli.script(call("list_files"), say("x"))
    )
    session = cli("sessions", "list", "--json").json[0]["session_id"]
    assert (done.code, done.out) == (1, "")
    assert "Failed (max_steps_reached)" in done.err
    assert f"taskforce sessions resume {session} --max-steps 2" in done.err
    again = cli("sessions", "resume", session, "--max-steps", "2")
    assert (again.code, again.out) == (0, "x\n")


def test_what_a_command_wrote_is_kept_also_when_the_mission_failed(cli: Cli) -> None:
    model = cli.script(call("shell", command="echo 1 > out.csv; false"), say("x"))
    done = cli("run", "mission", "run it", "--max-steps", "1", "--json", "--model", model)
    assert done.code == 1
    assert [one["key"].partition("/files/")[2] for one in done.json["artifacts"]] == ["out.csv"]
    assert done.json["error"]["details"]["limits"] == {"steps": 1}


def test_a_paused_mission_exits_with_3_and_its_line_answers_it(cli: Cli) -> None:
    model = cli.script(call("ask_user", question="Which?", choices=["red", "blue"]), say("As you wish."))
    done = cli("run", "mission", "paint", "--model", model)
    assert (done.code, done.out) == (3, "")
    line = next(line for line in done.err.splitlines() if line.startswith("Answer it: taskforce "))
    words = line.removeprefix("Answer it: taskforce ").replace("'YOUR ANSWER'", "red").split()
    answered = cli(*words)
    assert (answered.code, answered.out) == (0, "As you wish.\n")
    assert "call ask_user" not in answered.err
    twice = cli(*words, "--json")
    assert (twice.code, twice.error["error"]["code"]) == (5, "wait_not_open")


def test_a_call_that_waits_for_approval_is_approved_with_other_arguments(cli: Cli) -> None:
    profiles = cli.folder / ".taskforce" / "profiles"
    profiles.mkdir(parents=True)
    (profiles / "careful.yaml").write_text("extends: dev\napproval: {execute: ask}\n", encoding="utf-8")
    model = cli.script(call("shell", command="echo asked"), say("Ran."))
    paused = cli("run", "mission", "run it", "--profile", "careful", "--json", "--model", model)
    assert (paused.code, paused.json["status"], paused.json["waiting"]["event_type"]) == (
        3,
        "paused",
        "approval_required",
    )
    session, wait = paused.json["session_id"], paused.json["waiting"]["wait_id"]
    assert f"sessions respond {session} {wait} --decision approve" in cli("sessions", "show", session).err
    nothing = cli("sessions", "respond", session, wait)
    assert (nothing.code, nothing.err) == (
        2,
        "taskforce: The request is not right. give either answer or decision\n",
    )
    asked = cli("run", "mission", "run it", "--profile", "careful", "--model", model).err
    assert "Paused: May shell be called?\nCall: shell echo asked\n" in asked
    other = '{"command": "echo changed"}'
    ran = cli("sessions", "respond", session, wait, "--decision", "approve", "--arguments", other)
    assert (ran.code, ran.out) == (0, "Ran.\n")
    assert "  changed\n" in ran.err


def test_an_artifact_is_listed_and_fetched(cli: Cli) -> None:
    model = cli.script(call("file_write", path="report.md", content="# Well\n"), say("Written."))
    ran = cli("run", "mission", "write", "--json", "--model", model).json
    artifact = ran["artifacts"][0]["id"]
    listed = cli("jobs", "artifacts", ran["job_id"], "--json").json
    assert [view["id"] for view in listed["items"]] == [artifact]
    assert cli("jobs", "artifact", artifact).out == "# Well\n"
    assert cli("jobs", "artifact", artifact, "--json").json == listed["items"][0]
    kept = cli("jobs", "artifact", artifact, "--output", "copy.md")
    assert (kept.out, (cli.folder / "copy.md").read_text(encoding="utf-8")) == ("", "# Well\n")
    assert cli("jobs", "artifact", artifact, "--output", "no/such/folder").code == 2


def test_a_mission_in_the_background_is_played_by_a_worker(cli: Cli) -> None:
    handed_in = cli("run", "mission", "look", "--background", "--json", "--model", cli.script(say("Done.")))
    job = MissionJobView.model_validate({**handed_in.json, "version": 1})
    assert (handed_in.code, job.status.value) == (0, "queued")
    waits = cli("run", "mission", "look", "--model", cli.script(say("Mine."), name="other"))
    assert (waits.code, waits.out) == (0, "Mine.\n")
    assert "1 interrupted job waits: taskforce worker --until-idle" in waits.err
    worked = cli("worker", "--until-idle")
    assert worked.code == 0
    assert f"{job.id}  mission  succeeded" in worked.out
    assert cli("jobs", "show", job.id, "--json").json["status"] == "succeeded"


def test_lists_and_views_are_what_the_api_answers(cli: Cli) -> None:
    ran = cli("run", "mission", "look", "--json", "--model", cli.script(say("Done."))).json
    sessions = cli("sessions", "list", "--json").json
    jobs = cli("jobs", "list", "--json").json
    assert [SessionView.model_validate(view).session_id for view in sessions] == [ran["session_id"]]
    assert (jobs["total"], jobs["limit"], jobs["offset"]) == (1, 20, 0)
    assert jobs.keys() == ListView[JobView].model_fields.keys()
    assert jobs["items"][0]["id"] == ran["job_id"]
    shown = cli("sessions", "show", ran["session_id"], "--json").json
    assert SessionDetailView.model_validate(shown).message == "Done."
    messages = cli("sessions", "messages", ran["session_id"], "--json").json
    assert [message["role"] for message in messages["items"]] == ["user", "assistant"]


def test_watch_tells_an_ended_job_again_from_any_number(cli: Cli) -> None:
    ran = cli("run", "mission", "look", "--json", "--stream", "--model", cli.script(say("Done.")))
    events = [event for event in lines(ran.out) if "id" in event]
    job = events[0]["details"]["job_id"]
    watched = cli("jobs", "watch", job, "--after", "2", "--json")
    assert (watched.code, list(lines(watched.out))) == (0, events[2:])
    beyond = cli("jobs", "watch", job, "--after", "99")
    assert (beyond.code, beyond.out) == (2, "")
    plain = cli("jobs", "watch", job)
    assert plain.out.splitlines()[-2:] == ["Done.", "completed (1 model call)"]


def test_a_session_is_created_used_and_cancelled(cli: Cli) -> None:
    made = cli("sessions", "create", "--workspace", ".", "--json").json
    session = made["session_id"]
    assert (made["status"], made["workspace"]) == ("pending", str(cli.folder))
    job = cli(
        "run", "mission", "x", "--session", session, "--background", "--model", cli.script(say("Done."))
    )
    busy = cli("run", "mission", "y", "--session", session, "--json")
    assert (busy.code, busy.error["error"]["code"]) == (5, "session_busy")
    assert cli("sessions", "cancel", session, "--json").json["id"] == job.out.strip()
    assert cli("sessions", "show", session, "--json").json["status"] == "failed"


def test_cancel_and_retry(cli: Cli) -> None:
    job = cli("run", "mission", "look", "--background", "--json", "--model", cli.script(say("Done."))).json[
        "id"
    ]
    assert cli("jobs", "cancel", job, "--json").json["status"] == "cancelled"
    assert cli("jobs", "cancel", job).code == 5
    again = cli("jobs", "retry", job)
    assert (again.code, again.out) == (0, "Done.\n")


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["sessions", "show", "01900000-0000-7000-8000-000000000000"], 4),
        (["jobs", "show", "01900000-0000-7000-8000-000000000000"], 4),
        (["jobs", "watch", "01900000-0000-7000-8000-000000000000"], 4),
        (["jobs", "show", "x"], 2),
        (["jobs", "list", "--limit", "101"], 2),
        (["jobs", "list", "--status", "lost"], 2),
        (["jobs", "list", "--nonsense"], 2),
        (["jbos"], 2),
        (["jobs", "list", "--project", "other"], 4),
        (["worker", "--kinds", "nothing"], 2),
        (["worker", "--workers", "0"], 2),
        (["serve", "--host", "192.0.2.1"], 2),
    ],
    ids=lambda words: " ".join(words) if isinstance(words, list) else "",
)
def test_each_error_has_its_exit_code(cli: Cli, words: list[str], code: int) -> None:
    done = cli(*words)
    assert (done.code, done.out) == (code, "")
    assert "Traceback" not in done.err


def test_a_reader_that_leaves_is_no_error_to_speak_of(cli: Cli) -> None:
    model = cli.script(
        *[call("list_files") if place % 2 else call("grep", pattern=str(place)) for place in range(8)],
        say("x" * 200_000),
    )
    mission = f"{sys.executable} -m taskforce run mission look --model {model} 2>err | head -c 1"
    subprocess.run(
        ["sh", "-c", mission], cwd=cli.folder, env=cli.environment({}), check=True, capture_output=True
    )
    assert "Broken" not in (cli.folder / "err").read_text(encoding="utf-8")
    listed = f"{sys.executable} -m taskforce run mission look --json --stream --model {model} 2>err | head -1"
    subprocess.run(
        ["sh", "-c", listed], cwd=cli.folder, env=cli.environment({}), check=True, capture_output=True
    )
    assert (cli.folder / "err").read_text(encoding="utf-8") == ""
    assert [job["status"] for job in cli("jobs", "list", "--json").json["items"]] == [
        "succeeded",
        "succeeded",
    ]


def test_doctor_tells_settings_with_their_origins_and_what_is_broken(cli: Cli) -> None:
    well = cli("doctor", "--json", TASKFORCE_WORKERS="2")
    settings = {setting["name"]: setting for setting in well.json["settings"]}
    checks = {check["name"]: check["status"] for check in well.json["checks"]}
    assert well.code == 0
    assert (settings["workers"]["value"], settings["workers"]["origin"]) == ("2", "environment")
    assert [settings[name]["value"] for name in ("model", "model_probe", "lease")] == ["", "true", "30"]
    assert {"home", "store", "artifacts", "locks", "python", "git", "sandbox"} <= checks.keys()
    (cli.folder / "file").write_text("", encoding="utf-8")
    ill = cli("doctor", "--home", "file")
    assert ill.code == 1
    assert "Broken: home" in ill.err
    assert "Traceback" not in ill.err


def test_a_profile_of_the_user_is_found_and_one_of_the_home_goes_before_it(cli: Cli) -> None:
    user, home = cli.folder / "user" / "taskforce" / "profiles", cli.folder / ".taskforce" / "profiles"
    for folder, said in ((user, "mine everywhere"), (home, "mine here")):
        folder.mkdir(parents=True)
        (folder / f"{said.split()[1]}.yaml").write_text("extends: dev\n")
        (folder / "both.yaml").write_text(f"extends: dev\ndescription: {said}\n")
    listed = cli("profiles", "list", "--json", XDG_CONFIG_HOME=str(cli.folder / "user")).json["items"]
    assert [one["name"] for one in listed] == ["both", "coding", "dev", "everywhere", "here", "research"]
    assert listed[0]["description"] == "mine here"


@pytest.mark.parametrize("group", ["tools", "profiles", "models"])
def test_the_catalogue_is_listed(cli: Cli, group: str) -> None:
    shown = cli(group, "list", "--json").json
    assert shown["total"] == len(shown["items"]) > 0
    plain = cli(group, "list").out
    assert [line.split("\t")[0] for line in plain.splitlines()] == [item["name"] for item in shown["items"]]
