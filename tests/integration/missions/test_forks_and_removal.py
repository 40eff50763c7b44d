"""Forks know what was said up to their message; removals that broke off are finished by asking again."""

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
import yaml
from dependency_injector import providers

from taskforce.application.executor import AgentExecutor
from taskforce.application.factory import Container, close_container, open_container
from taskforce.application.jobs.schemas import GetJob
from taskforce.application.missions.schemas import ExecuteMission, ListMessages, MessageView, MissionView
from taskforce.application.missions.session_schemas import DeleteSession, ForkSession, MessagePlace
from taskforce.core.errors import NotFound
from taskforce.core.missions.errors import SessionNotFound, WorkspaceTooLarge
from taskforce.core.missions.model import AssistantMessage, Message, ModelReply, ModelRequest, ToolMessage
from taskforce.core.missions.ports import ChatModel, ModelSource, Text
from taskforce.core.missions.profile import ModelSettings
from taskforce.core.missions.routing import ChosenModel, ModelOffer
from taskforce.core.principals import local_principal
from taskforce.infrastructure.missions import workspaces
from taskforce.settings import Settings

ME = local_principal()
WRITES = {"calls": [{"tool": "file_write", "arguments": {"path": "a.txt", "content": "A"}}], "text": "First."}
TWO = {"calls": [{"tool": "list_files"}, {"tool": "file_read", "arguments": {"path": "a.txt"}}]}
DONE = {"text": "Done."}


class Listening(ChatModel):
    """A model, and what it was asked."""

    def __init__(self, model: ChatModel, heard: list[ModelRequest]) -> None:
        self._model = model
        self._heard = heard

    @property
    def name(self) -> str:
        return self._model.name

    async def reply(self, request: ModelRequest, *, on_text: Text) -> ModelReply:
        self._heard.append(request)
        return await self._model.reply(request, on_text=on_text)


class ListeningModels(ModelSource):
    """Models, and what they were asked."""

    def __init__(self, models: ModelSource) -> None:
        self._models = models
        self.heard: list[ModelRequest] = []

    def open(self, name: str, settings: ModelSettings) -> ChatModel:
        return Listening(self._models.open(name, settings), self.heard)

    def is_file(self, name: str) -> bool:
        return name.startswith("script:")

    def pinned(self, name: str, settings: ModelSettings, *, is_trusted: bool) -> str:
        return self._models.pinned(name, settings, is_trusted=is_trusted)

    def window(self, name: str) -> int | None:
        return self._models.window(name)

    async def found(self) -> ChosenModel:
        return await self._models.found()

    def offers(self) -> Sequence[ModelOffer]:
        return self._models.offers()


class Scene:
    """Missions of a home, played by scripts."""

    def __init__(self, container: Container, folder: Path) -> None:
        self.container = container
        self.folder = folder
        models = ListeningModels(container.models())
        container.models.override(providers.Object(models))
        self.heard = models.heard
        self.sessions = container.sessions()

    async def runs(self, mission: str, *turns: object, session_id: str | None = None) -> MissionView:
        script = self.folder / "script.yaml"
        script.write_text(yaml.safe_dump({"turns": list(turns)}))
        request = ExecuteMission(mission=mission, model=f"script:{script}", session_id=session_id)
        return await AgentExecutor(self.container).execute(ME, request)

    async def said(self, session_id: str) -> Sequence[MessageView]:
        return (await self.sessions.messages(ME, ListMessages(session_id=session_id, limit=100))).items

    async def fork(self, session_id: str, message: MessageView | None = None) -> str:
        place = None if message is None else MessagePlace(job_id=message.job_id, number=message.number)
        return (await self.sessions.fork(ME, ForkSession(session_id=session_id, message=place))).session_id


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    container = open_container(Settings(home=tmp_path / "home", log_level="error"))
    yield Scene(container, tmp_path)
    close_container(container)


def spelled(messages: Sequence[Message]) -> list[tuple[str, str]]:
    """Who said what; calls by their tools."""
    return [
        (message.role, " ".join(call.tool for call in message.calls) or message.text)
        if isinstance(message, AssistantMessage)
        else (message.role, message.content if isinstance(message, ToolMessage) else message.text)
        for message in messages
    ]


