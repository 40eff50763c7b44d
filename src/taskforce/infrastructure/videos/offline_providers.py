"""The providers that are always there: they draw by program, ask nobody, and cost nothing."""

from taskforce.core.videos.errors import ProviderNotReady
from taskforce.core.videos.model import OFFLINE, ModelChoice, Role
from taskforce.core.videos.ports import (
    ClipRenderer,
    FrameRenderer,
    PriceList,
    ScriptWriter,
    VideoProviders,
)
from taskforce.core.videos.prices import Prices
from taskforce.infrastructure.videos.drawn_media import DrawnClips, DrawnFrames
from taskforce.infrastructure.videos.offline.script_writer import RuleScriptWriter
from taskforce.infrastructure.videos.workshop import Workshop


class OfflineProviders(VideoProviders, PriceList):
    def __init__(self, workshop: Workshop) -> None:
        self._workshop = workshop

    def names(self, role: Role) -> tuple[str, ...]:
        return (OFFLINE,)

    def script_writer(self, name: str) -> ScriptWriter:
        _check(name)
        return RuleScriptWriter()

    def frame_renderer(self, name: str) -> FrameRenderer:
        _check(name)
        return DrawnFrames(self._workshop)

    def clip_renderer(self, name: str) -> ClipRenderer:
        _check(name)
        return DrawnClips(self._workshop)

    def prices(self, models: ModelChoice) -> Prices:
        return Prices()


def _check(name: str) -> None:
    if name != OFFLINE:
        raise ProviderNotReady(name, f"Choose {OFFLINE}.")
