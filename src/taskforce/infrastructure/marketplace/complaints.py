"""What git's complaints mean, and what to do about them."""

import re
from collections.abc import Callable

from taskforce.core.errors import TaskforceError
from taskforce.core.marketplace.errors import (
    RepositoryNotFound,
    RepositoryRefused,
    SourceUnreachable,
)
from taskforce.core.marketplace.tree_paths import shown
from taskforce.infrastructure.git.program import GitEnded

GONE = re.compile(r"not our ref|unadvertised object|couldn't find remote ref", re.IGNORECASE)
"""A commit that the server does not have, or does not give."""

_VERDICT = re.compile(r"(?:^|[\r\n])(?:fatal|error): ([^\r\n]+)")


def _redirects(url: str, _: str) -> TaskforceError:
    return RepositoryRefused("repo_url", f"{url} redirects elsewhere. Give the address that it leads to.")


def _hidden(url: str, _: str) -> TaskforceError:
    return RepositoryNotFound(
        f"{url} is not there, or not for everybody. Check the address; an operator gives credentials by "
        "host, with TASKFORCE_MARKETPLACE_CREDENTIALS, and keys of ssh with TASKFORCE_MARKETPLACE_SSH_KEYS."
    )


def _unknown_host(url: str, _: str) -> TaskforceError:
    return RepositoryRefused(
        "repo_url", f"the host of {url} has a key that is not known here. An operator adds it to known_hosts."
    )


def _no_repository(url: str, _: str) -> TaskforceError:
    return RepositoryNotFound(f"{url} is no git repository. Check the address.")


def _foreign(url: str, _: str) -> TaskforceError:
    return RepositoryRefused(
        "repo_url", f"{url} belongs to another user of this machine, and git does not read it."
    )


def _unreadable(url: str, told: str) -> TaskforceError:
    return SourceUnreachable(f"{url} could not be read: {told}. Try again later.")


_MEANINGS: tuple[tuple[str, Callable[[str, str], TaskforceError]], ...] = (
    (r"returned error: 30\d", _redirects),
    (r"host key verification failed", _unknown_host),
    (r"dubious ownership", _foreign),
    (r"returned error: (?:401|403|404|410)|repository '.*' not found|authentication failed", _hidden),
    (r"could not read username|permission denied \(publickey", _hidden),
    (r"is this a git repository|does not appear to be a git repository|not a git repo", _no_repository),
    (r"does not support shallow|mismatched algorithms|invalid gitfile", _no_repository),
)
"""The first that fits counts. LANG is C, so git says it in these words."""


def meaning(ended: GitEnded, url: str) -> TaskforceError:
    """Return what it means that git did not succeed."""
    told = (
        shown(_verdict(ended).strip().rstrip("."), most=300) or f"git ended with exit code {ended.exit_code}"
    )
    for pattern, made in _MEANINGS:
        if re.search(pattern, ended.complaint, re.IGNORECASE):
            return made(url, told)
    return _unreadable(url, told)


def _verdict(ended: GitEnded) -> str:
    """Return git's own last word; what ssh says before it would tell where a name leads."""
    return next(reversed(_VERDICT.findall(ended.complaint)), ended.problem)
