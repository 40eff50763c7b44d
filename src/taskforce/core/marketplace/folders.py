"""The folders of a repository, as far as the detector looks, and what each is to what lies in it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from taskforce.core.marketplace.listings import Listed
from taskforce.core.marketplace.model import ArtifactType
from taskforce.core.marketplace.paths import inside
from taskforce.core.marketplace.vocabulary import (
    CONTAINERS,
    LEFT_OUT,
    MANIFESTS,
    PLUGIN_FOLDER,
    has_word,
    is_loose,
)

DEEPEST = 10
"""Levels below the scanned folder at which an artifact may lie."""

_NONE: Mapping[ArtifactType, str] = {}


@dataclass(slots=True, eq=False, kw_only=True)
class Folder:
    """A folder while a repository is looked at; it grows until all is known."""

    path: str
    name: str
    level: int
    """0 is the scanned folder; those around it are below 0."""
    parent: "Folder | None" = None
    files: list[str] = field(default_factory=list)
    """Names of the files that lie directly in it, sorted."""
    manifests: Mapping[ArtifactType, str] = field(default_factory=lambda: _NONE)
    """Names of those that say what the folder is."""
    has_folders: bool = False
    has_parts: bool = False
    """Whether containers or a plugin's own folder lie directly in it."""
    has_manifests_below: bool = False
    kind: ArtifactType | None = None
    """What it holds, when it is a container."""
    container: "Folder | None" = None
    """The nearest container around it."""
    listed_as: ArtifactType | None = None
    """What a plugin's list says it is, or what is in it."""
    mapped: "tuple[Folder, ArtifactType] | None" = None
    """The nearest folder of the manual map, itself or around it, and what that is said to be."""

    @property
    def is_candidate(self) -> bool:
        """Tell whether it lies where an artifact may."""
        return 0 <= self.level <= DEEPEST

    @property
    def is_judged(self) -> bool:
        """Tell whether the rules look at it, since nobody has said what it is."""
        return self.is_candidate and (self.mapped is None or self.mapped[1] is ArtifactType.COMPOSITE)

    @property
    def shelf(self) -> "Folder | None":
        """Return the container that its files lie in: itself, or the nearest around it."""
        return self if self.kind is not None else self.container

    def file(self, name: str) -> str:
        """Return the path of a file in it."""
        return f"{self.path}/{name}" if self.path else name


def folders_of(
    paths: Sequence[str],
    *,
    root: str,
    listed: Listed,
    manual_map: Mapping[str, ArtifactType],
) -> dict[str, Folder]:
    """Return the folders at and around a scanned one by path, each after the one around it.

    Those without any file that says something of itself are left out, unless somebody speaks of folders.
    """
    level_of_root = root.count("/") + 1 if root else 0
    is_anyone = bool(manual_map or listed.plugins)
    heads = dict.fromkeys(path.rpartition("/")[0] for path in paths if is_anyone or has_word(path))
    folders: dict[str, Folder] = {}
    for head in heads:
        if head not in folders and _is_looked_at(head, root, level_of_root):
            _make(folders, head, level_of_root)
    for path in paths:
        head, _, name = path.rpartition("/")
        folder = folders.get(head)
        if folder is not None:
            folder.files.append(name)
    for folder in folders.values():
        _place(folder, listed.parts.get(folder.path), manual_map.get(folder.path))
    return folders


def _is_looked_at(path: str, root: str, level_of_root: int) -> bool:
    """Tell whether a folder is; a plugin's manifest lies a level below its artifact."""
    parts = path.split("/") if path else []
    is_within = path == root or inside(path, root)
    return is_within and len(parts) - level_of_root <= DEEPEST + 1 and LEFT_OUT.isdisjoint(parts)


def _make(folders: dict[str, Folder], path: str, level_of_root: int) -> None:
    """Make a folder, and before it those around it that are not there yet."""
    missing: list[str] = []
    while path not in folders:
        missing.append(path)
        if not path:
            break
        path = path.rpartition("/")[0]
    around = folders.get(path)
    for here in reversed(missing):
        level = (around.level + 1) if around else -level_of_root
        made = folders[here] = Folder(path=here, name=here.rpartition("/")[2], level=level, parent=around)
        if around is not None:
            around.has_folders = True
        around = made


def _place(folder: Folder, listed: ArtifactType | None, said: ArtifactType | None) -> None:
    """Say what a folder is to what lies in it; the one around it was placed before."""
    folder.files.sort()
    if not MANIFESTS.keys().isdisjoint(folder.files):
        names = (name for name in reversed(folder.files) if name in MANIFESTS)
        folder.manifests = {MANIFESTS[name]: name for name in names}
    parent = folder.parent
    if parent is not None:
        folder.container = parent.shelf
        folder.mapped = parent.mapped
        if folder.manifests:
            _tell_around(parent)
    folder.kind = CONTAINERS.get(folder.name.lower())
    if listed is not None:
        folder.listed_as = listed
        folder.kind = folder.kind if listed in folder.manifests else listed
    if parent is not None and (folder.kind is not None or folder.name == PLUGIN_FOLDER):
        parent.has_parts = True
    if said is not None:
        folder.mapped = (folder, said)


def _tell_around(folder: Folder) -> None:
    """Let a folder and those around it know that a manifest lies below; who knows has told the others."""
    around: Folder | None = folder
    while around is not None and not around.has_manifests_below:
        around.has_manifests_below = True
        around = around.parent


def loose_files(folder: Folder) -> list[str]:
    """Return the names of files in a folder that can be artifacts by themselves."""
    return [name for name in folder.files if is_loose(name)]
