"""Folders that are artifacts by their points."""

from collections.abc import Iterable, Iterator, Mapping

from taskforce.core.marketplace import points
from taskforce.core.marketplace.folders import Folder, loose_files
from taskforce.core.marketplace.model import ArtifactType, Signal
from taskforce.core.marketplace.vocabulary import EXTENSIONS, HOMES, PLUGIN_FOLDER, speaks_of, type_said

Fields = Mapping[str, object]
_NOTHING: Fields = {}


def judged(
    folder: Folder, front_matter: Mapping[str, Fields]
) -> tuple[ArtifactType, tuple[Signal, ...]] | None:
    """Return what a folder most likely is, and why; None when nothing says so, or too little.

    Of types with the same points that of a manifest wins, then that of its front matter.
    """
    if folder.name == PLUGIN_FOLDER or not folder.files:
        return None
    best: tuple[ArtifactType, tuple[Signal, ...]] | None = None
    for type_ in _types(folder, front_matter):
        signals = tuple(_signals(folder, type_, front_matter))
        if best is None or points.confidence_of(signals) > points.confidence_of(best[1]):
            best = type_, signals
    return best if best and points.confidence_of(best[1]) >= points.THRESHOLD else None


def main_file(folder: Folder, type_: ArtifactType | None = None) -> str | None:
    """Return the Markdown whose front matter speaks for a folder: a manifest, else its README.md."""
    manifests = [name for name in folder.manifests.values() if name.endswith(".md")]
    own = folder.manifests.get(type_) if type_ is not None else None
    if own in manifests:
        return own
    readmes = (name for name in folder.files if name.lower() == "readme.md")
    return manifests[0] if manifests else next(readmes, None)


def has_hint(folder: Folder) -> bool:
    """Tell whether anything but its README.md may say that a folder is an artifact."""
    is_placed = folder.container is not None or any(_is_hinted(folder, type_) for type_ in ArtifactType)
    return bool(folder.manifests) or is_placed or any(speaks_of(folder.name, type_) for type_ in ArtifactType)


def _types(folder: Folder, front_matter: Mapping[str, Fields]) -> Iterable[ArtifactType]:
    """Return what a folder may be; what only holds artifacts is none itself."""
    if folder.kind is not None:
        is_one = folder.kind in folder.manifests and not folder.has_manifests_below
        return (folder.kind,) if is_one else ()
    found = dict.fromkeys(folder.manifests)
    name = main_file(folder)
    if name is None or (not found and loose_files(folder)):
        return found
    said = type_said(front_matter.get(folder.file(name), _NOTHING))
    if said is not None and said is not ArtifactType.COMPOSITE:
        found[said] = None
    around = _around(folder)
    if around is not None:
        found[around] = None
    return found


def _signals(folder: Folder, type_: ArtifactType, front_matter: Mapping[str, Fields]) -> Iterator[Signal]:
    """Return what speaks for a type, and what the folder's depth costs."""
    name = main_file(folder, type_)
    fields = front_matter.get(folder.file(name), _NOTHING) if name else _NOTHING
    has_manifest, is_said = type_ in folder.manifests, type_said(fields) is type_
    around = _around(folder)
    known = sum(1 for one in folder.files if one.rpartition(".")[2].lower() in EXTENSIONS)
    hint = points.CONTAINER if has_manifest or is_said else points.CONTAINER_ALONE
    level = points.LEVEL if around is None else points.LEVEL_IN_CONTAINER
    worth = {
        "directory_name": _of_names(folder, type_),
        "manifest": points.MANIFEST * has_manifest,
        "skill_manifest": points.SKILL_MANIFEST * (has_manifest and type_ is ArtifactType.SKILL),
        "extensions": min(float(known), points.MOST_EXTENSIONS),
        "parent_hint": points.PARENT * _is_hinted(folder, type_),
        "front_matter": points.FRONT_MATTER * bool(fields),
        "container_hint": hint * (around is type_),
        "front_matter_type": points.FRONT_MATTER_TYPE * is_said,
        "depth": -level * folder.level,
    }
    return (points.signal(name, value) for name, value in worth.items() if value)


def _of_names(folder: Folder, type_: ArtifactType) -> float:
    if speaks_of(folder.name, type_):
        return points.OWN_NAME
    parent = folder.parent
    return points.NAME_AROUND if parent is not None and speaks_of(parent.name, type_) else 0.0


def _is_hinted(folder: Folder, type_: ArtifactType) -> bool:
    """Tell whether the folder around it is a container of the type, or an agent's own."""
    parent = folder.parent
    is_around = parent is not None and (parent.kind is type_ or parent.name.lower() in HOMES)
    return is_around or folder.listed_as is type_


def _around(folder: Folder) -> ArtifactType | None:
    """Return what the container around a folder holds; a plugin's list is as good as one."""
    if folder.listed_as is not None and folder.kind is None:
        return folder.listed_as
    return folder.container.kind if folder.container else None