FIRST = [("user", "one"), ("assistant", "file_write"), ("tool", "written")]
BOTH = [*FIRST, ("assistant", "Done."), ("user", "two")]


@pytest.mark.parametrize(
    ("number", "known"),
    [
        (0, [("user", "one")]),
        (1, [("user", "one"), ("assistant", "First.")]),
        (2, [("user", "one"), ("assistant", "First.")]),
        (3, FIRST),
        (4, [*FIRST, ("assistant", "Done.")]),
        (7, BOTH),
        (8, [*BOTH, ("assistant", "list_files"), ("tool", "a.txt")]),
        (9, [*BOTH, ("assistant", "list_files file_read"), ("tool", "a.txt"), ("tool", "A")]),
    ],
)
async def test_a_mission_in_a_fork_is_shown_what_was_said_up_to_the_message(
    scene: Scene, number: int, known: list[tuple[str, str]]
) -> None:
    first = await scene.runs("one", WRITES, DONE)
    await scene.runs("two", TWO, DONE, session_id=first.session_id)
    said = await scene.said(first.session_id)
    fork = await scene.fork(first.session_id, said[number])
    assert await scene.said(fork) == said[: number + 1]
    scene.heard.clear()
    await scene.runs("go on", DONE, session_id=fork)
    (request,) = scene.heard
    history = request.messages[: request.begin]
    shown = spelled(history)
    assert [who for who, _ in shown] == [who for who, _ in known]
    assert [text for who, text in shown if who != "tool"] == [text for who, text in known if who != "tool"]
    calls = [call.id for one in history if isinstance(one, AssistantMessage) for call in one.calls]
    results = [one.call_id for one in history if isinstance(one, ToolMessage)]
    assert calls == results
    assert len({*calls}) == len(calls)
    assert spelled(request.messages[request.begin :]) == [("user", "go on")]


async def test_a_fork_remembers_its_own_missions_after_what_it_began_with(scene: Scene) -> None:
    first = await scene.runs("one", DONE)
    fork = await scene.fork(first.session_id)
    await scene.runs("two", DONE, session_id=fork)
    await scene.runs("elsewhere", DONE, session_id=first.session_id)
    scene.heard.clear()
    await scene.runs("three", DONE, session_id=fork)
    said = [text for who, text in spelled(scene.heard[0].messages) if who == "user"]
    assert said == ["one", "two", "three"]
    again = await scene.fork(fork)
    assert [view.text for view in await scene.said(again) if view.role == "user"] == ["one", "two", "three"]


LONG = {"calls": [{"tool": "shell", "arguments": {"command": "seq 1 5000"}}], "text": "Count."}


def fetch(handle: str, offset: int) -> dict[str, object]:
    arguments = {"handle": handle, "offset": offset, "limit": 9}
    return {"calls": [{"tool": "fetch_result", "arguments": arguments}]}


def results_in(request: ModelRequest) -> list[ToolMessage]:
    return [one for one in request.messages[request.begin :] if isinstance(one, ToolMessage)]


async def test_results_of_before_a_fork_are_read_by_its_handles_as_long_as_they_are_there(
    scene: Scene,
) -> None:
    first = await scene.runs("one", TWO, LONG, DONE)
    fork = await scene.fork(await scene.fork(first.session_id))
    scene.heard.clear()
    look = {"calls": [{"tool": "list_files"}]}
    reads = (fetch("past_3", 8_888), fetch("past_2", 0), look, fetch("turn/3/call/1", 0))
    await scene.runs("go on", *reads, DONE, session_id=fork)
    view = "".join(text for _, text in spelled(scene.heard[0].messages))
    assert "read on with fetch_result handle=past_3 offset=5000" in view
    long, short, own, again = results_in(scene.heard[-1])
    assert long.content == "2000\n2001"
    assert short.content == "There is "
    assert again.content == own.content[:9]
    await scene.sessions.delete(ME, DeleteSession(session_id=first.session_id))
    scene.heard.clear()
    await scene.runs("go on", fetch("past_3", 8_888), fetch("past_2", 0), DONE, session_id=fork)
    gone, kept = results_in(scene.heard[-1])
    assert (gone.failed, kept.content) == (True, short.content)
    assert gone.content.startswith("The result past_3 cannot be read any more: There is no artifact")


