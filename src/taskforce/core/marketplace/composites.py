"""Folders that bring several artifacts at once: plugins."""

from collections.abc import Collection, Iterable, Mapping

from taskforce.core.marketplace.folders import Folder, loose_files
from taskforce.core.marketplace.model import ArtifactType, Signal
from taskforce.core.marketplace.points import fixed
from taskforce.core.marketplace.vocabulary import COMPOSITE_FILES, HOMES, PLUGIN_FILE, PLUGIN_FOLDER

CLAUDE_PLUGIN = 98
PLUGIN = 95
COMPOSITE_FILE = 90
TYPED_FOLDERS = 70
FEWEST_TYPES = 2


def types_held(folders: Iterable[Folder]) -> dict[str, set[ArtifactType]]:
    """Return by folder the types of the containers directly in it that hold something."""
    held: dict[str, set[ArtifactType]] = {}
    for folder in folders:
        shelf = folder.shelf
        if shelf is None or shelf.parent is None or shelf.kind is None:
            continue
        if folder.manifests or loose_files(folder):
            held.setdefault(shelf.parent.path, set()).add(shelf.kind)
    return held


def plugin_manifest(folder: Folder, folders: Mapping[str, Folder]) -> str | None:
    """Return the path of the file that says what a plugin is, wherever the folder keeps it."""
    inner = folders.get(folder.file(PLUGIN_FOLDER))
    if inner is not None and PLUGIN_FILE in inner.files:
        return inner.file(PLUGIN_FILE)
    return next((folder.file(name) for name in (PLUGIN_FILE, *COMPOSITE_FILES) if name in folder.files), None)


def composite(
    folder: Folder,
    *,
    folders: Mapping[str, Folder],
    held: Collection[ArtifactType],
    plugins: Collection[str],
    is_found: bool,
) -> tuple[Signal, ...] | None:
    """Return why a folder is a composite; None when it is none.

    A list of a marketplace is as good as a plugin's own manifest. Two containers make one of a folder that
    is nothing else: not the scanned folder, nor one where an agent looks for its own, nor a container.
    """
    if folder.name == PLUGIN_FOLDER:
        return None
    inner = folders.get(folder.file(PLUGIN_FOLDER))
    is_place = folder.level == 0 or folder.kind is not None or folder.name.lower() in HOMES
    reasons = (
        (inner is not None and PLUGIN_FILE in inner.files, "claude_plugin_manifest", CLAUDE_PLUGIN),
        (folder.path in plugins, "listed_plugin", CLAUDE_PLUGIN),
        (PLUGIN_FILE in folder.files, "plugin_manifest", PLUGIN),
        (any(name in folder.files for name in COMPOSITE_FILES), "composite_manifest", COMPOSITE_FILE),
        (len(held) >= FEWEST_TYPES and not is_place and not is_found, "typed_folders", TYPED_FOLDERS),
    )
    return next((fixed(name, confidence) for holds, name, confidence in reasons if holds), None)
