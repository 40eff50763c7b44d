"""The waits of a step's tries: the pause before the next one, and the question what became of the last."""

from taskforce.core.jobs.signals import Wait

_PAUSE = "@retry/"
_QUESTION = "@outcome/"


def pause_key(step: str, failed: int) -> str:
    """Return the key of the pause after so many failed tries."""
    return f"{step}{_PAUSE}{failed}"


def question_key(step: str, attempts: int) -> str:
    """Return the key of the question what became of a try."""
    return f"{step}{_QUESTION}{attempts}"


def is_of_a_try(wait: Wait) -> bool:
    """Tell whether it is one of these: a job that continues another counts its tries anew."""
    return _PAUSE in wait.key or _QUESTION in wait.key
