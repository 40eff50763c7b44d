"""The forge GitHub, by its REST API of the version 2022-11-28."""

import ssl
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any
from urllib.parse import quote

import httpx2

from taskforce.core.clock import Clock
from taskforce.core.documents import JsonObject
from taskforce.core.pipelines.forge import CommitStatus, DeployStatus, ForgeDeployment, ReleaseTag
from taskforce.core.pipelines.forge_errors import ForgeAway, ForgeRefused, TagTaken
from taskforce.core.pipelines.ports import Forge

VERSION = "2022-11-28"
PATIENCE = 10.0
"""Seconds that each part of a request may take."""
LIMITED = timedelta(minutes=1)
"""How long GitHub asks to wait at least when it names no moment."""
_SAID = 300
"""Characters of its words that an error repeats."""
_FAILING = 500


class GithubForge(Forge):
    """Asks the address of the settings and no other: no redirect is followed, no proxy used."""

    def __init__(self, url: str, *, token: str, clock: Clock) -> None:
        self._url = url.rstrip("/")
        self._clock = clock
        self._headers = {
            "Accept": "application/vnd.github+json",
            "Authorization": f"Bearer {token}",
            "User-Agent": "taskforce",
            "X-GitHub-Api-Version": VERSION,
        }

    async def set_commit_status(self, status: CommitStatus) -> None:
        body: JsonObject = {
            "state": status.state.value,
            "context": status.context,
            "description": status.description,
        }
        body |= {"target_url": status.target_url} if status.target_url else {}
        what = f"the status {status.context} of {status.commit_sha}"
        await self._said(what, "POST", f"{_place(status.repository)}/statuses/{status.commit_sha}", body)

    async def create_deployment(self, deployment: ForgeDeployment) -> str:
        place = f"{_place(deployment.repository)}/deployments"
        what = f"the deployment to {deployment.environment}"
        named = {"task": deployment.task, "environment": deployment.environment}
        found = await self._said(what, "GET", place, params=named)
        if isinstance(found, list) and found:
            return _id(found[0], what)
        body: JsonObject = {
            **named,
            "ref": deployment.commit_sha,
            "auto_merge": False,
            "required_contexts": [],  # whether it may be deployed was settled here
            "description": deployment.description,
            "production_environment": deployment.is_production,
        }
        return _id(await self._said(what, "POST", place, body), what)

    async def set_deployment_status(self, repository: str, deployment: str, status: DeployStatus) -> None:
        body: JsonObject = {
            "state": status.state.value,
            "environment": status.environment,
            "description": status.description,
        }
        place = f"{_place(repository)}/deployments/{quote(deployment, safe='')}/statuses"
        await self._said(f"the status of the deployment to {status.environment}", "POST", place, body)

    async def create_tag(self, tag: ReleaseTag) -> None:
        place, what = _place(tag.repository), f"the tag {tag.name}"
        body: JsonObject = {"ref": f"refs/tags/{tag.name}", "sha": tag.commit_sha}
        answer = await self._asked("POST", f"{place}/git/refs", body)
        if answer.status_code != httpx2.codes.UNPROCESSABLE_CONTENT:
            _read(answer, what)
            return
        there = await self._asked("GET", f"{place}/git/ref/tags/{quote(tag.name)}")
        if there.status_code == httpx2.codes.NOT_FOUND:  # so it was the commit that was refused
            _read(answer, what)
        names = str(_object(_read(there, what)).get("sha"))
        if names != tag.commit_sha:
            raise TagTaken(tag.name, names=names)

    async def _said(
        self,
        what: str,
        method: str,
        path: str,
        body: JsonObject | None = None,
        *,
        params: Mapping[str, str] | None = None,
    ) -> object:
        """Return what GitHub says to a request about something. Raises ForgeAway, ForgeRefused."""
        return _read(await self._asked(method, path, body, params=params), what)

    async def _asked(
        self,
        method: str,
        path: str,
        body: JsonObject | None = None,
        *,
        params: Mapping[str, str] | None = None,
    ) -> httpx2.Response:
        """Return GitHub's answer. Raises ForgeAway when there is none, or it asks to come later."""
        try:
            async with httpx2.AsyncClient(
                timeout=PATIENCE,
                follow_redirects=False,
                trust_env=False,
                headers=self._headers,
                verify=_tls(),
            ) as client:
                answer = await client.request(method, f"{self._url}{path}", json=body, params=params)
        except (httpx2.HTTPError, httpx2.InvalidURL, ssl.SSLError) as broken:
            raise ForgeAway(f"{type(broken).__name__} at {self._url}") from broken
        if answer.status_code >= _FAILING:
            raise ForgeAway(f"it answers {answer.status_code}", retry_after=self._wait(answer) or timedelta())
        if _is_limited(answer):
            raise ForgeAway("its rate limit is reached", retry_after=self._wait(answer) or LIMITED)
        return answer

    def _wait(self, answer: httpx2.Response) -> timedelta | None:
        """Return how long GitHub asks to wait: in seconds, or until its limit begins anew."""
        after, reset = answer.headers.get("Retry-After", ""), answer.headers.get("X-RateLimit-Reset", "")
        if _is_number(after):
            return timedelta(seconds=int(after))
        if answer.headers.get("X-RateLimit-Remaining") == "0" and _is_number(reset):
            return max(datetime.fromtimestamp(int(reset), tz=UTC) - self._clock.now(), timedelta(seconds=1))
        return None


