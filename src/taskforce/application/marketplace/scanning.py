"""A scan: reads a repository at a commit, and tells what in it is an artifact."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from taskforce.core.marketplace.comparing import Found
from taskforce.core.marketplace.detection import detect, worth_reading
from taskforce.core.marketplace.digest import digest_of, files_by_artifact
from taskforce.core.marketplace.errors import ArtifactTooLarge, FrontMatterInvalid
from taskforce.core.marketplace.limits import check_artifact
from taskforce.core.marketplace.model import ArtifactType, Detected, TreeFile
from taskforce.core.marketplace.paths import sound_paths
from taskforce.core.marketplace.ports import (
    FrontMatterReader,
    OpenRepository,
    OpenTree,
    RepositoryReader,
    Tell,
    to_nobody,
)

Fields = Mapping[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Where a scan looks, and what a person says of it."""

    url: str
    ref: str
    root_hint: str = ""
    manual_map: Mapping[str, ArtifactType]
    known_commit: str = ""
    """Nothing is looked at when it is this one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scanned:
    """What a scan came to."""

    commit_sha: str
    found: tuple[Found, ...]
    """By path."""
    left_out: tuple[str, ...]
    """What was not looked at or not taken, and why: a line each, for people."""
    is_known: bool = False
    """Whether it is the known commit."""


class Scanning:
    """Scans repositories; nothing of them is run, and nothing stays of what was fetched."""

    def __init__(self, *, repositories: RepositoryReader, front_matter: FrontMatterReader) -> None:
        self._repositories = repositories
        self._front_matter = front_matter

    async def scan(self, wanted: Wanted, *, tell: Tell = to_nobody) -> Scanned:
        """Scan a repository. Raises FolderInvalid, and as `RepositoryReader.open` does."""
        async with self._repositories.open(wanted.url, wanted.ref, tell=tell) as repository:
            tree = await repository.tree()
            if tree.commit_sha == wanted.known_commit:
                return Scanned(commit_sha=tree.commit_sha, found=(), left_out=(), is_known=True)
            sound = await asyncio.to_thread(sound_paths, [file.path for file in tree.files])
            fields, unread = await self._fields(repository, tree, sound.kept, wanted.root_hint)
        found, refused = await asyncio.to_thread(_found, wanted, tree, sound.kept, fields)
        return Scanned(
            commit_sha=tree.commit_sha,
            found=found,
            left_out=(*tree.left_out, *sound.left_out, *unread, *refused),
        )

    async def _fields(
        self, repository: OpenRepository, tree: OpenTree, paths: Sequence[str], root_hint: str
    ) -> tuple[dict[str, Fields], list[str]]:
        """Read what files say of themselves, and then what the lists among them name."""
        files = {file.path: file for file in tree.files}
        fields: dict[str, Fields] = {}
        unread: list[str] = []
        seen: set[str] = set()
        for _ in range(2):
            names = await asyncio.to_thread(worth_reading, paths, root_hint=root_hint, front_matter=fields)
            asked = [files[name] for name in names if name not in seen]
            seen.update(names)
            async for file, content in repository.read(asked):
                try:
                    fields[file.path] = self._front_matter.fields(file.path, content)
                except FrontMatterInvalid as wrong:
                    unread.append(wrong.message)
        return fields, unread


def _found(
    wanted: Wanted, tree: OpenTree, paths: Sequence[str], fields: Mapping[str, Fields]
) -> tuple[tuple[Found, ...], list[str]]:
    """Return the artifacts that may be taken, and a line for each of the others."""
    detected = detect(
        paths,
        root_hint=wanted.root_hint,
        root_name=wanted.url.rstrip("/").rpartition("/")[2].removesuffix(".git") or "root",
        manual_map=wanted.manual_map,
        front_matter=fields,
    )
    kept = frozenset(paths)
    files = files_by_artifact(detected, (file for file in tree.files if file.path in kept))
    found: list[Found] = []
    refused: list[str] = []
    for one in detected:
        try:
            check_artifact(one.path, files[one.path])
        except ArtifactTooLarge as large:
            refused.append(large.message)
            continue
        found.append(_of(one, files[one.path]))
    return tuple(found), refused


def _of(detected: Detected, files: Sequence[TreeFile]) -> Found:
    return Found(
        artifact=detected,
        digest=digest_of(files, path=detected.path),
        files=len(files),
        size=sum(file.size for file in files),
    )
