"""The graph of no-op steps under `taskforce run pipeline`, as shipped, in a new home."""

import json
import os
import subprocess
import sys
import time
from datetime import datetime
from pathlib import Path

from benchmarks.child import tell, told
from benchmarks.graph import ALL, SIDE_BY_SIDE, write_forge


def main() -> None:
    """Run it once; tell how long the command took, and of that the run."""
    folder = Path(told()["folder"])
    write_forge(folder)
    command = [sys.executable, "-m", "taskforce", "run", "pipeline", ".", "--json", "--no-stream"]
    settings = {"TASKFORCE_HOME": f"{folder}.home", "TASKFORCE_WORKERS": str(SIDE_BY_SIDE)}
    begun = time.perf_counter()
    ended = subprocess.run(command, cwd=folder, env=os.environ | settings, stdout=subprocess.PIPE, check=True)
    whole = time.perf_counter() - begun
    run = json.loads(ended.stdout)
    tasks = [task for phase in run["phases"] for task in phase["tasks"]]
    done = sum(step["status"] == "success" for task in tasks for step in task["steps"])
    if done != ALL:
        raise SystemExit(f"{done} of {ALL} steps succeeded")
    alone = datetime.fromisoformat(run["completed_at"]) - datetime.fromisoformat(run["started_at"])
    tell(seconds=alone.total_seconds(), whole=whole)


if __name__ == "__main__":
    main()
