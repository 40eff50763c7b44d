"""Durable turns, ours: `AgentExecutor` with a scripted model, in one process."""

import asyncio
import sqlite3
import time
from collections.abc import Sequence
from pathlib import Path

from dependency_injector import providers

from benchmarks.child import tell, told
from benchmarks.conversation import EARLY, LAST, LATE, WARM_UP, LongSession, size_of
from benchmarks.ours.lookup import PROFILE, LookupOnly, write_profile, write_script
from benchmarks.ours.stage import opened
from benchmarks.payload import TURN_ANSWER, TURN_ARGUMENTS, TURN_QUESTION, TURN_TOOL
from taskforce.application.executor import AgentExecutor
from taskforce.core.missions.model import AssistantMessage, ModelReply, ModelRequest, StopReason, ToolCall
from taskforce.core.missions.ports import ChatModel, ModelSource, Text
from taskforce.core.missions.profile import ModelSettings
from taskforce.core.missions.routing import FROM_NOTHING, ChosenModel, ModelOffer


class InMemory(ChatModel, ModelSource):
    """Says what the script says without reading a file, as the peers' scripted models do."""

    name = "memory"

    def open(self, name: str, settings: ModelSettings) -> ChatModel:
        return self

    def pinned(self, name: str, settings: ModelSettings, *, is_trusted: bool) -> str:
        return name

    def is_file(self, name: str) -> bool:
        return False

    def window(self, name: str) -> int | None:
        return None

    async def found(self) -> ChosenModel:
        return ChosenModel(name=self.name, chosen_by=FROM_NOTHING)

    def offers(self) -> Sequence[ModelOffer]:
        return ()

    async def reply(self, request: ModelRequest, *, on_text: Text) -> ModelReply:
        own = request.messages[request.begin :]
        if not any(isinstance(message, AssistantMessage) for message in own):
            call = ToolCall(id="call-1", tool=TURN_TOOL, arguments=dict(TURN_ARGUMENTS))
            return ModelReply(calls=(call,), stop=StopReason.TOOL_CALLS)
        await on_text(TURN_ANSWER)
        return ModelReply(text=TURN_ANSWER, stop=StopReason.ANSWER)


async def turn(executor: AgentExecutor, session: str | None, model: str) -> str:
    """Play one turn and return its session."""
    view = await executor.execute_mission(TURN_QUESTION, PROFILE, session, model=model)
    if view.message != TURN_ANSWER:
        raise SystemExit(f"the mission came to {view}")
    return view.session_id


async def talk(executor: AgentExecutor, session: str | None, model: str, turns: int) -> str:
    """Play turns of one session, one after the other."""
    for _ in range(turns):
        session = await turn(executor, session, model)
    return session or ""


async def at_once(executor: AgentExecutor, model: str, sessions: int, turns: int) -> None:
    """Play sessions side by side."""
    names = await asyncio.gather(*(talk(executor, None, model, WARM_UP) for _ in range(sessions)))
    begun = time.perf_counter()
    await asyncio.gather(*(talk(executor, name, model, turns) for name in names))
    tell(turns_per_s=sessions * turns / (time.perf_counter() - begun))


async def long(executor: AgentExecutor, model: str, home: Path) -> None:
    """Play one long session."""
    session: str | None = None
    seconds: list[float] = []
    sizes: list[int] = []
    for _ in range(LAST):
        begun = time.perf_counter()
        session = await turn(executor, session, model)
        seconds.append(time.perf_counter() - begun)
        if len(seconds) in {EARLY, LATE}:
            with sqlite3.connect(home / "taskforce.db") as file:
                file.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
            sizes.append(size_of(home))
    found = LongSession(seconds)
    disk = (sizes[1] - sizes[0]) / (LATE - EARLY)
    tell(early_ms=found.early * 1_000, late_ms=found.late * 1_000, growth=found.late / found.early, disk=disk)


def main() -> None:
    """Do what is told."""
    asked = told()
    home = Path(asked["folder"]) / "home"
    write_profile(home)
    model = "memory" if asked["in_memory"] else write_script(home.parent, with_call=True)
    with opened(home, workers=asked["sessions"]) as container:
        container.tools.override(providers.Object(LookupOnly()))
        if asked["in_memory"]:
            container.models.override(providers.Object(InMemory()))
        executor = AgentExecutor(container)
        if asked["case"] == "long":
            asyncio.run(long(executor, model, home))
        else:
            asyncio.run(at_once(executor, model, asked["sessions"], asked["turns"]))


if __name__ == "__main__":
    main()
