"""The graph of no-op steps, as make runs it."""

import subprocess
import time
from pathlib import Path

from benchmarks.child import tell, told
from benchmarks.graph import SIDE_BY_SIDE, write_makefile


def main() -> None:
    """Run it once."""
    folder = Path(told()["folder"])
    write_makefile(folder)
    begun = time.perf_counter()
    subprocess.run(["make", "--silent", f"-j{SIDE_BY_SIDE}"], cwd=folder, check=True)
    tell(seconds=time.perf_counter() - begun)


if __name__ == "__main__":
    main()
