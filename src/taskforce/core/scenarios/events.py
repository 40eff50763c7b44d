"""What the logs of scenarios tell."""

from taskforce.core.documents import JsonObject
from taskforce.core.jobs.events import OPENING, Delta, Event
from taskforce.core.scenarios.model import RunFacts

PROGRESS = "progress"
"""A live hint: how many percent are done."""


def run_started(facts: RunFacts) -> Event:
    """Return the first event of a run."""
    scenario = facts.scenario
    details: JsonObject = {"snapshot_id": facts.snapshot, "seed": scenario.seed, "name": scenario.name}
    message = f"{scenario.dispatch_rule}, {scenario.release_policy}"
    return Event(type=OPENING, message=message, details=details)


def experiment_started(runs: int) -> Event:
    """Return the first event of an experiment."""
    return Event(type=OPENING, message=f"{runs} runs", details={"runs": runs})


def debrief_started(run: str) -> Event:
    """Return the first event of a debrief."""
    return Event(type=OPENING, message=run, details={"run_id": run})


def progress(percent: float) -> Delta:
    """Return how far a simulation is."""
    return Delta(type=PROGRESS, text=f"{percent:.1f}", details={"percent": round(percent, 1)})
