"""The programs by kind."""

from typing import ClassVar

import pytest

from taskforce.application.jobs.repertoire import KindTaken, Repertoire
from taskforce.core.documents import JsonObject
from taskforce.core.jobs.events import Event
from taskforce.core.jobs.model import Job
from taskforce.core.jobs.program import JobContext, Program


class Sums(Program):
    kind: ClassVar[str] = "sums"

    def opening(self, job: Job) -> Event:
        return Event(type="started", message="")

    async def play(self, job: Job, ctx: JobContext) -> JsonObject:
        return {}


def test_a_kind_is_known_before_its_program_is_made() -> None:
    made: list[Sums] = []

    def make() -> Sums:
        made.append(Sums())
        return made[-1]

    programs = Repertoire({"own": make}, [Sums()])

    assert (set(programs), len(programs), made) == ({"own", "sums"}, 2, [])
    assert programs["own"] is programs["own"] is made[0]
    assert programs.get("other") is None
    assert len(made) == 1


@pytest.mark.parametrize(("own", "guests"), [({"sums": Sums}, [Sums()]), ({}, [Sums(), Sums()])])
def test_a_kind_is_given_once(own: dict[str, type[Sums]], guests: list[Program]) -> None:
    with pytest.raises(KindTaken):
        Repertoire(own, guests)
