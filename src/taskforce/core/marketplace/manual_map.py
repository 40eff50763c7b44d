"""What a person says of folders: nothing below a folder of the map is judged by points."""

from collections.abc import Iterable, Iterator, Mapping

from taskforce.core.marketplace.folders import Folder
from taskforce.core.marketplace.model import ArtifactType, Signal
from taskforce.core.marketplace.paths import folder_of
from taskforce.core.marketplace.points import fixed
from taskforce.core.marketplace.vocabulary import PLUGIN_FOLDER, is_beside, is_loose

EXACT = 95
EACH_LEVEL = 3
FLOOR = 86
SIGNAL = "manual_map"
_SHELVED = frozenset({ArtifactType.COMMAND, ArtifactType.AGENT, ArtifactType.HOOK, ArtifactType.WORKFLOW})
"""What may be a file of its own."""


def spelled(manual_map: Mapping[str, ArtifactType]) -> dict[str, ArtifactType]:
    """Return a map with its folders as paths spell them. Raises FolderInvalid."""
    return {folder_of(said, where="manual_map"): type_ for said, type_ in manual_map.items()}


def mapped(folders: Iterable[Folder]) -> Iterator[tuple[str, ArtifactType, tuple[Signal, ...]]]:
    """Yield what the map makes of folders that come each after the one around it: path, type, signals.

    The topmost folders that are one thing are artifacts. Where a folder holds nothing but Markdown, each
    file is one, for those types of which a file can be. What the map says of a folder nearer is not touched.
    """
    taken: dict[Folder, Folder] = {}
    for folder in folders:
        if folder.mapped is None or not folder.is_candidate:
            continue
        source, type_ = folder.mapped
        if folder.parent is not None and taken.get(folder.parent) is source:
            taken[folder] = source
            continue
        signals = fixed(SIGNAL, EXACT, levels=folder.level - source.level, each=EACH_LEVEL, floor=FLOOR)
        if _is_shelf(folder, type_):
            yield from ((folder.file(name), type_, signals) for name in folder.files if is_loose(name))
        elif _is_one(folder, type_):
            taken[folder] = source
            yield folder.path, type_, signals


def _is_shelf(folder: Folder, type_: ArtifactType) -> bool:
    files = [name for name in folder.files if not is_beside(name)]
    return type_ in _SHELVED and bool(files) and all(is_loose(name) for name in files)


def _is_one(folder: Folder, type_: ArtifactType) -> bool:
    """Tell whether a folder is one thing: it has a manifest, or files and no manifest further down.

    A composite is one by what it is made of, or by files of its own.
    """
    has_substance = any(not is_beside(name) for name in folder.files)
    if type_ is ArtifactType.COMPOSITE:
        return folder.has_parts or has_substance or bool(folder.files and not folder.has_folders)
    if folder.manifests:
        return True
    is_whole = bool(folder.files) and not folder.has_manifests_below
    return is_whole and (has_substance or not folder.has_folders) and folder.name != PLUGIN_FOLDER
