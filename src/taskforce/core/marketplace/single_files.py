"""Markdown files that are artifacts by themselves, since they lie in a container."""

from collections.abc import Collection, Iterator, Mapping

from taskforce.core.marketplace.folders import Folder, loose_files
from taskforce.core.marketplace.model import ArtifactType, Signal
from taskforce.core.marketplace.points import fixed
from taskforce.core.marketplace.vocabulary import type_said

DIRECT = 75
EACH_LEVEL = 5
FLOOR = 50


def single_files(
    folder: Folder,
    *,
    found: Collection[str],
    listed: Mapping[str, ArtifactType],
    front_matter: Mapping[str, Mapping[str, object]],
) -> Iterator[tuple[str, ArtifactType, tuple[Signal, ...]]]:
    """Yield the single files of a folder: path, type, signals.

    What lies below a folder that was found, with no container between, belongs to that. The type is the
    container's, unless front matter names another.
    """
    shelf = folder.shelf
    is_shelved = shelf is not None and not is_of_another(folder, shelf, found)
    for name in loose_files(folder):
        path = folder.file(name)
        if path in listed:
            type_, levels = listed[path], 0
        elif is_shelved and shelf is not None and shelf.kind is not None:
            type_, levels = shelf.kind, folder.level - shelf.level
        else:
            continue
        said = type_said(front_matter.get(path, {}))
        if said is not None and said is not ArtifactType.COMPOSITE:
            type_ = said
        yield path, type_, fixed("single_file", DIRECT, levels=levels, each=EACH_LEVEL, floor=FLOOR)


def is_of_another(folder: Folder, shelf: Folder, found: Collection[str]) -> bool:
    """Tell whether a folder between a file and its shelf was found, or the shelf itself by its manifest."""
    around: Folder | None = folder
    while around is not None and around is not shelf:
        if around.path in found:
            return True
        around = around.parent
    return shelf.path in found and shelf.kind in shelf.manifests and not shelf.has_manifests_below
