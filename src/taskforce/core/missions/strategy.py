"""Strategies: pure reducers that say what a mission does next."""

from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import replace
from typing import Protocol

from taskforce.core.missions.plan import Course, TodoList
from taskforce.core.missions.react import Action, Transcript, next_action


class Strategy(Protocol):
    """Decides by what was said and heard, and by the course that it keeps; it remembers nothing else."""

    @abstractmethod
    def next(self, transcript: Transcript, course: Course) -> Action:
        """Return what to do next."""

    @abstractmethod
    def offered(self, course: Course, tools: Sequence[str]) -> Sequence[str]:
        """Return those of the mission's tools that the model may call now."""

    def resumed(self, course: Course) -> Course:
        """Return the course of a mission that gave up and is bidden to go on."""
        return course

    @abstractmethod
    def revised(self, course: Course, plan: TodoList) -> Course:
        """Return the course with the plan that the model made. Raises ToolFailed with what would be right."""


class React(Strategy):
    """The model says step by step what comes next, and keeps the plan itself if it wants one."""

    def next(self, transcript: Transcript, course: Course) -> Action:
        return next_action(transcript)

    def offered(self, course: Course, tools: Sequence[str]) -> Sequence[str]:
        return tools

    def revised(self, course: Course, plan: TodoList) -> Course:
        return replace(course, plan=plan)
