"""The strategy plan_and_execute: a plan first, then its items one by one, in order of their dependencies.

An item that fails is tried once more, then the plan is revised once; what still cannot be done is left out,
and the mission ends as failed with what it has.
"""

import re
from collections.abc import Sequence
from dataclasses import replace

from taskforce.core.missions.controls import PLANNER
from taskforce.core.missions.plan import Course, Phase, TodoItem, TodoList, TodoStatus
from taskforce.core.missions.react import Action, Answer, AskModel, GiveTask, GiveUp, Transcript, next_action
from taskforce.core.missions.routing import Role
from taskforce.core.missions.strategy import Strategy
from taskforce.core.tools import ToolFailed

FAILED = "FAILED"
_SAYS_FAILED = re.compile(rf"[\W_]*(?:{FAILED}\b|(?i:{FAILED})\W*(?:[^\w\s]|$))")
"""The word as it is asked for, or with a mark behind it; "Failed tests now pass" says no such thing."""
MOST_ATTEMPTS = 2
MOST_PLANS = 2

MAKE_PLAN = (
    "First make a plan of this mission with the planner tool, and do nothing else: items that one can do and "
    "check, with acceptance_criteria, and dependencies where one needs another. You are then given one item "
    "after the other. If there is nothing to plan, just answer."
)
HOW_TO_END = f"Then say what came of it. If it cannot be done, begin with {FAILED} and say why."
DO_ITEM = "Do item {position} of the plan now, and no other: {description}\n{criteria}" + HOW_TO_END
TRY_AGAIN = "Item {position} failed. Try it once more, in another way: {description}\n{criteria}" + HOW_TO_END
REVISE_PLAN = (
    "Item {position} failed again. The plan stands so:\n{plan}\nGive a plan with the planner tool by which "
    "the mission can still be done. Completed items stay in it as they are. If there is none, say why."
)
CLOSE = "The plan stands so:\n{plan}\nNow answer the mission with what came of it, and say what was not done."


class PlanAndExecute(Strategy):
    """The model plans, then does one item at a time; how the items stand is decided here."""

    def next(self, transcript: Transcript, course: Course) -> Action:
        action = next_action(transcript)
        match action:
            case Answer(text):
                return _spoken(text, course)
            case AskModel(turn):
                return _silent(turn, course)
        return action

    def offered(self, course: Course, tools: Sequence[str]) -> Sequence[str]:
        if course.phase is Phase.PLANNING:
            return [name for name in tools if name == PLANNER]
        return [name for name in tools if name != PLANNER]

    def resumed(self, course: Course) -> Course:
        """Give what failed another chance, and what was left out for it."""
        undone = (TodoStatus.FAILED, TodoStatus.SKIPPED)
        again = [item.position for status in undone for item in course.plan.with_status(status)]
        if not again:
            return course
        plan = course.plan.having(again, status=TodoStatus.PENDING, attempts=0)
        return replace(course, plan=plan, phase=Phase.WORKING, plans=1)

    def revised(self, course: Course, plan: TodoList) -> Course:
        if course.phase is not Phase.PLANNING:
            raise ToolFailed("The plan stands. Do the item that you were given, and say what came of it.")
        done = {item.position: item for item in course.plan.with_status(TodoStatus.COMPLETED)}
        new = {item.position: item.description for item in plan.items}
        changed = [place for place, item in done.items() if new.get(place) != item.description]
        if changed:
            places = ", ".join(map(str, changed))
            raise ToolFailed(f"Items that are completed stay in the plan, word for word: {places}.")
        fresh = [item.position for item in plan.items]
        items = plan.having(fresh, status=TodoStatus.PENDING, attempts=0).items
        kept = TodoList(items=tuple(done.get(item.position, item) for item in items))
        return replace(course, plan=kept, phase=Phase.WORKING)


def _silent(turn: int, course: Course) -> Action:
    """Return what to do when the model has said nothing that is to be judged."""
    match course.phase:
        case Phase.BEGUN:
            return GiveTask(MAKE_PLAN, replace(course, phase=Phase.PLANNING, plans=course.plans + 1))
        case Phase.PLANNING:
            return AskModel(turn, Role.PLANNING)
        case Phase.WORKING if course.plan.current is None:
            return _go_on(course)
    return AskModel(turn)


def _spoken(text: str, course: Course) -> Action:
    """Return what to do about words of the model's that call no tool."""
    item = course.plan.current
    match course.phase:
        case Phase.PLANNING if course.plan.items:
            return _go_on(replace(course, phase=Phase.WORKING))
        case Phase.WORKING if item is not None:
            return (
                _failed(item, course)
                if _SAYS_FAILED.match(text)
                else _go_on(_with(course, item, TodoStatus.COMPLETED))
            )
        case Phase.CLOSING if len(course.plan.with_status(TodoStatus.COMPLETED)) < len(course.plan.items):
            return GiveUp("plan_failed", text)
    return Answer(text)


def _failed(item: TodoItem, course: Course) -> Action:
    if item.attempts < MOST_ATTEMPTS:
        plan = course.plan.having([item.position], attempts=item.attempts + 1)
        return GiveTask(_words(TRY_AGAIN, item), replace(course, plan=plan))
    left = _with(course, item, TodoStatus.FAILED)
    if course.plans == MOST_PLANS:
        return _go_on(left)
    words = REVISE_PLAN.format(position=item.position, plan=left.plan.as_text())
    return GiveTask(words, replace(left, phase=Phase.PLANNING, plans=course.plans + 1))


def _go_on(course: Course) -> Action:
    """Return the task of the next item, or that of the answer when there is none."""
    item = course.plan.due
    if item is not None:
        started = course.plan.having([item.position], status=TodoStatus.IN_PROGRESS, attempts=1)
        return GiveTask(_words(DO_ITEM, item), replace(course, plan=started))
    never = [item.position for item in course.plan.with_status(TodoStatus.PENDING)]
    plan = course.plan.having(never, status=TodoStatus.SKIPPED)
    return GiveTask(CLOSE.format(plan=plan.as_text()), replace(course, plan=plan, phase=Phase.CLOSING))


def _with(course: Course, item: TodoItem, status: TodoStatus) -> Course:
    return replace(course, plan=course.plan.having([item.position], status=status))


def _words(form: str, item: TodoItem) -> str:
    criteria = f"It is done when: {item.acceptance_criteria}\n" if item.acceptance_criteria else ""
    return form.format(position=item.position, description=item.description, criteria=criteria)
