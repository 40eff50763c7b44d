"""What a repository's address may look like, told from its spelling alone.

Addresses come from whoever may add a source. git takes many spellings, some of which run programs
(gitremote-helpers, `ext::`) or are options; what is not known to be harmless is refused.
"""

import re
from dataclasses import dataclass
from urllib.parse import SplitResult, quote, unquote, urlsplit

import httpx2

from taskforce.core.marketplace.errors import RepositoryRefused
from taskforce.infrastructure.git.names import COMMIT, HEAD, is_branch_name
from taskforce.infrastructure.network.destinations import DestinationRefused, parsed

FILE, HTTP, HTTPS, SSH = "file", "http", "https", "ssh"
SSH_PORT = 22
_LONGEST = 2_000
_USER = r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,63}"
_SCP = re.compile(rf"(?P<user>{_USER})@(?P<host>[^/:@\[\]]+):(?P<path>[^:].*)")
"""git's short form of ssh: user@host:path."""
_AS_IT_IS = "/%:@!$&'()*+,;=~"
"""What stands in a path of a URL unchanged (RFC 3986)."""
_HELPER = re.compile(r"[A-Za-z0-9+.-]*::")
_RIGHT = "Give an address such as https://host/owner/name or git@host:owner/name."
_CREDENTIALS = (
    "has a user or a password in it, which would be stored and shown. Leave it out: an operator gives "
    "credentials by host, with TASKFORCE_MARKETPLACE_CREDENTIALS."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoteUrl:
    """An address that is spelled as one may be; where it leads is another question."""

    scheme: str
    path: str
    """As it stands in the address."""
    user: str = ""
    """Of ssh alone."""
    site: httpx2.URL | None = None
    """The host as a URL of the web, as which it can be looked at; None for a file. ssh has its port apart."""
    ssh_port: int = SSH_PORT
    is_short: bool = False
    """Whether it is git's short form, whose path begins at the user's home."""


def read_url(text: str) -> RemoteUrl:
    """Read an address. Raises RepositoryRefused."""
    if not text.isprintable() or " " in text or "\\" in text or len(text) > _LONGEST:
        raise _refused(f"must be at most {_LONGEST:,} printable characters without blanks or backslashes.")
    if _HELPER.match(text):
        raise _refused(f"names a program of git's instead of a place. {_RIGHT}")
    if "://" not in text:
        return _short(text)
    if "?" in text or "#" in text:
        raise _refused(f"has a query or a fragment, which repositories have not. {_RIGHT}")
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError as wrong:
        raise _refused(f"is no URL: {wrong}. {_RIGHT}") from wrong
    if parts.scheme == FILE:
        return _file(parts)
    if parts.scheme == SSH:
        return _by_ssh(parts, port)
    if parts.scheme not in {HTTP, HTTPS}:
        raise _refused(f"begins with {parts.scheme[:20]}://, which is not fetched from. {_RIGHT}")
    if "@" in parts.netloc:
        raise _refused(_CREDENTIALS)
    path = _checked_path(parts.path)
    return RemoteUrl(scheme=parts.scheme, site=_site(parts.scheme, parts.netloc), path=path)


def check_ref(ref: str) -> None:
    """Return when a branch, a tag or a commit may have this name. Raises RepositoryRefused."""
    if COMMIT.fullmatch(ref) or ref == HEAD:
        return
    if not is_branch_name(ref) or not ref.isprintable() or ref == "@":
        raise RepositoryRefused("branch", "must be the name of a branch or a tag, or a commit in full.")


def check_commit(commit_sha: str) -> None:
    """Return when this is a commit in full. Raises RepositoryRefused."""
    if not COMMIT.fullmatch(commit_sha):
        raise RepositoryRefused("commit_sha", "must be a commit in full: 40 hex digits.")


def _file(parts: SplitResult) -> RemoteUrl:
    if parts.netloc:
        raise _refused("names a host; a file is given as file:///folder/name.")
    return RemoteUrl(scheme=FILE, path=unquote(_checked_path(parts.path)))


def _by_ssh(parts: SplitResult, port: int | None) -> RemoteUrl:
    user, has_user, host = parts.netloc.rpartition("@")
    if has_user and not re.fullmatch(_USER, user):
        raise _refused(_CREDENTIALS)
    site = _site(HTTPS, host.removesuffix(f":{SSH_PORT}"))
    return RemoteUrl(
        scheme=SSH, user=user, site=site, path=_checked_path(parts.path), ssh_port=_ssh_port(port)
    )


def _short(text: str) -> RemoteUrl:
    if text.startswith("/"):
        _checked_path(text)
        return RemoteUrl(scheme=FILE, path=text)
    short = _SCP.fullmatch(text)
    if short is None:
        raise _refused(f"is no address of a repository. {_RIGHT}")
    path = _checked_path(short["path"])
    return RemoteUrl(
        scheme=SSH, user=short["user"], site=_site(HTTPS, short["host"]), path=path, is_short=True
    )


def _site(scheme: str, host: str) -> httpx2.URL:
    try:
        return parsed(f"{scheme}://{host}/")
    except DestinationRefused as refused:
        raise _refused(str(refused)) from refused


def _checked_path(path: str) -> str:
    """Return a path that stays where it is, and whose parts cannot be taken for options."""
    plain = unquote(path)
    parts = plain.strip("/").split("/")
    if not plain.isprintable() or "\\" in plain or not plain.strip("/"):
        raise _refused(f"has no path that a repository could have. {_RIGHT}")
    if any(part in {".", ".."} or part.startswith("-") for part in parts):
        raise _refused(
            "has a path with . or .. in it, or a part that begins with a dash. Say the path itself."
        )
    return quote(path, safe=_AS_IT_IS)


def _ssh_port(port: int | None) -> int:
    if port is None:
        return SSH_PORT
    if port not in {SSH_PORT, 443} and port < 1024:  # noqa: PLR2004 - the well-known ports
        raise _refused(f"has port {port}, which is not one of ssh. Use 22, 443 or one above 1023.")
    return port


def _refused(detail: str) -> RepositoryRefused:
    return RepositoryRefused("repo_url", detail)
