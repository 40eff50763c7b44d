"""Finding artifacts among the paths of a repository: pure, and linear in their number.

The rules and their points are told in docs/explanation/detection.md.
"""

from collections.abc import Iterable, Iterator, Mapping

from taskforce.core.marketplace.composites import composite, plugin_manifest, types_held
from taskforce.core.marketplace.folders import Folder, folders_of, loose_files
from taskforce.core.marketplace.listings import Listed, listed
from taskforce.core.marketplace.manual_map import mapped, spelled
from taskforce.core.marketplace.model import ArtifactType, Detected, Signal
from taskforce.core.marketplace.naming import name_of
from taskforce.core.marketplace.nesting import nested
from taskforce.core.marketplace.paths import folder_of, sound_paths
from taskforce.core.marketplace.points import confidence_of
from taskforce.core.marketplace.scored_folders import has_hint, judged, main_file
from taskforce.core.marketplace.single_files import is_of_another, single_files
from taskforce.core.marketplace.vocabulary import MARKETPLACE_FILE, PLUGIN_FOLDER

Fields = Mapping[str, object]


def detect(
    paths: Iterable[str],
    *,
    root_hint: str = "",
    root_name: str = "root",
    manual_map: Mapping[str, ArtifactType] | None = None,
    front_matter: Mapping[str, Fields] | None = None,
) -> tuple[Detected, ...]:
    """Return what is an artifact, by path; the order of the paths does not matter.

    Paths that are not sound are ignored (`sound_paths` tells which). `root_hint` is the folder that is
    scanned, and the folders of `manual_map` count from the repository's root; `root_name` is what an
    artifact there is called. `front_matter` are the fields of those files of `worth_reading` that were read,
    by path. Raises FolderInvalid for a hint or a folder of the map that can be none.
    """
    fields = front_matter or {}
    lists = listed(fields)
    folders = _looked_at(paths, root_hint, manual_map or {}, lists)
    found: dict[str, Detected] = {}
    for path, type_, signals in _found(folders, lists, fields):
        single = path not in folders
        about = fields.get(path, {}) if single else _about(folders[path], type_, folders, lists, fields)
        found[path] = Detected(
            type=type_,
            name=name_of(path, about, otherwise=root_name),
            path=path,
            confidence=confidence_of(signals),
            breakdown=signals,
            is_single_file=single,
        )
    return nested(found)


def worth_reading(
    paths: Iterable[str], *, root_hint: str = "", front_matter: Mapping[str, Fields] | None = None
) -> tuple[str, ...]:
    """Return the files whose fields tell most, sorted: not every README.md, nor the pages of a skill.

    With the fields of those that were read, what their lists name is told too. Raises FolderInvalid.
    """
    lists = listed(front_matter or {})
    folders = _looked_at(paths, root_hint, {}, lists)
    of_manifests = {path for path, folder in folders.items() if folder.manifests}
    wanted: set[str] = set()
    for folder in folders.values():
        wanted.update(folder.file(name) for name in folder.manifests.values())
        if folder.name == PLUGIN_FOLDER and MARKETPLACE_FILE in folder.files:
            wanted.add(folder.file(MARKETPLACE_FILE))
        if plugin := plugin_manifest(folder, folders):
            wanted.add(plugin)
        if (readme := main_file(folder)) and has_hint(folder):
            wanted.add(folder.file(readme))
        is_shelved = folder.shelf is not None and not is_of_another(folder, folder.shelf, of_manifests)
        loose = (folder.file(name) for name in loose_files(folder))
        wanted.update(path for path in loose if is_shelved or path in lists.parts)
    return tuple(sorted(wanted))


def _looked_at(
    paths: Iterable[str], root_hint: str, manual_map: Mapping[str, ArtifactType], lists: Listed
) -> dict[str, Folder]:
    return folders_of(
        sound_paths(paths).kept,
        root=folder_of(root_hint, where="root_hint"),
        listed=lists,
        manual_map=spelled(manual_map),
    )


def _found(
    folders: Mapping[str, Folder], lists: Listed, fields: Mapping[str, Fields]
) -> Iterator[tuple[str, ArtifactType, tuple[Signal, ...]]]:
    """Yield what is found at each path: what a person says, else what a folder is, else its single files."""
    said = {path: (type_, signals) for path, type_, signals in mapped(folders.values())}
    looked_at = [folder for folder in folders.values() if folder.is_judged]
    scored = {
        folder.path: one
        for folder in looked_at
        if (one := judged(folder, fields)) and folder.path not in said
    }
    held = types_held(folders.values())
    for folder in looked_at:
        signals = composite(
            folder,
            folders=folders,
            held=held.get(folder.path, ()),
            plugins=lists.plugins,
            is_found=folder.path in scored,
        )
        if signals and folder.path not in said:
            scored[folder.path] = ArtifactType.COMPOSITE, signals
    folders_found = said | scored
    yield from ((path, *one) for path, one in folders_found.items())
    for folder in looked_at:
        yield from single_files(folder, found=folders_found, listed=lists.parts, front_matter=fields)


def _about(
    folder: Folder,
    type_: ArtifactType,
    folders: Mapping[str, Folder],
    lists: Listed,
    fields: Mapping[str, Fields],
) -> Fields:
    """Return the fields that speak for a folder."""
    if type_ is ArtifactType.COMPOSITE:
        manifest = plugin_manifest(folder, folders)
        return fields.get(manifest or "") or lists.plugins.get(folder.path, {})
    name = folder.manifests.get(type_) or main_file(folder)
    return fields.get(folder.file(name), {}) if name else {}
