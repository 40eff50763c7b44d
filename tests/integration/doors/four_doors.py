"""The doors, each as a user stands before it: a program, the command line, blocking HTTP, collected SSE."""

import asyncio
import json
from abc import abstractmethod
from collections.abc import Callable, Coroutine, Iterator
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any, Protocol, TypeVar

from taskforce import Taskforce
from taskforce.application.missions.schemas import MissionView
from taskforce.settings import Settings
from tests.integration.doors.stories import SCRIPTS, Story
from tests.integration.processes import Ended, Process, said, script, taskforce
from tests.integration.wire import Server, Told, serving

T = TypeVar("T")
Json = dict[str, Any]

EXIT_CODES = {"completed": 0, "failed": 1, "paused": 3}
FACTS = frozenset(MissionView.model_fields)
QUESTIONS = {"ask_user", "approval_required"}


class Broken(Exception):
    """The process behind the door died before it answered."""


class Door(Protocol):
    """A way in. Results are mission views, events bear their number as `id`."""

    name: str

    @abstractmethod
    def execute(self, story: Story, workspace: Path) -> Json:
        """Run a mission to its end or its question. Raises Broken."""

    @abstractmethod
    def respond(self, paused: Json, answer: str) -> Json:
        """Answer a question, and go on to the end."""

    @abstractmethod
    def cancel(self, job_id: str) -> None:
        """Cancel a job."""

    @abstractmethod
    def crash(self) -> None:
        """Kill the process that plays."""

    @abstractmethod
    def recovered(self, session_id: str, job_id: str) -> Json:
        """See a new process go on, and return what the mission came to."""

    @abstractmethod
    def log(self, job_id: str) -> list[Json]:
        """Return the whole log."""


def request(story: Story, workspace: Path) -> Json:
    """Return what is asked, by the names of its fields."""
    asked: Json = {"mission": story.mission, "model": story.model, "workspace": str(workspace)}
    return {**asked, "limits": story.limits} if story.limits else asked


def result_in(session: Json) -> Json:
    """Return the mission's part of a session."""
    return {name: value for name, value in session.items() if name in FACTS}


class Library(Door):
    """`Taskforce.open` in a program of its own; what comes after, in this one."""

    name = "library"

    def __init__(self, folder: Path, _: ExitStack) -> None:
        self._home = folder / "home"
        self._roots = folder
        self._process: Process | None = None

    def execute(self, story: Story, workspace: Path) -> Json:
        asked = json.dumps(request(story, workspace))
        driver = SCRIPTS / "library_driver.py"
        with script(driver, self._home, asked, workspace_roots=self._roots) as self._process:
            return _result_of(self._process.wait())

    def respond(self, paused: Json, answer: str) -> Json:
        async def answered(tf: Taskforce) -> Json:
            wait_id = paused["waiting"]["wait_id"]
            job = await tf.sessions.respond(session_id=paused["session_id"], wait_id=wait_id, answer=answer)
            return (await tf.result(job)).model_dump(mode="json")

        return self._with(answered)

    def cancel(self, job_id: str) -> None:
        async def cancelled(tf: Taskforce) -> None:
            await tf.jobs.cancel(job_id=job_id)

        self._with(cancelled)

    def crash(self) -> None:
        assert self._process is not None
        self._process.kill()

    def recovered(self, session_id: str, job_id: str) -> Json:
        async def result(tf: Taskforce) -> Json:
            return (await tf.result(await tf.jobs.get(job_id=job_id))).model_dump(mode="json")

        return self._with(result)

    def log(self, job_id: str) -> list[Json]:
        async def watched(tf: Taskforce) -> list[Json]:
            events = [event async for event in tf.jobs.watch(job_id=job_id)]
            return [{"id": event.number, **event.model_dump(mode="json")} for event in events]

        return self._with(watched)

    def _with(self, use: Callable[[Taskforce], Coroutine[Any, Any, T]]) -> T:
        async def used() -> T:
            async with Taskforce.open(Settings(home=self._home, workspace_roots=(self._roots,))) as tf:
                return await use(tf)

        return asyncio.run(used())


class CommandLine(Door):
    """`taskforce … --json`."""

    name = "cli"

    def __init__(self, folder: Path, _: ExitStack) -> None:
        self._home = folder / "home"
        self._roots = folder
        self._process: Process | None = None

    def execute(self, story: Story, workspace: Path) -> Json:
        limits = [word for name, most in story.limits.items() for word in (f"--max-{name}", str(most))]
        words = ("--model", story.model, "--workspace", str(workspace), *limits, "--json")
        with taskforce(
            self._home, "run", "mission", story.mission, *words, workspace_roots=self._roots
        ) as self._process:
            return self._result(self._process.wait())

    def respond(self, paused: Json, answer: str) -> Json:
        place = (paused["session_id"], paused["waiting"]["wait_id"])
        return self._result(self._said("sessions", "respond", *place, "--answer", answer, "--json"))

    def cancel(self, job_id: str) -> None:
        assert self._said("jobs", "cancel", job_id, "--json").code == 0

    def crash(self) -> None:
        assert self._process is not None
        self._process.kill()

    def recovered(self, session_id: str, job_id: str) -> Json:
        assert self._said("worker", "--until-idle").code == 0
        return result_in(self._said("sessions", "show", session_id, "--json").json)

    def log(self, job_id: str) -> list[Json]:
        return [json.loads(line) for line in self._said("jobs", "watch", job_id, "--json").out.splitlines()]

    def _said(self, *words: str) -> Ended:
        return said(self._home, *words, workspace_roots=self._roots)

    def _result(self, ended: Ended) -> Json:
        result = _result_of(ended)
        assert ended.code == EXIT_CODES[result["status"]], ended
        return result


