"""A mission of twelve steps: six turns of the model, six calls that write into the world outside."""

import json
from collections.abc import Mapping
from pathlib import Path

Part = Mapping[str, object]
"""A call, or a turn."""

ANSWER = "Twelve steps are done."
FILES = ("one.txt", "two.txt")


def shell(command: str) -> Part:
    return {"tool": "shell", "arguments": {"command": command}}


def written_down(ledger: Path, call: str) -> Part:
    """A call that says in the ledger that it was made."""
    return shell(f"echo {call} >> {ledger}; echo {call} of {call}")


def file_write(path: str) -> Part:
    return {"tool": "file_write", "arguments": {"path": path, "content": f"{path}\n"}}


def turn(text: str, *calls: Part) -> Part:
    return {"text": text, "calls": calls, "usage": {"input_tokens": 10, "output_tokens": 2}}


def script_in(folder: Path, *turns: Part) -> Path:
    """Write a script; JSON is YAML."""
    file = folder / "script.yaml"
    file.write_text(json.dumps({"turns": turns}))
    return file


def twelve_steps(folder: Path) -> tuple[Path, Path]:
    """Return the script and the ledger that it writes."""
    ledger = folder / "ledger"
    turns = (
        turn("I begin.", written_down(ledger, "1.1")),
        turn("I write.", file_write(FILES[0])),
        turn("I go on.", written_down(ledger, "3.1")),
        turn("Two at once.", written_down(ledger, "4.1"), written_down(ledger, "4.2")),
        turn("I write again.", file_write(FILES[1])),
        turn(ANSWER),
    )
    return script_in(folder, *turns), ledger


STEPS = (
    *("turn/1/model", "turn/1/call/1/run", "turn/2/model", "turn/2/call/1/run"),
    *("turn/3/model", "turn/3/call/1/run", "turn/4/model", "turn/4/call/1/run", "turn/4/call/2/run"),
    *("turn/5/model", "turn/5/call/1/run", "turn/6/model"),
)
CALLS = {
    "turn/1/call/1/run": "1.1",
    "turn/3/call/1/run": "3.1",
    "turn/4/call/1/run": "4.1",
    "turn/4/call/2/run": "4.2",
}
"""What the ledger says of a step."""
WRITES = {f"turn/{turn}/call/1": name for turn, name in zip((2, 5), FILES, strict=True)}
"""The file that a call writes."""


def _places_of(step: str) -> tuple[str, ...]:
    call = step.removesuffix("/run")
    stored = [f"artifact.stored:{call}/files/{WRITES[call]}"] if call in WRITES else []
    return (f"step.start:{step}", *stored, f"step.done:{step}", f"step.done.recorded:{step}")


PLACES = (*(place for step in STEPS for place in _places_of(step)), "job.ending", "job.ended")
"""Every place that a crash can fall on, in order."""
