"""What a job asks a person, or one that it has started: found by whoever looks at the job or watches it."""

import asyncio
from collections.abc import AsyncIterator

from taskforce.application.jobs.log_page import LogPage
from taskforce.application.jobs.poller import LogPoller
from taskforce.application.jobs.questions import Asked, Question, Questions
from taskforce.application.jobs.watch import LogFollower
from taskforce.core.documents import JsonObject
from taskforce.core.identity import JobId, wait_id
from taskforce.core.jobs.events import Event, Relayed
from taskforce.core.jobs.model import Job
from taskforce.core.jobs.program import JobContext
from taskforce.core.jobs.signals import ANSWER
from taskforce.infrastructure.feeds.in_process import InProcessFeed
from tests.stage import Stage

SOON = 5.0


async def parent(_: Job, ctx: JobContext) -> JsonObject:
    both = {"asks": lambda: ctx.child("asks", "asks", {}), "works": lambda: ctx.child("works", "works", {})}
    return {"said": [*(await ctx.gather(both)).values()]}


async def asks(job: Job, ctx: JobContext) -> JsonObject:
    details: JsonObject = {"wait_id": wait_id(job.id, "answer")}
    await ctx.emit("answer", Event(type="ask_user", message="Red or blue?", details=details))
    return {"answer": (await ctx.wait_for("answer", ANSWER)).payload["text"]}


async def works(_: Job, _ctx: JobContext) -> JsonObject:
    return {}


class Family(Stage):
    """A job that has started one that asks and one that works."""

    def __init__(self) -> None:
        super().__init__(parent, asks=asks, works=works)
        self.questions = Questions(self.store)
        self.follower = LogFollower(store=self.store, feed=self.feed)

    async def begin(self) -> JobId:
        """Play the parent and the one that asks."""
        job_id = await self.submit()
        await self.play_one()
        await self.play_one()
        return job_id

    async def asking(self, job_id: JobId) -> JobId:
        below = await self.store.below(job_id)
        return next(job.id for job in below if job.kind == "asks")


async def test_a_job_pauses_when_one_below_it_asks_and_none_goes_on() -> None:
    family = Family()
    job_id = await family.begin()
    asking = await family.asking(job_id)
    (wait,) = await family.store.waits(asking)
    question = Question(job_id=asking, wait=wait)
    assert await family.questions.of(job_id) == Asked(questions=(question,))
    await family.settle()
    assert await family.questions.of(job_id) == Asked(questions=(question,), is_paused=True)
    told = await family.questions.event(question)
    assert told is not None
    assert told.event.message == "Red or blue?"
    await family.answer(asking, "answer", ANSWER, {"text": "blue"})
    assert await family.questions.of(job_id) == Asked()
    await family.settle()
    assert (await family.job(job_id)).outcome is not None


async def next_page(pages: AsyncIterator[LogPage]) -> LogPage:
    return await asyncio.wait_for(anext(pages), SOON)


async def test_who_watches_a_job_is_told_once_what_one_below_it_asks() -> None:
    family = Family()
    job_id = await family.begin()
    pages = family.follower.follow(job_id, after=0)
    page = await next_page(pages)
    while not page.asked:
        page = await next_page(pages)
    (relayed,) = (told for told in page.told if isinstance(told, Relayed))
    assert (relayed.job_id, relayed.recorded.event.message) == (await family.asking(job_id), "Red or blue?")
    assert (page.is_paused, page.events) == (False, ())
    await family.settle()
    family.feed.moved(job_id)
    page = await next_page(pages)
    assert (page.is_paused, page.told) == (True, ())
    late = family.follower.follow(job_id, after=0)
    pages_of_late = [await next_page(late), await next_page(late)]
    assert [told for page in pages_of_late for told in page.told if isinstance(told, Relayed)] == [relayed]


class HeardFeed(InProcessFeed):
    """A feed, and what it was told to have moved."""

    def __init__(self) -> None:
        super().__init__()
        self.heard: list[JobId] = []

    def moved(self, job_id: JobId) -> None:
        self.heard.append(job_id)


async def test_the_poller_sees_where_those_below_a_watched_job_stand() -> None:
    family = Family()
    feed = HeardFeed()
    job_id = await family.begin()
    poller = LogPoller(store=family.store, feed=feed)
    async with feed.watch(job_id):
        for _ in range(2):
            await poller.poll()
        assert feed.heard == [job_id]
        await family.settle()
        await poller.poll()
        assert feed.heard == [job_id, job_id]
