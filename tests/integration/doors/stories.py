"""The stories that are told through every door: what is asked, what happens meanwhile, how it ends."""

from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

SCRIPTS = Path(__file__).with_name("scripts")
UNDER_WAY = "under_way"
"""The file that a tool writes when it runs and waits to be disturbed."""
FILES = {"notes.txt": "first\nsecond\nthird\n", "data.csv": "name,count\na,1\nb,2\n"}


class Disturbance(StrEnum):
    """What happens while a mission runs."""

    NONE = "none"
    CANCEL = "cancel"
    CRASH = "crash"


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """A scripted mission and its end."""

    name: str
    status: str = "completed"
    code: str | None = None
    """The error's code, when it fails."""
    disturbance: Disturbance = Disturbance.NONE
    answer: str | None = None
    """What is answered when it asks."""
    limits: dict[str, int] = field(default_factory=dict)

    @property
    def model(self) -> str:
        return f"script:{SCRIPTS / self.name}.yaml"

    @property
    def mission(self) -> str:
        return f'Play {self.name}: größer, 雪, "quoted".'

    def workspace_in(self, folder: Path) -> Path:
        """Make the folder that it works in."""
        work = folder / self.name
        work.mkdir(parents=True)
        for name, content in FILES.items():
            (work / name).write_text(content)
        return work


STORIES = (
    Story(name="success"),
    Story(name="several_tools"),
    Story(name="tool_error"),
    Story(name="invalid_arguments"),
    Story(name="budget_spent", status="failed", code="max_steps_reached", limits={"steps": 2}),
    Story(name="cancelled", status="failed", code="cancelled", disturbance=Disturbance.CANCEL),
    Story(name="asks", answer="green, 雪"),
    Story(name="crashed", disturbance=Disturbance.CRASH),
    Story(name="needs_model", status="failed", code="needs_model"),
    Story(name="script_broken", status="failed", code="script_broken"),
    Story(name="goes_round", status="failed", code="loop_detected"),
    Story(name="model_failed"),
)