async def test_a_fork_has_a_copy_of_the_folder(scene: Scene) -> None:
    first = await scene.runs("one", WRITES, DONE)
    source = Path(scene.folder, "home", "workspaces", first.session_id)
    (source / "folder").mkdir()
    (source / "folder" / "link").symlink_to("/etc/passwd")
    os.mkfifo(source / "pipe")
    fork = await scene.fork(first.session_id)
    copy = source.parent / fork
    assert (copy / "a.txt").read_text() == "A"
    assert (copy / "folder" / "link").readlink() == Path("/etc/passwd")
    assert not (copy / "pipe").exists()
    (copy / "a.txt").write_text("B")
    assert (source / "a.txt").read_text() == "A"
    await scene.sessions.delete(ME, DeleteSession(session_id=first.session_id))
    assert (copy / "a.txt").read_text() == "B"
    assert [view.text for view in await scene.said(fork)][:1] == ["one"]


def make_large(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(workspaces.MOST_BYTES + 1)


def folders_in(path: Path) -> list[str]:
    return [folder.name for folder in path.iterdir()]


async def test_a_folder_that_is_too_large_is_not_copied(scene: Scene) -> None:
    first = await scene.runs("one", DONE)
    home = Path(scene.folder, "home", "workspaces")
    make_large(home / first.session_id / "large")
    with pytest.raises(WorkspaceTooLarge):
        await scene.fork(first.session_id)
    assert folders_in(home) == [first.session_id]


class Broken(Exception):
    """The process dies here."""


class BreaksOnce:
    """Something whose method dies at its first call: before it does anything, or after."""

    def __init__(self, of: object, method: str, *, after: bool) -> None:
        self._of = of
        self._method = method
        self._after = after
        self._is_due = True

    def __getattr__(self, name: str) -> object:
        found = getattr(self._of, name)
        if name != self._method or not self._is_due:
            return found

        async def breaking(*args: object, **named: object) -> None:
            self._is_due = False
            if self._after:
                await found(*args, **named)
            raise Broken

        return breaking


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize(
    "place",
    [
        ("session_store", "condemn"),
        ("artifacts", "clear"),
        ("workspaces", "remove"),
        ("session_store", "remove"),
    ],
)
async def test_a_removal_that_broke_off_is_finished_by_asking_again(
    tmp_path: Path, place: tuple[str, str], after: bool
) -> None:
    container = open_container(Settings(home=tmp_path / "home", log_level="error"))
    scene = Scene(container, tmp_path)
    mission = await scene.runs("one", WRITES, DONE)
    close_container(container)
    broken = open_container(Settings(home=tmp_path / "home", log_level="error"))
    part = getattr(broken, place[0])
    part.override(providers.Object(BreaksOnce(part(), place[1], after=after)))
    asked = DeleteSession(session_id=mission.session_id)
    with pytest.raises(Broken):
        await broken.sessions().delete(ME, asked)
    close_container(broken)
    later = open_container(Settings(home=tmp_path / "home", log_level="error"))
    is_whole = place == ("session_store", "condemn") and not after
    is_gone = place == ("session_store", "remove") and after
    if is_whole:
        assert (await later.sessions().messages(ME, ListMessages(session_id=mission.session_id))).total
    if is_gone:
        with pytest.raises(SessionNotFound):
            await later.sessions().delete(ME, asked)
    else:
        await later.sessions().delete(ME, asked)
    with pytest.raises(NotFound):
        await later.jobs().get(ME, GetJob(job_id=mission.job_id))
    left = [
        path for name in ("artifacts", "workspaces") for path in (tmp_path / "home" / name).rglob("*/*/*")
    ]
    assert left == []
    close_container(later)
