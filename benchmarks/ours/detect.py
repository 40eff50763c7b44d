"""The detector on a repository of plugins, code and pages: CPU time for paths, and for four times as many."""

import time
from collections.abc import Iterator, Sequence
from itertools import islice
from statistics import median

from benchmarks.child import tell, told
from taskforce.core.marketplace.detection import detect

TIMES = 7
FOLD = 4
FOUND = 10
"""Of so many paths at least one must be an artifact, else nothing was measured."""


def repository(count: int) -> list[str]:
    """Return the paths of a repository as git sorts them."""
    return sorted(islice(_paths(), count))


def main() -> None:
    """Look at both in turns, and tell the medians of CPU time."""
    few = repository(told()["paths"])
    many = repository(len(few) * FOLD)
    took = [(_seconds(few), _seconds(many)) for _ in range(TIMES)]
    ms_few, ms_many = (median(one) * 1_000 for one in zip(*took, strict=True))
    tell(ms=ms_few, ms_of_fold=ms_many, ratio=ms_many / ms_few)


def _seconds(paths: Sequence[str]) -> float:
    begun = time.process_time()
    found = detect(paths)
    took = time.process_time() - begun
    if len(found) * FOUND < len(paths):
        raise SystemExit(f"Only {len(found)} artifacts were found among {len(paths)} paths.")
    return took


def _paths() -> Iterator[str]:
    """Yield without end: a plugin with twenty of each, then code and pages that are nothing."""
    at = 0
    while True:
        plugin = f"plugins/p{at // 20}"
        if at % 20 == 0:
            yield f"{plugin}/.claude-plugin/plugin.json"
        yield f"{plugin}/skills/s{at}/SKILL.md"
        yield f"{plugin}/skills/s{at}/scripts/run.py"
        yield f"{plugin}/skills/s{at}/references/more.md"
        yield f"{plugin}/commands/c{at}.md"
        yield f"{plugin}/agents/team/a{at}.md"
        yield f"{plugin}/hooks/h{at}.sh"
        yield f"src/part{at // 50}/module{at}.py"
        yield f"tests/part{at // 50}/test_module{at}.py"
        yield f"docs/guide/page{at}.md"
        yield f"deep/a/b/c/d/e/f/g/h/i/j/k/{at}/x.txt"
        at += 1


if __name__ == "__main__":
    main()
