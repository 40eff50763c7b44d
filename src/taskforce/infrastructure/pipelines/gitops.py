"""The GitOps repository over the real git protocol: commits are made in a bare mirror of ours and pushed.

One process at a time writes the mirror. Who else pushes to the repository is met with a new commit on top.
"""

from dataclasses import replace
from pathlib import Path

from taskforce.core.errors import Invalid
from taskforce.core.pipelines.errors import GitOpsUnreachable, PushRefused
from taskforce.core.pipelines.ports import GitOps
from taskforce.infrastructure.git.addresses import Address
from taskforce.infrastructure.git.locks import broken_off, locked
from taskforce.infrastructure.git.program import Git, GitEnded
from taskforce.infrastructure.pipelines.addresses import Addresses, checked_branch
from taskforce.settings import SettingsInvalid

_QUICK, _LONG = 30.0, 300.0
_TRIES = 8
_IDENTITY = ("-c", "user.name=Taskforce", "-c", "user.email=taskforce@localhost")
_OVERTAKEN = ("non-fast-forward", "fetch first", "failed to update ref", "cannot lock ref", "already exists")
"""What a push is rejected with because another one came before it, by git's own client and server."""


class GitGitOps(GitOps):
    """A branch of a repository, at an address that the operator gave."""

    def __init__(self, folder: Path, *, address: Address, branch: str, allow_local: bool) -> None:
        self._mirror = folder / "mirror.git"
        self._git = Git(home=folder / "git")
        self._address = address
        self._branch = checked_branch(branch)
        self._local = allow_local

    async def push(self, path: str, content: bytes, *, message: str) -> str:
        async with locked(self._mirror.with_suffix(".lock")):
            await self._begun()
            for _ in range(_TRIES):
                head = await self._head()
                if head is not None and await self._content(head, path) == content:
                    return await self._last_commit(head, path)
                commit = await self._committed(head, path, content, message)
                if await self._pushed(commit):
                    return commit
        raise GitOpsUnreachable(f"Others pushed before each of {_TRIES} tries. Try again.")

    async def holds(self, path: str, content: bytes) -> bool:
        async with locked(self._mirror.with_suffix(".lock")):
            await self._begun()
            head = await self._head()
            return head is not None and await self._content(head, path) == content

    # ------------------------------------------------------------ the remote repository

    async def _head(self) -> str | None:
        """Fetch the branch and return its head; None while it has no commit."""
        ref = f"refs/heads/{self._branch}"
        listed = await self._remote("ls-remote", "--", self._address.url, ref)
        commit = listed.text.partition("\t")[0].strip()
        if not commit:
            return None
        fetch = ("fetch", "-q", "--no-tags", "--no-write-fetch-head", "--no-recurse-submodules")
        await self._remote(*fetch, "--", self._address.url, f"+{ref}:refs/remote/head")
        return await self._said("rev-parse", "--verify", "-q", "refs/remote/head^{commit}")

    async def _pushed(self, commit: str) -> bool:
        """Push a commit; tell whether it is there, or another one came before it. Raises PushRefused."""
        target = f"{commit}:refs/heads/{self._branch}"
        said = await self._asked("push", "--porcelain", "--no-verify", "--", self._address.url, target)
        if said.exit_code == 0:
            return True
        if any(reason in f"{said.text}\n{said.problem}" for reason in _OVERTAKEN):
            return False
        raise PushRefused(f"The GitOps repository did not take the push: {_reason(said)}.")

    async def _remote(self, *words: str) -> GitEnded:
        said = await self._asked(*words)
        if said.exit_code != 0:
            raise GitOpsUnreachable(f"The GitOps repository could not be read: {_reason(said)}.")
        return said

    async def _asked(self, *words: str) -> GitEnded:
        said = await self._git.ask(
            *words, folder=self._mirror, seconds=_LONG, address=self._address, local=self._local
        )
        return replace(said, complaint=said.problem.replace(self._address.url, "the repository"))

    # ------------------------------------------------------------ the mirror

    async def _begun(self) -> None:
        self._mirror.mkdir(parents=True, exist_ok=True)
        broken_off(self._mirror)
        if not (self._mirror / "HEAD").exists():
            await self._said("init", "-q", "--bare")

    async def _content(self, commit: str, path: str) -> bytes | None:
        found = await self._git.ask(
            "cat-file", "blob", f"{commit}:{path}", folder=self._mirror, seconds=_QUICK
        )
        return found.text.encode() if found.exit_code == 0 else None

    async def _last_commit(self, head: str, path: str) -> str:
        """Return the commit that brought a file to what it is at the head."""
        return await self._said("rev-list", "-1", head, "--", path)

    async def _committed(self, head: str | None, path: str, content: bytes, message: str) -> str:
        """Return a new commit on top of the head, with the file."""
        pending = self._mirror / "pointer"
        pending.write_bytes(content)
        blob = await self._said("hash-object", "-w", "--", str(pending))
        await self._said("read-tree", *([head] if head else ["--empty"]))
        await self._said("update-index", "--add", "--cacheinfo", f"100644,{blob},{path}")
        tree = await self._said("write-tree")
        parent = ("-p", head) if head else ()
        return await self._said(*_IDENTITY, "commit-tree", tree, *parent, "-m", message)

    async def _said(self, *words: str) -> str:
        said = await self._git.ask(*words, folder=self._mirror, seconds=_QUICK)
        if said.exit_code != 0:
            raise GitOpsUnreachable(f"git {words[0]} did not succeed: {_reason(said)}.")
        return said.text.strip()


class NoGitOps(GitOps):
    """For a place that deploys nothing: no repository is set."""

    async def push(self, path: str, content: bytes, *, message: str) -> str:
        raise _unset()

    async def holds(self, path: str, content: bytes) -> bool:
        raise _unset()


def gitops_at(url: str | None, *, branch: str, folder: Path, allow_local: bool) -> GitOps:
    """Return the GitOps repository at an URL. Raises SettingsInvalid when git may not be given it."""
    if url is None:
        return NoGitOps()
    addresses = Addresses(known={}, template="", allow_local=allow_local)
    try:
        address = addresses.checked("gitops_url", url)
        return GitGitOps(folder, address=address, branch=branch, allow_local=allow_local)
    except Invalid as wrong:
        raise SettingsInvalid(f"gitops_url, gitops_branch: {wrong.message}") from wrong


def _unset() -> PushRefused:
    return PushRefused("No GitOps repository is set. Set gitops_url (TASKFORCE_GITOPS_URL) to one.")


def _reason(said: GitEnded) -> str:
    """Return why: what the server said of the branch, else the last of what git said, without the address."""
    refused = [line.rpartition("\t")[2] for line in said.text.splitlines() if line.startswith("!")]
    return next(iter(refused), "") or said.problem or f"git ended with exit code {said.exit_code}"
