"""Stories of sessions and jobs, told through library, command line and HTTP, with equal outcomes.

Only ids, times, hosts and folders are given names before they are compared, field by field. What single
missions come to, and their logs, `test_parity.py` compares.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.integration.doors.three_doors import DOORS, Door, Json, Refused
from tests.integration.records import comparable

pytestmark = [pytest.mark.durability, pytest.mark.timeout(180)]

NOWHERE = "00000000-0000-7000-8000-000000000000"
ASKS = {"calls": [{"tool": "ask_user", "arguments": {"question": "Red or blue?"}}]}
LOOKS = {"calls": [{"tool": "list_files", "arguments": {}}]}
WRITES = {"calls": [{"tool": "file_write", "arguments": {"path": "a.txt", "content": "größer"}}]}
DONE = {"text": "Done."}
CALLS_AGENT = {"calls": [{"tool": "call_agent", "arguments": {"mission": "A part.", "profile": "part"}}]}


class Teller:
    """Tells a story through a door, and notes what it is answered."""

    def __init__(self, door: Door, folder: Path) -> None:
        self._door = door
        self.folder = folder
        self.outcomes: list[Any] = []

    def does(self, use_case: str, **fields: Any) -> Json:  # noqa: ANN401 - any field
        """Do something that goes well."""
        answer: Json = self._door.do(use_case, **fields)
        self.outcomes.append({use_case: answer})
        return answer

    def fails(self, use_case: str, **fields: Any) -> Json:  # noqa: ANN401 - any field
        """Do something that is refused."""
        with pytest.raises(Refused) as refused:
            self._door.do(use_case, **fields)
        self.outcomes.append({use_case: refused.value.problem})
        error: Json = refused.value.problem["error"]
        return error

    def runs(self, *turns: Json, **fields: Any) -> Json:  # noqa: ANN401 - any field
        """Run a mission of a script, in a folder that is given when the session is new."""
        place = {} if "session_id" in fields else {"workspace": str(self.folder)}
        asked = {"mission": "Play it.", "model": self.script(*turns), **place, **fields}
        return self.does("missions.execute", **asked)

    def has_profile(self, name: str, *turns: Json) -> None:
        """Write a profile whose missions play a script."""
        profiles = self.folder / "home" / "profiles"
        profiles.mkdir(parents=True, exist_ok=True)
        script = profiles / f"{name}-script.yaml"
        script.write_text(yaml.safe_dump({"turns": list(turns)}), encoding="utf-8")
        said = {"extends": "dev", "model": f"script:{script}"}
        (profiles / f"{name}.yaml").write_text(yaml.safe_dump(said), encoding="utf-8")

    def script(self, *turns: Json) -> str:
        file = self.folder / f"script-{len(self.outcomes)}.yaml"
        file.write_text(yaml.safe_dump({"turns": list(turns)}), encoding="utf-8")
        return f"script:{file}"


def a_session_is_made_used_and_looked_at(tell: Teller) -> None:
    made = tell.does("sessions.create", profile="dev")
    session = made["session_id"]
    tell.does("sessions.get", session_id=session)
    assert tell.fails("sessions.cancel", session_id=session)["code"] == "no_mission"
    ran = tell.runs(LOOKS, DONE, session_id=session)
    tell.runs(DONE, session_id=session)
    tell.does("sessions.messages", session_id=session, limit=3, offset=1)
    tell.does("jobs.get", job_id=ran["job_id"])
    assert tell.does("sessions.get", session_id=session)["status"] == "completed"


def a_question_is_answered_once(tell: Teller) -> None:
    paused = tell.runs(ASKS, DONE)
    answer = {
        "session_id": paused["session_id"],
        "wait_id": paused["waiting"]["wait_id"],
        "answer": "blue, 雪",
    }
    assert tell.fails("missions.execute", mission="x", session_id=paused["session_id"])["code"] == (
        "session_busy"
    )
    wrong = {name: value for name, value in answer.items() if name != "answer"}
    tell.fails("sessions.respond", **wrong, decision="approve")
    assert tell.does("sessions.respond", **answer)["message"] == "Done."
    tell.fails("sessions.respond", **answer)


def what_an_agent_asks_is_answered_through_its_callers_session(tell: Teller) -> None:
    tell.has_profile("part", ASKS, WRITES, {"text": "It is blue."})
    tell.has_profile("whole", CALLS_AGENT, DONE)
    place = {"mission": "Play it.", "profile": "whole", "workspace": str(tell.folder)}
    paused = tell.does("missions.execute", **place)
    assert (paused["status"], paused["message"]) == ("paused", "Red or blue?")
    session = {"session_id": paused["session_id"]}
    asked = tell.does("sessions.get", **session)["waiting"]
    assert asked == paused["waiting"]
    assert tell.does("sessions.list", status="paused")["items"][0]["session_id"] == session["session_id"]
    tell.fails("sessions.respond", **session, wait_id=asked["wait_id"], decision="approve")
    answered = tell.does("sessions.respond", **session, wait_id=asked["wait_id"], answer="blue")
    assert (answered["status"], answered["message"], len(answered["artifacts"])) == ("completed", "Done.", 1)
    assert tell.fails("sessions.respond", **session, wait_id=asked["wait_id"], answer="red")
    said = tell.does("sessions.messages", **session)["items"]
    assert [line["text"] for line in said if line["role"] == "tool"] == ["It is blue."]
    other = tell.does("missions.execute", **place)
    tell.does("sessions.cancel", session_id=other["session_id"])
    family = tell.does("jobs.list", status="cancelled")
    assert family["total"] == 2
    tell.does("sessions.delete", **session)
    assert tell.does("jobs.list")["total"] == 2


def what_ran_out_goes_on_with_higher_limits(tell: Teller) -> None:
    failed = tell.runs(LOOKS, LOOKS | {"text": "again"}, DONE, limits={"steps": 1})
    assert failed["error"]["code"] == "max_steps_reached"
    resumed = tell.does("sessions.resume", session_id=failed["session_id"], limits={"steps": 9})
    assert resumed["status"] == "completed"
    assert tell.does("jobs.get", job_id=resumed["job_id"])["continues"] == failed["job_id"]
    assert tell.fails("sessions.resume", session_id=failed["session_id"])["code"] == "nothing_to_resume"


def what_rules_could_not_finish_goes_on_with_a_model(tell: Teller) -> None:
    (tell.folder / "rows.csv").write_text("a\n1\n2\n", encoding="utf-8")
    mission = "Count the rows of rows.csv, then explain them"
    place = {"workspace": str(tell.folder), "model": "local:planner"}
    failed = tell.does("missions.execute", mission=mission, **place)
    assert failed["error"]["code"] == "needs_model"
    wherever = {"text": "There are two.", "goes_on": True}
    model = tell.script(*[wherever] * 9)
    resumed = tell.does("sessions.resume", session_id=failed["session_id"], model=model)
    assert (resumed["status"], resumed["message"]) == ("completed", "There are two.")


def a_cancelled_mission_stays_cancelled(tell: Teller) -> None:
    paused = tell.runs(ASKS, DONE)
    cancelled = tell.does("sessions.cancel", session_id=paused["session_id"])
    assert (cancelled["status"], cancelled["session_id"]) == ("cancelled", paused["session_id"])
    tell.does("sessions.get", session_id=paused["session_id"])
    for use_case, place in (
        ("sessions.cancel", {"session_id": paused["session_id"]}),
        ("jobs.cancel", {"job_id": paused["job_id"]}),
    ):
        assert tell.fails(use_case, **place)["code"] == "job_is_over"


def a_failed_job_is_tried_again(tell: Teller) -> None:
    failed = tell.does("missions.execute", mission="compose a sonnet", workspace=str(tell.folder))
    assert failed["error"]["code"] == "needs_model"
    retried = tell.does("jobs.retry", job_id=failed["job_id"])
    assert retried["error"]["code"] == "needs_model"
    assert tell.does("jobs.list", status="failed", limit=1)["total"] == 2
    assert tell.does("jobs.list", dead=True)["total"] == 0
    tell.fails("jobs.retry", job_id=NOWHERE)


def lists_are_read_in_parts(tell: Teller) -> None:
    made = [tell.does("sessions.create")["session_id"] for _ in range(4)]
    part = tell.does("sessions.list", limit=2, offset=1)
    assert [session["session_id"] for session in part["items"]] == [made[2], made[1]]
    assert len(tell.does("sessions.list", profile="dev", status="pending")["items"]) == 4
    assert tell.does("jobs.list")["total"] == 0
    tell.fails("sessions.list", limit=1_000)
    tell.fails("jobs.list", offset=-1)
    tell.fails("jobs.list", status="asleep")


def what_is_made_is_fetched(tell: Teller) -> None:
    ran = tell.runs(WRITES, DONE)
    listed = tell.does("jobs.artifacts", job_id=ran["job_id"])
    assert [artifact["size"] for artifact in listed["items"]] == [len("größer".encode())]
    tell.does("missions.list_tools")
    tell.does("missions.list_profiles")
    tell.does("missions.list_skills")
    tell.does("missions.list_models")


def a_fork_goes_on_from_a_message(tell: Teller) -> None:
    made = tell.does("sessions.create")
    session = made["session_id"]
    first = tell.runs(WRITES, DONE, session_id=session)
    tell.runs(LOOKS, DONE, session_id=session)
    said = tell.does("sessions.messages", session_id=session)["items"]
    place = {name: said[3][name] for name in ("job_id", "number")}
    assert (place["job_id"], said[3]["text"]) == (first["job_id"], "Done.")
    fork = tell.does("sessions.fork", session_id=session, message=place)
    assert (fork["forked_from"], fork["status"]) == (session, "pending")
    assert Path(fork["workspace"], "a.txt").read_text(encoding="utf-8") == "größer"
    assert tell.does("sessions.messages", session_id=fork["session_id"])["items"] == said[:4]
    again = [
        tell.does("sessions.fork", session_id=fork["session_id"], message=place, idempotency_key="once")
        for _ in range(2)
    ]
    assert again[0] == again[1]
    whole = tell.does("sessions.fork", session_id=session)["session_id"]
    tell.runs(DONE, session_id=whole)
    assert tell.does("sessions.messages", session_id=whole)["total"] == len(said) + 2
    wrong = tell.fails("sessions.fork", session_id=session, message={**place, "number": 999})
    assert wrong["code"] == "resource_not_found"
    assert tell.fails("sessions.fork", session_id=session, message={**place, "number": "x"})["code"] == (
        "invalid_request"
    )


def a_given_folder_is_shared_by_forks_and_stays(tell: Teller) -> None:
    first = tell.runs(WRITES, ASKS)
    fork = tell.does("sessions.fork", session_id=first["session_id"])
    assert fork["workspace"] == str(tell.folder)
    tell.does("sessions.delete", session_id=fork["session_id"])
    assert (tell.folder / "a.txt").is_file()


def what_is_deleted_is_gone(tell: Teller) -> None:
    session = tell.does("sessions.create", idempotency_key="made")
    paused = tell.runs(WRITES, ASKS, DONE, session_id=session["session_id"])
    place = {"session_id": session["session_id"]}
    busy = tell.fails("sessions.delete", **place)
    assert (busy["code"], busy["details"]["job_id"]) == ("session_busy", paused["job_id"])
    artifact = tell.does("jobs.artifacts", job_id=paused["job_id"])["items"][0]
    tell.does("sessions.cancel", **place)
    assert Path(session["workspace"]).is_dir()
    tell.does("sessions.delete", **place)
    assert not Path(session["workspace"]).exists()
    for use_case in ("get", "messages", "resume", "cancel", "fork", "delete"):
        assert tell.fails(f"sessions.{use_case}", **place)["code"] == "resource_not_found"
    for use_case in ("get", "cancel", "retry", "artifacts"):
        gone = tell.fails(f"jobs.{use_case}", job_id=paused["job_id"])
        assert gone["code"] == "resource_not_found"
    assert tell.fails("jobs.artifact", artifact_id=artifact["id"])["code"] == "resource_not_found"
    assert tell.fails("sessions.create", idempotency_key="made")["code"] == "resource_not_found"
    assert tell.fails("missions.execute", mission="x", **place)["code"] == "resource_not_found"
    assert tell.does("sessions.list")["items"] == []
    assert tell.does("jobs.list")["total"] == 0


def a_past_mission_is_played_again(tell: Teller) -> None:
    session = tell.does("sessions.create", profile="dev")["session_id"]
    assert tell.fails("sessions.replay", session_id=session)["code"] == "no_mission"
    first = tell.runs(LOOKS, WRITES, DONE, session_id=session)
    tell.runs(ASKS, DONE, session_id=session)
    assert tell.does("sessions.replay", session_id=session)["turns"] == 1
    assert tell.does("sessions.replay", session_id=session, job_id=first["job_id"])["turns"] == 3
    elsewhere = tell.runs(DONE)
    tell.fails("sessions.replay", session_id=session, job_id=elsewhere["job_id"])
    tell.fails("sessions.replay", session_id=NOWHERE)


def a_key_makes_one_thing(tell: Teller) -> None:
    model = tell.script(DONE)
    first, second = (
        tell.does(
            "missions.execute",
            mission="x",
            model=model,
            workspace=str(tell.folder),
            idempotency_key="once",
        )
        for _ in range(2)
    )
    assert first == second
    reused = tell.fails("sessions.create", workspace="nowhere", idempotency_key="once")
    assert reused["code"] == "invalid_request"
    made = [tell.does("sessions.create", idempotency_key="once")["session_id"] for _ in range(2)]
    assert made[0] == made[1]
    again = tell.fails("missions.execute", mission="y", model=model, idempotency_key="once")
    assert again["code"] == "idempotency_key_reused"
    tell.fails("sessions.create", idempotency_key="two words")


def what_is_not_there_is_not_found(tell: Teller) -> None:
    for use_case, field in (
        ("sessions.get", "session_id"),
        ("sessions.messages", "session_id"),
        ("sessions.resume", "session_id"),
        ("jobs.get", "job_id"),
        ("jobs.artifacts", "job_id"),
        ("jobs.cancel", "job_id"),
    ):
        assert tell.fails(use_case, **{field: NOWHERE})["code"] == "resource_not_found"
        assert tell.fails(use_case, **{field: "no-id"})["code"] == "invalid_request"
    place = {"mission": "x", "workspace": str(tell.folder)}
    assert tell.fails("missions.execute", **place, profile="nobody")["code"] == "unknown_profile"
    assert tell.fails("missions.execute", **place, model="nobody")["code"] == "unknown_model"
    tell.fails("missions.execute", **{**place, "mission": "  "})


STORIES: tuple[Callable[[Teller], None], ...] = (
    a_session_is_made_used_and_looked_at,
    a_question_is_answered_once,
    what_an_agent_asks_is_answered_through_its_callers_session,
    what_ran_out_goes_on_with_higher_limits,
    what_rules_could_not_finish_goes_on_with_a_model,
    a_cancelled_mission_stays_cancelled,
    a_failed_job_is_tried_again,
    lists_are_read_in_parts,
    what_is_made_is_fetched,
    a_fork_goes_on_from_a_message,
    a_given_folder_is_shared_by_forks_and_stays,
    what_is_deleted_is_gone,
    a_past_mission_is_played_again,
    a_key_makes_one_thing,
    what_is_not_there_is_not_found,
)


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.__name__)
def test_a_story_has_the_same_outcomes_through_every_door(
    story: Callable[[Teller], None], tmp_path: Path
) -> None:
    def told(name: str) -> Any:  # noqa: ANN401 - any JSON
        folder = tmp_path / name
        folder.mkdir()
        with ExitStack() as stack:
            teller = Teller(DOORS[name](folder, stack), folder)
            story(teller)
        return comparable(teller.outcomes, folder)

    with ThreadPoolExecutor(len(DOORS)) as threads:
        outcomes = dict(zip(DOORS, threads.map(told, DOORS), strict=True))
    assert outcomes["command"] == outcomes["library"]
    assert outcomes["http"] == outcomes["library"]
