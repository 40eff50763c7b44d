"""Clips of the offline renderer, and the film of them: what it costs, what it holds, how many go at once."""

import asyncio
import resource
import tempfile
import time
from pathlib import Path

from benchmarks.bare import film as bare
from benchmarks.child import tell, told
from benchmarks.footage import SIZE, clip_orders
from taskforce.core.videos.model import Transition
from taskforce.core.videos.ports import Cut
from taskforce.infrastructure.processes.computing import Computing
from taskforce.infrastructure.videos import media
from taskforce.infrastructure.videos.workshop import Workshop

CUT = Cut(size=SIZE, transition=Transition.CUT, audio=True, title="", made_by="")


def main() -> None:
    """Do what is told: `join` clips beside a bare loop, `grow` the film, or film `beside` each other."""
    asked = told()
    works = {"join": _joined, "grow": _grown, "beside": _beside}
    with tempfile.TemporaryDirectory() as folder:
        works[asked["work"]](Path(folder), asked["times"])


def _clips(folder: Path, *, seconds: int) -> list[Path]:
    paths = []
    for number, order in enumerate(clip_orders(seconds=seconds)):
        (content,) = media.film(order)
        if not isinstance(content, bytes):
            raise content
        paths.append(folder / f"{number}.mp4")
        paths[-1].write_bytes(content)
    return paths


def _join(clips: list[Path], target: Path) -> None:
    (facts,) = media.join(clips, CUT, target)
    if isinstance(facts, Exception):
        raise facts


def _joined(folder: Path, times: int) -> None:
    """Let ours and the bare loop take turns in one process, the better of each counts."""
    clips = _clips(folder, seconds=3)
    ours, plain = [], []
    for _ in range(times):
        begun = time.process_time()
        _join(clips, folder / "ours.mp4")
        between = time.process_time()
        frames = bare.film(clips, folder / "bare.mp4", SIZE)
        ours.append(frames / (between - begun))
        plain.append(frames / (time.process_time() - between))
    tell(ours=max(ours), bare=max(plain))


def _grown(folder: Path, times: int) -> None:
    """Tell the most that was in memory for so many times the clips."""
    _join(_clips(folder, seconds=2) * times, folder / "film.mp4")
    tell(mib=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


def _beside(_: Path, processes: int) -> None:
    """Film clips in so many processes of the pool."""
    tell(per_s=asyncio.run(_filmed(processes)))


async def _filmed(processes: int) -> float:
    computing = Computing(processes=processes)
    workshop = Workshop(computing)
    orders = clip_orders(seconds=2)[:2]
    await asyncio.gather(*(workshop.done(media.film, orders[0]) for _ in range(processes)))
    begun = time.perf_counter()
    await asyncio.gather(*(workshop.done(media.film, order) for order in orders * 2))
    taken = time.perf_counter() - begun
    computing.close()
    return 2 * len(orders) / taken


if __name__ == "__main__":
    main()
