"""What the log of a scan tells."""

from collections import Counter

from taskforce.core.documents import JsonObject
from taskforce.core.jobs.events import Delta, Event
from taskforce.core.marketplace.task import ScanResult

FOUND = "artifacts_found"
PROGRESS = "scan_progress"


def reading(percent: float, doing: str) -> Delta:
    """Return how far a scan is, for whoever watches."""
    return Delta(type=PROGRESS, text=doing, details={"percent": round(percent, 1)})


def found_artifacts(result: ScanResult) -> Event:
    """Return what a scan has found, and how much of the repository it left out."""
    counts = Counter(one.type for one in result.artifacts)
    told = ", ".join(f"{number} {type_}" for type_, number in sorted(counts.items())) or "nothing"
    details: JsonObject = {
        "commit_sha": result.commit_sha,
        "is_known": result.is_known,
        "counts": {type_.value: number for type_, number in sorted(counts.items())},
        "left_out": len(result.left_out),
    }
    message = f"Commit {result.commit_sha[:12]} is known already" if result.is_known else f"Found {told}"
    return Event(type=FOUND, message=message, details=details)
