"""How long logs of runs are kept: by the environment that a run belongs to, or that its releases came to."""

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from taskforce.core.identity import JobId, ProjectId
from taskforce.core.pipelines.delivery import Environment


class RunEnvironment(StrEnum):
    """Where runs belong; a run says nothing of it, the settings do."""

    DEVELOPMENT = "development"
    STAGING = "staging"
    PRODUCTION = "production"


DELIVERED: Mapping[Environment, RunEnvironment] = {
    Environment.DEV: RunEnvironment.DEVELOPMENT,
    Environment.STAGING: RunEnvironment.STAGING,
    Environment.PRODUCTION: RunEnvironment.PRODUCTION,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class LogTerms:
    """Since when logs are kept. A run's are over when all that applies to it is."""

    ended: datetime
    """Runs that ended before have lost theirs, by the environment that runs belong to …"""
    deployed: Mapping[Environment, datetime]
    """… unless a release of the run came to an environment after this moment."""


def log_terms(environment: RunEnvironment, days: Mapping[RunEnvironment, int], *, now: datetime) -> LogTerms:
    """Return what holds now, of how many days logs are kept."""
    since = {where: now - timedelta(days=kept) for where, kept in days.items()}
    deployed = {place: since[where] for place, where in DELIVERED.items()}
    return LogTerms(ended=since[environment], deployed=deployed)


class LogPruning(Protocol):
    """Finds runs whose logs are over. Logs are all that a run has stored below its own key."""

    @abstractmethod
    async def over(
        self, project: ProjectId, terms: LogTerms, *, after: JobId | None, limit: int
    ) -> Sequence[JobId]:
        """Return runs that still have records of logs and should not, by their ids, from after one on."""

    @abstractmethod
    async def forget(self, run: JobId) -> None:
        """Remove the records of a run's logs, whose bytes are gone. None there is no error."""


class LogKeeping(Protocol):
    """Knows of a place of logs that removes them by itself."""

    @abstractmethod
    async def keep(self, run: JobId, environment: RunEnvironment) -> None:
        """Keep all that a run has stored for the days of an environment from now on, or longer.

        Raises Unavailable.
        """


class LogRules(Protocol):
    """By which a place of logs removes them by itself, also when nothing of ours runs."""

    @abstractmethod
    async def missing(self) -> Sequence[str]:
        """Return the names of our rules that the place does not have, or not as they should be.

        Raises Unavailable.
        """

    @abstractmethod
    async def put(self) -> None:
        """Put them there beside the rules of others, if any is missing. Raises Unavailable."""
