"""Where the results of a run come from: the content of `manifest.json`."""

from collections.abc import Mapping

from pydantic import BaseModel, ConfigDict

from taskforce.core.scenarios.scenario import ScenarioConfig


class Manifest(BaseModel):
    """All that is needed to have the results of a run again."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    run_id: str
    snapshot_checksum: str
    """SHA-256 in hex of the plant's canonical document."""
    scenario: ScenarioConfig
    seed: int
    version: str
    """Taskforce's."""
    artifacts: Mapping[str, str]
    """SHA-256 in hex by name."""
