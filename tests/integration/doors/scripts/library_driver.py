"""A user's program: runs the mission that its argument tells, as JSON, and prints what it came to."""

import asyncio
import json
import sys

from taskforce import Taskforce
from taskforce.core.jobs.budget import Limits


async def main() -> None:
    """Run it on the settings of the environment."""
    asked = json.loads(sys.argv[1])
    limits = asked.pop("limits", None)
    async with Taskforce.open() as tf:
        found = await tf.execute_mission(**asked, limits=Limits(**limits) if limits else None)
    sys.stdout.write(found.model_dump_json())


if __name__ == "__main__":
    asyncio.run(main())
