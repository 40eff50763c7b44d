"""Taskforce runs long work that must not be lost.

What is named here is loaded when it is first asked for, so that `import taskforce` costs next to nothing;
`__init__.pyi` tells the type checker the same names.
"""

from importlib import import_module

__version__ = "0.1.0"

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

_HOMES = {
    "Event": "taskforce.core.jobs.events",
    "Job": "taskforce.core.jobs.model",
    "JobContext": "taskforce.core.jobs.program",
    "Program": "taskforce.core.jobs.program",
    "Taskforce": "taskforce.library",
    "Throttle": "taskforce.core.jobs.model",
    "ToolContext": "taskforce.core.tools",
    "ToolFailed": "taskforce.core.tools",
    "ToolResult": "taskforce.core.tools",
    "run_mission": "taskforce.library",
    "tool": "taskforce.core.function_tools",
}


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    globals()[name] = found = getattr(import_module(_HOMES[name]), name)
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
