"""The ids of what pipelines keep beside jobs."""

from typing import NewType

PhaseId = NewType("PhaseId", str)
TaskId = NewType("TaskId", str)
StepId = NewType("StepId", str)
ApprovalId = NewType("ApprovalId", str)
