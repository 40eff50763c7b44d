"""`make bench`: measures, prints, and writes docs/benchmarks.md.

ONLY names one benchmark and leaves the page as it is; ROUNDS says how often; DATE stands on the page.
"""

import os
import shutil
import sys
import time
from pathlib import Path

from benchmarks import environment
from benchmarks.environment import Bench
from benchmarks.measure import ROOT, say
from benchmarks.page import Section, written
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
    only = os.environ.get("ONLY")
    if only and only not in SCENES:
        sys.exit(f"There is no benchmark {only!r}. There are: {', '.join(SCENES)}.")
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
        for name in [only] if only else SCENES:
            sections.append(_section(name, bench))
            print(sections[-1].as_text(), flush=True)
        if not only:
            PAGE.write_text(written(sections, date=os.environ.get("DATE", ""), bench=bench))
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
