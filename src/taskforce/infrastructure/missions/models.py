"""The models by name: those that need no network, and those of providers."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from taskforce.core.missions.errors import ModelNotFound, ModelNotReady
from taskforce.core.missions.ports import ChatModel, ModelSource
from taskforce.core.missions.profile import ModelSettings
from taskforce.core.missions.redaction import Redaction
from taskforce.core.missions.routing import FROM_NOTHING, ChosenModel, ModelOffer
from taskforce.infrastructure.missions.planner import NAME as PLANNER
from taskforce.infrastructure.missions.planner import LocalPlanner
from taskforce.infrastructure.missions.providers.chat import ProviderModel
from taskforce.infrastructure.missions.providers.families import COMPATIBLE, FAMILIES, Family
from taskforce.infrastructure.missions.providers.names import ModelName
from taskforce.infrastructure.missions.providers.probe import PORTS, base_url, first_served
from taskforce.infrastructure.missions.providers.windows import window_of
from taskforce.infrastructure.missions.replay import ReplayModel
from taskforce.infrastructure.missions.script import PYTHON, ScriptModel
from taskforce.settings import ModelAccess

FILES = frozenset({"script", "replay"})
OFFLINE = (
    ModelOffer(
        name=PLANNER,
        description="Plays plain missions by rules, offline, without a language model; says when it cannot.",
    ),
    ModelOffer(
        name="script:FILE",
        description="Says what a YAML or Python file says, turn by turn; for tests and examples.",
    ),
    ModelOffer(name="replay:FILE", description="Answers from a cassette of recorded requests and replies."),
)
PYTHON_ADVICE = "Python is code: a profile or TASKFORCE_MODEL may name it. Or write the script in YAML."
SERVER = f"Set {COMPATIBLE.replace('-', '_').upper()}_BASE_URL, or base_url in the profile's model_settings."


class KnownModels(ModelSource):
    """Opens models, and tells which can be asked from here."""

    def __init__(
        self, access: Mapping[str, ModelAccess], *, probe: bool, redaction: Redaction | None = None
    ) -> None:
        self._access = access
        self._redaction = redaction or Redaction()
        self._probe = probe

    def open(self, name: str, settings: ModelSettings) -> ChatModel:
        if name == PLANNER:
            return LocalPlanner()
        kind, _, rest = name.partition(":")
        if kind in FILES and rest:
            return ScriptModel(Path(rest)) if kind == "script" else ReplayModel(Path(rest), self._redaction)
        return ProviderModel(ModelName.read(name), access=self.access_to(name), settings=settings)

    def access_to(self, name: str) -> ModelAccess:
        """Return how a provider's model is reached; a key goes to the address beside it alone.

        Raises ModelNotFound.
        """
        read, family = self._known(name)
        own = self._access[family.provider]
        if read.base_url in {None, own.base_url}:
            return own
        return ModelAccess(variable=own.variable, base_url=read.base_url)

    def pinned(self, name: str, settings: ModelSettings, *, is_trusted: bool) -> str:
        kind, _, rest = name.partition(":")
        if name == PLANNER:
            return name
        if kind in FILES and rest:
            return _pinned_file(name, kind, Path(rest), is_trusted=is_trusted)
        read, family = self._known(name)
        missing = self._missing(family)
        if missing is not None:
            raise ModelNotReady(name, missing)
        return str(read) if family.name != COMPATIBLE else self._placed(read, settings, is_trusted=is_trusted)

    def is_file(self, name: str) -> bool:
        return name.partition(":")[0] in FILES

    def window(self, name: str) -> int | None:
        if name == PLANNER or name.partition(":")[0] in FILES:
            return None
        read, family = self._known(name)
        return None if family.name == COMPATIBLE else window_of(read.model, family.provider)

    async def found(self) -> ChosenModel:
        for family in FAMILIES.values():
            access = self._access[family.provider]
            if access.key and family.name == family.provider != COMPATIBLE and family.is_installed:
                return ChosenModel(name=f"{family.name}:{family.example}", chosen_by=access.variable)
        served = await first_served() if self._probe else None
        if served is not None:
            port, model = served
            name = ModelName(COMPATIBLE, model, base_url(port))
            return ChosenModel(name=str(name), chosen_by=base_url(port))
        return ChosenModel(name=PLANNER, chosen_by=FROM_NOTHING)

    def offers(self) -> Sequence[ModelOffer]:
        families = (
            ModelOffer(
                name=f"{family.name}:MODEL",
                description=f"{family.description} Such as {family.name}:{family.example}.",
                missing=self._missing(family) or self._missing_server(family),
            )
            for family in FAMILIES.values()
        )
        return (*OFFLINE, *families)

    def _known(self, name: str) -> tuple[ModelName, Family]:
        read = ModelName.read(name)
        family = FAMILIES.get(read.family)
        if family is None or not read.model or (read.base_url and family.name != COMPATIBLE):
            known = ", ".join(offer.name for offer in self.offers())
            raise ModelNotFound(name, f"Known are: {known}.")
        return read, family

    def _missing(self, family: Family) -> str | None:
        """Return what to do before a model of the family can be asked, if there is something."""
        if not family.is_installed:
            extra = f"[{family.extra}]" if family.extra else ""
            return f"Install what it needs: pip install 'taskforce{extra}'."
        access = self._access[family.provider]
        if family.name == COMPATIBLE or access.key or access.base_url:
            return None
        return f"Set {access.variable}."

    def _missing_server(self, family: Family) -> str | None:
        is_missing = family.name == COMPATIBLE and self._access[COMPATIBLE].base_url is None
        return SERVER if is_missing else None

    def _placed(self, name: ModelName, settings: ModelSettings, *, is_trusted: bool) -> str:
        """Return the name with its server's address. A request may only name those that are known here."""
        own = self._access[COMPATIBLE].base_url
        place = name.base_url or settings.base_url or own
        if place is None:
            raise ModelNotReady(str(name), SERVER)
        known = {own, settings.base_url, *map(base_url, PORTS)}
        if not is_trusted and place not in known:
            raise ModelNotReady(str(name), f"A request names no server that is not known here. {SERVER}")
        return str(ModelName(name.family, name.model, place.rstrip("/")))


def _pinned_file(name: str, kind: str, file: Path, *, is_trusted: bool) -> str:
    """Return the name with the whole path. A script in Python is run here, so no request may name one."""
    if kind == "script" and file.suffix == PYTHON and not is_trusted:
        raise ModelNotReady(name, PYTHON_ADVICE)
    if not file.absolute().is_file():
        raise ModelNotFound(name, f"There is no file {file}.")
    return f"{kind}:{file.absolute()}"
