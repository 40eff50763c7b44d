"""A source of very many artifacts is listed: CPU time a page, however it is filtered and sorted."""

import asyncio
import time
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from statistics import median

from benchmarks.child import tell, told
from taskforce.application.factory import Container, close_container, open_container
from taskforce.application.marketplace.schemas import CreateSource, ListArtifacts
from taskforce.core.identity import JobId
from taskforce.core.marketplace.changes import StoreScan
from taskforce.core.marketplace.comparing import Found
from taskforce.core.marketplace.model import ArtifactType, Detected, Signal, SourceId
from taskforce.core.principals import local_principal
from taskforce.infrastructure.marketplace.sql import APPLIERS
from taskforce.settings import Settings

TIMES = 5
PART = 0.27
"""Of all artifacts, those before a page that is far behind."""
ME = local_principal()
BREAKDOWN = tuple(
    Signal(name=name, points=points)
    for name, points in (
        ("directory_name", 10.0),
        ("manifest", 20.0),
        ("skill_manifest", 40.0),
        ("depth", -2.0),
    )
)
PAGES: Sequence[Mapping[str, object]] = [
    {},
    {"offset": True},
    {"sort": "by_date"},
    {"sort": "by_type", "order": "desc"},
    {"type": ["skill"]},
    {"type": ["skill", "hook"], "sort": "by_date", "offset": True},
    {"min_confidence": 50, "max_confidence": 60, "sort": "by_date"},
    {"status": ["removed"]},
    {"search": "name-9999"},
    {"search": "s1"},
    {"search": "nothing has this"},
    {
        "search": "p1",
        "type": ["skill"],
        "status": ["new"],
        "min_confidence": 50,
        "sort": "by_type",
        "limit": 100,
    },
]
"""Ways to ask; one with an offset is for a page far behind."""


async def measured(folder: Path, entries: int) -> None:
    """Fill a catalogue, ask for its pages in turns, and tell the medians."""
    container = open_container(Settings(home=folder), foreground=True)
    try:
        source = await _filled(container, entries)
        took = [
            [await _seconds(container, _asked(source, entries, page)) for page in PAGES] for _ in range(TIMES)
        ]
        again = await _scanned(container, source, entries)
    finally:
        close_container(container)
    medians = [median(each) * 1_000 for each in zip(*took, strict=True)]
    tell(ms=medians[0], ms_slowest=max(medians), seconds_again=again)


async def _filled(container: Container, entries: int) -> SourceId:
    request = CreateSource(repo_url="https://example.org/team/tools")
    source = SourceId((await container.marketplace_sources().create(ME, request)).id)
    await _scanned(container, source, entries)
    return source


async def _scanned(container: Container, source: SourceId, entries: int) -> float:
    """Store what a scan found, and return how many seconds that took."""
    change = StoreScan(
        source=source,
        job=JobId("benchmark"),
        by=ME.name,
        at=datetime(2026, 1, 1, tzinfo=UTC),
        commit_sha="c" * 40,
        scanned_as="benchmark",
        found=tuple(islice(_found(), entries)),
    )
    begun = time.process_time()
    await container.database().write(lambda connection: APPLIERS[StoreScan](connection, change))
    return time.process_time() - begun


async def _seconds(container: Container, request: ListArtifacts) -> float:
    begun = time.process_time()
    await container.source_artifacts().list(ME, request)
    return time.process_time() - begun


def _asked(source: SourceId, entries: int, page: Mapping[str, object]) -> ListArtifacts:
    after = {"offset": int(entries * PART)} if page.get("offset") else {}
    return ListArtifacts.model_validate({**page, "source_id": source, **after})


def _found() -> Iterator[Found]:
    """Yield artifacts without end: all types, all confidences, no two of one content."""
    types = tuple(ArtifactType)
    at = 0
    while True:
        artifact = Detected(
            type=types[at % len(types)],
            name=f"name-{at}",
            path=f"plugins/p{at // 20}/skills/s{at}",
            confidence=30 + at * 37 % 71,
            breakdown=BREAKDOWN,
        )
        yield Found(artifact=artifact, digest=f"{at:064x}", files=3, size=4_096)
        at += 1


if __name__ == "__main__":
    asked = told()
    asyncio.run(measured(Path(asked["folder"]), asked["entries"]))
