from taskforce.core.function_tools import tool as tool
from taskforce.core.jobs.events import Event as Event
from taskforce.core.jobs.model import Job as Job
from taskforce.core.jobs.model import Throttle as Throttle
from taskforce.core.jobs.program import JobContext as JobContext
from taskforce.core.jobs.program import Program as Program
from taskforce.core.tools import ToolContext as ToolContext
from taskforce.core.tools import ToolFailed as ToolFailed
from taskforce.core.tools import ToolResult as ToolResult
from taskforce.library import Taskforce as Taskforce
from taskforce.library import run_mission as run_mission

__all__ = [
    "Event",
    "Job",
    "JobContext",
    "Program",
    "Taskforce",
    "Throttle",
    "ToolContext",
    "ToolFailed",
    "ToolResult",
    "__version__",
    "run_mission",
    "tool",
]

__version__: str
