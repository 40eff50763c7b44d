"""The library's door: run missions in an asyncio program, follow one live, look at what is stored.

Run it anywhere: `python examples/library.py`. It works on a copy of examples/shop in a temporary folder.
"""

import asyncio
import shutil
import tempfile
from pathlib import Path

from taskforce import Taskforce
from taskforce.settings import Settings

SHOP = Path(__file__).parent / "shop"


async def main() -> None:
    """Run two missions, and show what is known of them afterwards."""
    with tempfile.TemporaryDirectory(prefix="taskforce-library-") as folder:
        shop = shutil.copytree(SHOP, Path(folder) / "shop")
        settings = Settings(home=Path(folder) / "home", workspace_roots=(Path(folder),))
        async with Taskforce.open(settings) as tf:
            mission = await tf.execute_mission("Count the rows of orders.csv", workspace=str(shop))
            print(mission.status.value, "-", mission.message)

            print("\nThe next one of the same session, event by event:")
            text = "Sum quantity by region in orders.csv, then write a report to report.md"
            async for event in tf.execute_mission_streaming(text, session_id=mission.session_id):
                if event.number is not None:
                    print(f"{event.number:>3} {event.event_type}")

            session = await tf.sessions.get(session_id=mission.session_id)
            print("\nKept:", [(kept.key.rpartition("/")[2], kept.size) for kept in session.artifacts])
            jobs = await tf.jobs.list(kind="mission")
            print("Jobs:", [job.status.value for job in jobs.items])


if __name__ == "__main__":
    asyncio.run(main())
