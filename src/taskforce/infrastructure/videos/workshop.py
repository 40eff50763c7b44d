"""The processes that draw and encode, and what happens when one of them dies."""

from collections.abc import AsyncIterator, Callable, Iterator
from typing import ParamSpec, TypeVar

from taskforce.core.errors import TaskforceError
from taskforce.core.videos.errors import ComputationLost
from taskforce.infrastructure.processes.computing import Computing, ComputingLost
from taskforce.infrastructure.videos.media import Answer

T = TypeVar("T")
P = ParamSpec("P")

MOST_DEATHS = 3
"""So often processes may die over one piece of work: one is an accident, three are too little memory."""


class Workshop:
    """Has work done in a process of the pool; when one dies, another one begins again."""

    def __init__(self, computing: Computing) -> None:
        self._computing = computing

    async def done(self, work: Callable[P, Iterator[Answer[T]]], *args: P.args, **words: P.kwargs) -> T:
        """Return the one answer of the work. Raises what it tells, ComputationLost, ComputingBroke."""
        deaths = 0
        while True:
            try:
                async with self._computing.run(work, *args, **words) as answers:
                    answer = await _only(answers)
            except ComputingLost as lost:
                deaths += 1
                if deaths == MOST_DEATHS:
                    raise ComputationLost(deaths) from lost
            else:
                if isinstance(answer, TaskforceError):
                    raise answer
                return answer


async def _only(answers: AsyncIterator[T]) -> T:
    """Return the one answer, once the work is over: the process is free again then."""
    (answer,) = [answer async for answer in answers]
    return answer
