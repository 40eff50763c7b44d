"""What a project took from sources: items, their files, and what is asked about before they are taken."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from uuid import UUID, uuid5

from taskforce.core.artifacts import ArtifactRef
from taskforce.core.identity import ArtifactId, ProjectId
from taskforce.core.marketplace.digest import digest_of
from taskforce.core.marketplace.model import ArtifactType, Entry, EntryStatus, Item, TreeFile
from taskforce.core.marketplace.naming import skill_name

MEDIA_TYPE = "application/octet-stream"
"""Of all that is taken: nobody believes what strangers call it."""


class Resolution(StrEnum):
    """What becomes of an entry whose name the collection has already."""

    SKIP = "skip"
    RENAME = "rename"
    """It gets another name, and both stay."""
    FORCE = "force"
    """It takes the place of the other one, under its id."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredFile:
    """A file of an item, as it lies in the artifact store."""

    path: str
    """POSIX, from the artifact's folder; of a single file its name."""
    blob_sha: str
    """Git's name of its content, 40 hex digits."""
    size: int
    """Bytes."""
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Taking:
    """An attempt to take an artifact: its files go to a folder of its own, to which nothing refers yet."""

    folder: str
    """What the keys of its files begin with."""
    since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class CollectedSkill:
    """A skill of a collection, and whether somebody allowed its content."""

    item: Item
    files: tuple[StoredFile, ...]
    """By path."""
    is_allowed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CollectionFilter:
    """Which items of a project are listed; an empty set is any."""

    project: ProjectId
    types: frozenset[ArtifactType] = frozenset()
    search: str = ""
    """A part of the name or of the repository's address, in whatever case; "" is any."""


def folder_of(project: ProjectId, attempt: str) -> str:
    """Return where the files of an attempt go, by its id; that of an item's first is the item's."""
    return f"{project}/collection/{attempt}"


def name_in_collection(entry: Entry) -> str:
    """Return what an entry is called in the collection: a skill as the format of skills wants it."""
    name = entry.found.name
    return skill_name(name) if entry.found.type is ArtifactType.SKILL else name


def blob_sha(content: bytes) -> str:
    """Return git's name of a content: the SHA-1 over its length and itself (gitformat-pack, "blob")."""
    head = b"blob %d\0" % len(content)
    return hashlib.sha1(head + content, usedforsecurity=False).hexdigest()


def digest_of_stored(files: Iterable[StoredFile]) -> str:
    """Return the digest that an artifact of these files has, which is its entry's."""
    found = (TreeFile(path=file.path, blob_sha=file.blob_sha, size=file.size) for file in files)
    return digest_of(found, path="")


def key_of(folder: str, path: str) -> str:
    """Return the key of a file in the artifact store."""
    return f"{folder}/{path}"


def reference(item: Item, file: StoredFile) -> ArtifactRef:
    """Return where a file of an item lies. Its id is made of its key (UUIDv5, RFC 9562): no job has it."""
    key = key_of(item.folder, file.path)
    return ArtifactRef(
        id=ArtifactId(str(uuid5(UUID(item.id), key))),
        key=key,
        kind="collection",
        media_type=MEDIA_TYPE,
        size=file.size,
        sha256=file.sha256,
    )


def no_longer_taken(entry: Entry) -> Entry:
    """Return an entry of which nothing is in the collection any more."""
    status = EntryStatus.NEW if entry.status is EntryStatus.IMPORTED else entry.status
    return replace(entry, status=status, imported_at=None)
