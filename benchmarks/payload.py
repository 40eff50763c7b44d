"""What every contender is given: the same step output, the same conversation, the same names."""

from typing import Any

JOBS = 16
STEPS = 100
TURN_TOOL = "lookup"
TURN_ARGUMENTS = {"key": "orders"}
TURN_QUESTION = "How many orders are there?"
TURN_FOUND = "There are 4,711 orders, of which 12 are late. " * 3
TURN_ANSWER = "There are 4,711 orders; 12 of them are late."


def step_output(number: int) -> dict[str, Any]:
    """Return a step's output: about 300 bytes of JSON."""
    return {
        "number": number,
        "status": "done",
        "file": f"src/package/module_{number}.py",
        "summary": "Read the file, found nothing that needs a change. " * 3,
        "tags": ["checked", "clean", "python"],
        "lines": {"read": 211, "changed": 0},
    }
