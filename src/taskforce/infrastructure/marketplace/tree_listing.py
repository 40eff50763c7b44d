"""Reading `git ls-tree -r -l -z` as it comes: what is no regular file, or cannot be taken, is left out."""

from collections import Counter
from dataclasses import dataclass

from taskforce.core.marketplace.limits import FILE_SIZE, in_mb
from taskforce.core.marketplace.model import TreeFile
from taskforce.core.marketplace.ports import OpenTree
from taskforce.core.marketplace.tree_paths import clashes, reason_against, shown
from taskforce.infrastructure.git.program import Reading

_LINK, _SUBMODULE = "120000", "160000"
_MOST_LINES = 200
_LONGEST_ENTRY = 64 * 1024
"""Bytes of an entry; git itself has no limit."""


@dataclass(frozen=True, slots=True)
class _LeftOut:
    path: str
    reason: str


class TreeListing(Reading):
    """Takes a listing piece by piece; what has no end is broken off."""

    def __init__(self, *, most: int) -> None:
        super().__init__()
        self._most = most
        self.problem = ""
        """Why the tree is not read to its end."""
        self._begun = b""
        self._count = 0
        self._files: dict[str, TreeFile] = {}
        self._left_out: list[_LeftOut] = []
        self._more: Counter[str] = Counter()

    def take(self, data: bytes) -> None:
        if self.problem:
            return
        *whole, self._begun = (self._begun + data).split(b"\0")
        self._count += len(whole)
        if self._count > self._most:
            self._end(f"has more than {self._most:,} entries, the most that are read")
        elif len(self._begun) > _LONGEST_ENTRY:
            self._end(f"has a path of more than {_LONGEST_ENTRY:,} bytes")
        else:
            for entry in whole:
                self._add(entry)

    def tree(self, commit_sha: str) -> OpenTree:
        """Return what was listed, when all of it was."""
        for path, other in clashes(self._files):
            self._leave_out(path, f"its path differs from {shown(other)} in case or form alone")
            del self._files[path]
        lines = [f"{shown(each.path)}: {each.reason}" for each in self._left_out]
        lines += [f"{count:,} more: {reason}" for reason, count in self._more.items()]
        files = tuple(self._files[path] for path in sorted(self._files))
        return OpenTree(commit_sha=commit_sha, files=files, left_out=tuple(lines))

    def _end(self, problem: str) -> None:
        self.problem = problem
        self._files.clear()
        self.has_enough.set()

    def _add(self, entry: bytes) -> None:
        """Take an entry: mode, type, name and size with blanks between, then a tab and the path."""
        about, _, raw = entry.partition(b"\t")
        mode, _, sha, size = about.decode("ascii").split()
        try:
            path = raw.decode("utf-8")
        except UnicodeDecodeError:
            self._leave_out(shown(raw), "its path is not UTF-8")
            return
        reason = _reason_against(mode, size) or reason_against(path)
        if not reason and path in self._files:
            reason = "its path is there twice"
        if reason:
            self._leave_out(path, reason)
        else:
            self._files[path] = TreeFile(path=path, blob_sha=sha, size=int(size))

    def _leave_out(self, path: str, reason: str) -> None:
        if len(self._left_out) < _MOST_LINES:
            self._left_out.append(_LeftOut(path, reason))
        else:
            self._more[reason.partition(" from ")[0]] += 1


def _reason_against(mode: str, size: str) -> str:
    """Return why an entry of this kind is not taken; a file that was not fetched has no size."""
    if mode == _LINK:
        return "it is a symbolic link, which is not followed"
    if mode == _SUBMODULE:
        return "it is a submodule, which is not fetched"
    if not mode.startswith("100"):
        return "it is no regular file"
    if not size.isdecimal() or int(size) > FILE_SIZE:
        return f"it is larger than {in_mb(FILE_SIZE)}"
    return ""
