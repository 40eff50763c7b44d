"""From a repository's address to what git is told, so that it goes there and nowhere else.

A host is resolved once, each of its addresses must be allowed, and git connects to one of them without asking
a resolver again (`http.curloptResolve`, ssh's `HostName`). Redirects are not followed. Credentials are the
operator's, by host, and reach git in its environment.
"""

import re
import shlex
from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import ip_network
from pathlib import Path
from urllib.parse import quote, unquote

from taskforce.core.git import GitTooOld
from taskforce.core.marketplace.errors import RepositoryNotFound, RepositoryRefused, SourceUnreachable
from taskforce.core.marketplace.tree_paths import shown
from taskforce.infrastructure.git.addresses import basic
from taskforce.infrastructure.marketplace.urls import FILE, HTTP, SSH, SSH_PORT, RemoteUrl, read_url
from taskforce.infrastructure.network.addresses import Address, AddressRules, Network
from taskforce.infrastructure.network.destinations import (
    PORTS,
    Destination,
    DestinationRefused,
    Destinations,
    NotResolved,
)
from taskforce.infrastructure.network.resolving import Resolve, resolve

_VERSION = re.compile(r"git version (\d+)\.(\d+)")
_OLDEST = (2, 37)
"""The first that knows http.curloptResolve; an older one would ask a resolver again and say nothing."""
LOOPBACK: tuple[Network, ...] = (ip_network("127.0.0.0/8"), ip_network("::1/128"))
_SSH = (
    *("ssh", "-F", "/dev/null", "-oBatchMode=yes", "-oConnectTimeout=10", "-oStrictHostKeyChecking=yes"),
    *("-oUpdateHostKeys=no", "-oProxyCommand=none", "-oPermitLocalCommand=no", "-oClearAllForwardings=yes"),
    *("-oForwardAgent=no", "-oControlPath=none", "-oIdentityAgent=none", "-oIdentitiesOnly=yes"),
    "-oPreferredAuthentications=publickey",
)
"""No file of anybody's has a say, and no key is offered but the one for this host."""
_LOCAL_UPLOAD = ("--upload-pack", "git -c uploadpack.allowFilter=true upload-pack")
"""Who serves a file is a git of ours, and may leave large files out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Remote:
    """What git is told to reach a repository."""

    url: str
    """Without credentials."""
    config: Mapping[str, str] = field(repr=False)
    upload: tuple[str, ...] = ()
    """The words of `fetch` and `ls-remote` that say what serves it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Remotes:
    """Knows which repositories may be asked."""

    allow_local: bool = False
    """Whether files and loopback addresses may be."""
    private: tuple[Network, ...] = ()
    """Networks that may be reached although they are not public."""
    credentials: Mapping[str, str] = field(default_factory=dict, repr=False)
    """By host, or host:port: `user:password`, both percent-encoded."""
    keys: Mapping[str, Path] = field(default_factory=dict)
    """By host, the private key that ssh offers."""
    resolve: Resolve = resolve

    def check(self, url: str) -> RemoteUrl:
        """Return an address that may be asked, as far as it tells itself. Raises RepositoryRefused."""
        remote = read_url(url)
        if remote.scheme in {FILE, HTTP} and not self.allow_local:
            told = "lies on this machine" if remote.scheme == FILE else "begins with http://"
            raise _refused(
                f"{told}, which needs TASKFORCE_GIT_ALLOW_LOCAL=true. Give one with https:// or ssh://."
            )
        if remote.site is not None:
            try:
                seen = self._destinations.seen(remote.site)
            except DestinationRefused as refused:
                raise _refused(str(refused)) from refused
            _check_plain(remote, seen)
        return remote

    async def find(self, url: str) -> Remote:
        """Return how a repository is reached.

        Raises RepositoryRefused; RepositoryNotFound for a folder that is not there, SourceUnreachable for a
        host without an address.
        """
        remote = self.check(url)
        if remote.site is None:
            return self._folder(remote)
        try:
            found = await self._destinations.find(remote.site)
        except DestinationRefused as refused:
            raise _refused(str(refused)) from refused
        except NotResolved as unknown:
            raise SourceUnreachable(str(unknown)) from unknown
        _check_plain(remote, found)
        return self._by_ssh(remote, found) if remote.scheme == SSH else self._by_web(remote, found)

    @property
    def _destinations(self) -> Destinations:
        local = LOOPBACK if self.allow_local else ()
        return Destinations(rules=AddressRules((*self.private, *local)), resolve=self.resolve)

    def _folder(self, remote: RemoteUrl) -> Remote:
        if not Path(remote.path).is_dir():
            raise RepositoryNotFound(f"There is no folder {remote.path}. Name one that is there.")
        url = f"file://{quote(remote.path)}"
        return Remote(url=url, config={"protocol.file.allow": "always"}, upload=_LOCAL_UPLOAD)

    def _by_web(self, remote: RemoteUrl, found: Destination) -> Remote:
        config = {f"protocol.{remote.scheme}.allow": "always"}
        port = found.url.port or PORTS[remote.scheme]
        if not _is_literal(found):
            addresses = ",".join(map(_bracketed, found.addresses))
            config["http.curloptResolve"] = f"{found.name}:{port}:{addresses}"
        given = self.credentials.get(f"{found.name}:{port}", self.credentials.get(found.name))
        if given is not None:
            user, _, password = given.partition(":")
            config["http.extraHeader"] = basic(unquote(user), unquote(password))
        return Remote(url=f"{str(found.url).rstrip('/')}{remote.path}", config=config)

    def _by_ssh(self, remote: RemoteUrl, found: Destination) -> Remote:
        port = remote.ssh_port
        key = self.keys.get(f"{found.name}:{port}", self.keys.get(found.name, "none"))
        name = found.name if port == SSH_PORT else f"[{found.name}]:{port}"
        pinned = (f"-oHostName={found.addresses[0]}", f"-oHostKeyAlias={name}", f'-oIdentityFile="{key}"')
        config = {"protocol.ssh.allow": "always", "core.sshCommand": shlex.join((*_SSH, *pinned))}
        user = f"{remote.user}@" if remote.user else ""
        host = f"[{found.name}]" if ":" in found.name else found.name
        if remote.is_short:
            return Remote(url=f"{user}{host}:{remote.path}", config=config)
        return Remote(url=f"ssh://{user}{host}:{port}{remote.path}", config=config)


def check_version(said: str) -> None:
    """Return when this is a git that goes where it is told; `git version` says so. Raises GitTooOld."""
    found = _VERSION.match(said)
    if found is None or (int(found[1]), int(found[2])) < _OLDEST:
        raise GitTooOld(shown(said.strip()), "git {}.{}".format(*_OLDEST))


def _check_plain(remote: RemoteUrl, found: Destination) -> None:
    """Refuse plain HTTP to anywhere but this machine."""
    if remote.scheme == HTTP and not all(address.is_loopback for address in found.addresses):
        raise _refused("begins with http://, which is for this machine alone. Use https://.")


def _is_literal(found: Destination) -> bool:
    return ":" in found.name or found.name == str(found.addresses[0])


def _bracketed(address: Address) -> str:
    return f"[{address}]" if ":" in str(address) else str(address)


def _refused(detail: str) -> RepositoryRefused:
    return RepositoryRefused("repo_url", detail)