@lru_cache(maxsize=1)
def _tls() -> ssl.SSLContext:
    """Return what certificates are checked with; to read those of the system takes longer than a request."""
    return httpx2.create_ssl_context(trust_env=False)


def _place(repository: str) -> str:
    return f"/repos/{quote(repository)}"


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 12  # noqa: PLR2004 - a moment in seconds


def _is_limited(answer: httpx2.Response) -> bool:
    """Tell whether GitHub's primary or secondary rate limit is reached: 429, or 403 that says so."""
    if answer.status_code == httpx2.codes.TOO_MANY_REQUESTS:
        return True
    if answer.status_code != httpx2.codes.FORBIDDEN:
        return False
    is_spent = answer.headers.get("X-RateLimit-Remaining") == "0"
    return is_spent or "Retry-After" in answer.headers or "rate limit" in answer.text.lower()


def _read(answer: httpx2.Response, what: str) -> object:
    """Return what an answer says. Raises ForgeRefused unless GitHub took it."""
    if answer.is_success:
        try:
            return answer.json()
        except ValueError as unreadable:
            raise ForgeRefused(what, "its answer is no JSON. Look at the setting github_url.") from unreadable
    hint = _HINTS.get(answer.status_code, "")
    raise ForgeRefused(what, f"{answer.status_code} {_message(answer)}{hint}")


_HINTS = {
    301: ". The repository has another name now: use that",
    401: ". Look at TASKFORCE_GITHUB_TOKEN",
    403: ". The token needs the right to write commit statuses, deployments and contents",
    404: ". There is no such repository, or the token may not see it",
}


def _message(answer: httpx2.Response) -> str:
    try:
        said: Any = answer.json()
    except ValueError:
        return answer.reason_phrase
    message = said.get("message") if isinstance(said, dict) else None
    return str(message or answer.reason_phrase)[:_SAID].rstrip(".")


def _id(said: object, what: str) -> str:
    found = said.get("id") if isinstance(said, dict) else None
    if not isinstance(found, int):
        raise ForgeRefused(what, "its answer has no id. Look at the setting github_url.")
    return str(found)


def _object(said: object) -> Mapping[str, object]:
    """Return what a ref names."""
    found = said.get("object") if isinstance(said, dict) else None
    return found if isinstance(found, dict) else {}
