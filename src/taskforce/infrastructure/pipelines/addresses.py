"""Where repositories are: from a name to an address that git may be given.

Names come with requests, addresses from the operator's settings alone. Files and loopback addresses need a
setting of their own; an address that names a helper program, such as `ext::`, is refused.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import unquote, urlsplit, urlunsplit

from taskforce.core.errors import FieldError, Invalid
from taskforce.infrastructure.git.addresses import Address, basic
from taskforce.infrastructure.git.names import is_branch_name

_PART = r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,99}"
_NAME = re.compile(rf"{_PART}(/{_PART}){{0,5}}")
_SCP = re.compile(r"[A-Za-z0-9_.-]+@[A-Za-z0-9][A-Za-z0-9.-]*:[^:].*")
"""git's short form of ssh: user@host:path."""
_REMOTE = frozenset({"https", "ssh"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Addresses:
    """Knows the addresses of repositories."""

    known: Mapping[str, str]
    """By name, URLs or paths; they go before the template."""
    template: str
    """An URL with `{repository}` in it."""
    allow_local: bool

    def of(self, repository: str) -> Address:
        """Return where a repository is. Raises Invalid for a name or an address that is not allowed."""
        if not _NAME.fullmatch(repository) or repository.endswith((".git", ".lock")):
            raise refused("repository", "must be a name such as owner/name, without .git, .. or blanks")
        url = self.known.get(repository) or self.template.replace("{repository}", repository)
        return self.checked(repository, url)

    def checked(self, repository: str, url: str) -> Address:
        """Return an URL as git is given it. Raises Invalid when it is not allowed; the name tells whose."""
        if _SCP.fullmatch(url) and "://" not in url:
            return Address(url=url)
        parts = urlsplit(url)
        if url.startswith("/") or parts.scheme == "file":
            return self._local(repository, url)
        if parts.scheme not in _REMOTE | {"http"} or not parts.hostname:
            raise _not_allowed(repository, "is no https, ssh or file address")
        if _is_loopback(parts.hostname) and not self.allow_local:
            raise _not_allowed(repository, "is on this machine, and git_allow_local is not set")
        if parts.scheme == "ssh":
            if parts.password or parts.hostname.startswith("-"):
                raise _not_allowed(repository, "has a password, which ssh does not take")
            return Address(url=url)
        place = parts.hostname if ":" not in parts.hostname else f"[{parts.hostname}]"
        place = f"{place}:{parts.port}" if parts.port else place
        plain = urlunsplit((parts.scheme, place, parts.path, parts.query, ""))
        if parts.username is None:
            return Address(url=plain)
        said = basic(unquote(parts.username), unquote(parts.password or ""))
        return Address(url=plain, header=said)

    def _local(self, repository: str, url: str) -> Address:
        if not self.allow_local:
            raise _not_allowed(repository, "is on this machine, and git_allow_local is not set")
        return Address(url=url)


def checked_branch(branch: str) -> str:
    """Return the name of a branch or tag, if it is one (git check-ref-format). Raises Invalid."""
    if not is_branch_name(branch):
        raise refused("branch", "must be the name of a branch or a tag")
    return branch


def refused(name: str, detail: str) -> Invalid:
    """Return the error that a field is not right."""
    return Invalid(f"{name} {detail}.", errors=[FieldError(pointer=f"/{name}", code=name, detail=detail)])


def _not_allowed(repository: str, why: str) -> Invalid:
    return refused(
        "repository", f"{repository} has an address that {why}; see the settings repositories, git_url"
    )


def _is_loopback(host: str) -> bool:
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        address = ip_address(host)
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None) or address
    return bool(mapped.is_loopback or mapped.is_unspecified)