class Http(Door):
    """A served API; a crash is followed by another server on the same home."""

    def __init__(self, folder: Path, stack: ExitStack) -> None:
        self._folder = folder
        self._stack = stack
        self._server = self._serve()

    def cancel(self, job_id: str) -> None:
        assert self._server.ask("POST", f"/api/v1/jobs/{job_id}/cancel").status == 202

    def crash(self) -> None:
        self._server.process.kill()
        self._server = self._serve()

    def _serve(self) -> Server:
        return self._stack.enter_context(serving(self._folder / "home", workspace_roots=self._folder))

    def _answer(self, paused: Json, answer: str) -> None:
        body = {"wait_id": paused["waiting"]["wait_id"], "answer": answer}
        told = self._server.ask("POST", f"/api/v1/sessions/{paused['session_id']}/respond", body)
        assert told.status == 200, told


class Blocking(Http):
    """POST /api/v1/execute, and the session when there is no answer to that."""

    name = "blocking"

    def execute(self, story: Story, workspace: Path) -> Json:
        try:
            told = self._server.ask("POST", "/api/v1/execute", request(story, workspace))
        except ConnectionError as died:
            raise Broken from died
        assert told.status == 200, told
        result: Json = told.body
        return result

    def respond(self, paused: Json, answer: str) -> Json:
        self._answer(paused, answer)
        return self.recovered(paused["session_id"], paused["job_id"])

    def recovered(self, session_id: str, job_id: str) -> Json:
        self._server.watch(job_id)
        return result_in(self._server.get(f"/api/v1/sessions/{session_id}"))

    def log(self, job_id: str) -> list[Json]:
        return [_as_json(event) for event in self._server.watch(job_id)]


class Collected(Http):
    """POST /api/v1/execute/stream: the result is what the events come to, the log is what was streamed."""

    name = "sse"

    def __init__(self, folder: Path, stack: ExitStack) -> None:
        super().__init__(folder, stack)
        self._events: list[Told] = []

    def execute(self, story: Story, workspace: Path) -> Json:
        self._events = []
        asked = request(story, workspace)
        with self._server.stream("POST", "/api/v1/execute/stream", asked) as (_, events):
            self._collect(events)
        if self._events[-1].type != "complete":
            raise Broken
        return self._outcome()

    def respond(self, paused: Json, answer: str) -> Json:
        self._answer(paused, answer)
        return self.recovered(paused["session_id"], paused["job_id"])

    def recovered(self, session_id: str, job_id: str) -> Json:
        last = max(event.number for event in self._events if event.number is not None)
        self._collect(iter(self._server.watch(job_id, after=last)))
        return self._outcome()

    def log(self, job_id: str) -> list[Json]:
        return [_as_json(event) for event in self._events if event.number is not None]

    def _collect(self, events: Iterator[Told]) -> None:
        with suppress(ConnectionError):
            for event in events:
                self._events.append(event)

    def _outcome(self) -> Json:
        return outcome_of(self._events)


DOORS: dict[str, type[Library] | type[CommandLine] | type[Blocking] | type[Collected]] = {
    door.name: door for door in (Library, CommandLine, Blocking, Collected)
}


def outcome_of(events: list[Told]) -> Json:
    """Return what a stream's events come to, as a client that knows nothing else would tell it."""
    by_type: dict[str, list[Json]] = {}
    for event in events:
        by_type.setdefault(event.type, []).append({"event_type": event.type, **event.data})
    started, complete = by_type["started"][0]["details"], by_type["complete"][-1]["details"]
    questions = [told for name in QUESTIONS for told in by_type.get(name, [])]
    error = _error_in(by_type)
    waiting = _question_in(questions) if complete["status"] == "paused" else None
    last = waiting or error or by_type["final_answer"][-1]
    return {
        "session_id": started["session_id"],
        "job_id": started["job_id"],
        "status": complete["status"],
        "message": last["message"],
        "usage": _usage_in(by_type.get("token_usage", [])),
        "artifacts": _artifacts_in(by_type.get("artifact", [])),
        "error": error,
        "waiting": waiting,
    }


def _error_in(by_type: dict[str, list[Json]]) -> Json | None:
    if "error" not in by_type:
        return None
    told = by_type["error"][-1]
    details = dict(told["details"])
    return {"code": details.pop("code"), "message": told["message"], "details": details}


def _question_in(questions: list[Json]) -> Json:
    asked = questions[-1]
    words = {name: asked[name] for name in ("event_type", "message", "details")}
    return {"wait_id": asked["details"]["wait_id"], **words}


def _usage_in(told: list[Json]) -> Json:
    names = ("input_tokens", "output_tokens", "cached_tokens", "cost")
    return {name: sum(each["details"][name] for each in told) for name in names}


def _artifacts_in(told: list[Json]) -> list[Json]:
    kept: dict[str, Json] = {}
    for each in told:
        artifact = dict(each["details"])
        kept.pop(artifact.pop("replaces", ""), None)
        kept[artifact["id"]] = artifact
    return list(kept.values())


def _as_json(event: Told) -> Json:
    return {"id": event.number, **event.data}


def _result_of(ended: Ended) -> Json:
    if ended.code == -9:
        raise Broken
    result: Json = ended.json
    return result
