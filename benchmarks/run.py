"""`make bench`: measures, prints, and writes docs/benchmarks.md.

ONLY names some benchmarks and leaves the page as it is; with PAGE their parts of it are written anew. ROUNDS
says how often; DATE stands on the page.
"""

import os
import shutil
import sys
import time
from pathlib import Path

from benchmarks import environment
from benchmarks.environment import Bench
from benchmarks.measure import ROOT, say
from benchmarks.page import Section, revised, written
from benchmarks.scenes import (
    access,
    imports,
    marketplace,
    pipelines,
    postgres,
    requests,
    scenarios,
    startup,
    steps,
    streams,
    turns,
    videos,
)

SCENES = {
    "steps": steps,
    "postgres": postgres,
    "pipelines": pipelines,
    "turns": turns,
    "requests": requests,
    "access": access,
    "streams": streams,
    "startup": startup,
    "imports": imports,
    "scenarios": scenarios,
    "marketplace": marketplace,
    "videos": videos,
}
PAGE = ROOT / "docs" / "benchmarks.md"
ROUNDS = 3


def main() -> None:
    """Measure what is asked for."""
    only = [name for name in os.environ.get("ONLY", "").split(",") if name]
    if unknown := [name for name in only if name not in SCENES]:
        sys.exit(f"There is no benchmark {unknown[0]!r}. There are: {', '.join(SCENES)}.")
    date = os.environ.get("DATE", "")
    rounds = max(1, int(os.environ.get("ROUNDS") or ROUNDS))
    files = environment.FOLDER / "files"
    bench = Bench(
        ours=Path(sys.executable),
        peers=environment.installed(environment.PEERS),
        prefect=environment.installed(environment.PREFECT),
        rounds=rounds,
        files=files,
    )
    begun = time.monotonic()
    sections = []
    try:
        for name in only or SCENES:
            sections.append(_section(name, bench))
            print(sections[-1].as_text(), flush=True)
        if not only:
            PAGE.write_text(written(sections, date=date, bench=bench))
        elif os.environ.get("PAGE"):
            order = [scene.TITLE for scene in SCENES.values()]
            PAGE.write_text(revised(PAGE.read_text(), sections, order=order, date=date))
    finally:
        shutil.rmtree(files, ignore_errors=True)
    say(f"Done after {time.monotonic() - begun:.0f} s" + ("" if only else f"; {PAGE.relative_to(ROOT)}"))


def _section(name: str, bench: Bench) -> Section:
    say(f"{name} …")
    begun = time.monotonic()
    scene = SCENES[name]
    rows = scene.measure(bench)
    profiles = {
        row.what: lines
        for row in rows
        if row.is_met is False and row.profile is not None and (lines := row.profile())
    }
    say(f"{name}: {time.monotonic() - begun:.0f} s")
    return Section(title=scene.TITLE, notes=scene.NOTES, rows=rows, profiles=profiles)


if __name__ == "__main__":
    main()
