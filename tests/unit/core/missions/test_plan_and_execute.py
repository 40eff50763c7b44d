"""The strategy plan_and_execute as a reducer: what is asked next, and how the items stand then."""

import pytest

from taskforce.core.missions.controls import PLANNER
from taskforce.core.missions.model import ModelReply, StopReason
from taskforce.core.missions.plan import Course, Phase, TodoItem, TodoList, TodoStatus
from taskforce.core.missions.plan_and_execute import PlanAndExecute
from taskforce.core.missions.react import Answer, AskModel, GiveTask, GiveUp, Transcript
from taskforce.core.missions.routing import Role
from taskforce.core.tools import ToolFailed

STRATEGY = PlanAndExecute()


def a_plan(*dependencies: tuple[int, ...]) -> TodoList:
    return TodoList(
        items=tuple(
            TodoItem(position=place, description=f"part {place}", dependencies=needs)
            for place, needs in enumerate(dependencies, start=1)
        )
    )


def asked(text: str = "") -> Transcript:
    """A transcript that ends with a word to the model."""
    return Transcript.of("Do it", []).tasked(text) if text else Transcript.of("Do it", [])


def said(text: str) -> Transcript:
    return asked("an item").said(ModelReply(text=text, stop=StopReason.ANSWER))


def after(course: Course, *words: str) -> tuple[str, Course]:
    """Return the task that comes after the model said these words to one task each, and the course then."""
    text = ""
    for word in words:
        action = STRATEGY.next(said(word), course)
        assert isinstance(action, GiveTask), action
        text, course = action.text, action.course
    return text, course


def working(plan: TodoList) -> Course:
    """The course once the plan is made and its first item given."""
    planning = Course(phase=Phase.PLANNING, plans=1)
    action = STRATEGY.next(asked(), STRATEGY.revised(planning, plan))
    assert isinstance(action, GiveTask)
    return action.course


def stands(course: Course) -> list[str]:
    return [item.status.value for item in course.plan.items]


def test_a_mission_begins_with_a_plan_by_the_planning_role_and_no_other_tool() -> None:
    first = STRATEGY.next(asked(), Course())
    assert isinstance(first, GiveTask)
    assert STRATEGY.next(asked(first.text), first.course) == AskModel(1, Role.PLANNING)
    assert STRATEGY.offered(first.course, [PLANNER, "shell"]) == [PLANNER]


def test_what_needs_no_plan_is_just_answered() -> None:
    assert STRATEGY.next(said("42"), Course(phase=Phase.PLANNING, plans=1)) == Answer("42")


def test_items_come_in_the_order_of_their_dependencies() -> None:
    course = working(a_plan((3,), (1,), ()))
    assert stands(course) == ["pending", "pending", "in_progress"]
    assert STRATEGY.next(asked("an item"), course) == AskModel(1, Role.ACTING)
    text, course = after(course, "done")
    assert stands(course) == ["in_progress", "pending", "completed"]
    assert text.startswith("Do item 1 of the plan")


def test_when_all_is_done_the_answer_is_asked_for() -> None:
    text, course = after(working(a_plan(())), "done")
    assert (text.startswith("The plan stands so"), course.phase) == (True, Phase.CLOSING)
    assert STRATEGY.next(said("All done."), course) == Answer("All done.")


def test_an_item_that_fails_is_tried_again_then_replanned_then_left_out() -> None:
    course = working(a_plan((), (1,), ()))
    text, course = after(course, "FAILED: no file")
    assert (text[:23], course.plan.items[0].attempts) == ("Item 1 failed. Try it o", 2)
    text, course = after(course, "**Failed** again")
    assert (course.phase, stands(course)) == (Phase.PLANNING, ["failed", "pending", "pending"])
    course = working_again(course, a_plan((), (1,), ()))
    _, course = after(course, "FAILED", "FAILED")
    assert stands(course) == ["failed", "pending", "in_progress"]
    _, course = after(course, "done")
    assert (course.phase, stands(course)) == (Phase.CLOSING, ["failed", "skipped", "completed"])
    assert STRATEGY.next(said("Part 3 alone."), course) == GiveUp("plan_failed", "Part 3 alone.")


@pytest.mark.parametrize(
    ("words", "failed"),
    [
        ("FAILED: no file", True),
        ("**FAILED** no file", True),
        ("# Failed: no file", True),
        ("failed.", True),
        ("Failed", True),
        ("Failed tests: none are left.", False),
        ("failed_items.csv is written.", False),
        ("Nothing FAILED.", False),
    ],
)
def test_only_who_begins_with_the_word_says_that_an_item_failed(words: str, *, failed: bool) -> None:
    text, _ = after(working(a_plan(())), words)
    assert text.startswith("Item 1 failed") is failed


def test_who_is_bidden_to_go_on_tries_again_what_failed_and_what_was_left_out() -> None:
    plan = a_plan((), (1,), ()).having([1], status=TodoStatus.FAILED, attempts=2)
    plan = plan.having([2], status=TodoStatus.SKIPPED).having([3], status=TodoStatus.COMPLETED)
    course = STRATEGY.resumed(Course(plan=plan, phase=Phase.CLOSING, plans=2))
    assert stands(course) == ["pending", "pending", "completed"]
    action = STRATEGY.next(asked("Go on."), course)
    assert isinstance(action, GiveTask)
    assert action.text.startswith("Do item 1 of the plan")
    assert stands(action.course) == ["in_progress", "pending", "completed"]


def working_again(course: Course, plan: TodoList) -> Course:
    action = STRATEGY.next(asked("plan"), STRATEGY.revised(course, plan))
    assert isinstance(action, GiveTask)
    return action.course


def test_a_model_that_knows_no_better_plan_goes_on_with_what_can_be_done() -> None:
    _, course = after(working(a_plan((), ())), "FAILED", "FAILED", "There is no other way.")
    assert stands(course) == ["failed", "in_progress"]


def test_how_items_stand_is_not_for_the_model_to_say() -> None:
    done = a_plan((), ()).having([1, 2], status=TodoStatus.COMPLETED, attempts=9)
    assert stands(STRATEGY.revised(Course(phase=Phase.PLANNING, plans=1), done)) == ["pending", "pending"]
    with pytest.raises(ToolFailed, match="The plan stands"):
        STRATEGY.revised(working(a_plan(())), done)


def test_what_is_completed_stays_in_a_new_plan() -> None:
    _, course = after(working(a_plan((), ())), "done", "FAILED", "FAILED")
    with pytest.raises(ToolFailed, match="word for word: 1"):
        STRATEGY.revised(course, TodoList(items=(TodoItem(position=1, description="else"),)))
    assert stands(STRATEGY.revised(course, a_plan((), (), ()))) == ["completed", "pending", "pending"]
