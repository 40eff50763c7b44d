from taskforce.core.jobs.program import JobContext as JobContext
from taskforce.core.jobs.program import Program as Program
from taskforce.library import Taskforce as Taskforce
from taskforce.library import run_mission as run_mission

__all__ = ["JobContext", "Program", "Taskforce", "__version__", "run_mission"]

__version__: str
