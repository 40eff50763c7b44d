"""The models by name."""

from collections.abc import Callable, Mapping
from pathlib import Path

from taskforce.core.missions.errors import ModelNotFound
from taskforce.core.missions.ports import ChatModel, ModelSource
from taskforce.infrastructure.missions.planner import LocalPlanner
from taskforce.infrastructure.missions.replay import ReplayModel
from taskforce.infrastructure.missions.script import ScriptModel

PLANNER = "local:planner"
FILES: Mapping[str, Callable[[Path], ChatModel]] = {"script": ScriptModel, "replay": ReplayModel}
KNOWN = {
    PLANNER: "Plays plain missions by rules, offline, without a language model; says so when it cannot.",
    "script:FILE": "Says what a YAML or Python file says, turn by turn; for tests and examples.",
    "replay:FILE": "Answers from a cassette of recorded requests and replies.",
}


class KnownModels(ModelSource):
    """The models that need no network: the planner, scripts and cassettes."""

    def open(self, name: str) -> ChatModel:
        if name == PLANNER:
            return LocalPlanner()
        kind, _, file = name.partition(":")
        if kind not in FILES or not file:
            raise ModelNotFound(name, f"Known are: {', '.join(KNOWN)}.")
        return FILES[kind](Path(file))

    def pinned(self, name: str) -> str:
        self.open(name)
        kind, _, rest = name.partition(":")
        if kind not in FILES:
            return name
        file = Path(rest).absolute()
        if not file.is_file():
            raise ModelNotFound(name, f"There is no file {rest}.")
        return f"{kind}:{file}"

    def names(self) -> Mapping[str, str]:
        return KNOWN
