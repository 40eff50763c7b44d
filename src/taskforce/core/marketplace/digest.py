"""The fingerprint of an artifact's content: two of equal content have one, wherever they lie."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence

from taskforce.core.marketplace.model import Detected, TreeFile


def digest_of(files: Iterable[TreeFile], *, path: str) -> str:
    """Return the SHA-256 in hex over the sorted lines `path:blob-sha`, each ended by a newline.

    Paths count from the artifact's folder, so that a copy elsewhere has the same digest; a single file is
    its name. `path` is that of the artifact.
    """
    lines = sorted(f"{within(file.path, path)}:{file.blob_sha}\n" for file in files)
    return hashlib.sha256("".join(lines).encode("utf-8", "surrogatepass")).hexdigest()


def files_by_artifact(
    found: Iterable[Detected], files: Iterable[TreeFile]
) -> Mapping[str, Sequence[TreeFile]]:
    """Return the files of each artifact by its path: a file below several, as in a plugin, is each one's."""
    gathered: dict[str, list[TreeFile]] = {one.path: [] for one in found}
    around: dict[str, list[list[TreeFile]]] = {}
    for file in files:
        if file.path in gathered:
            gathered[file.path].append(file)
        head = file.path.rpartition("/")[0]
        if head not in around:
            around[head] = [gathered[one] for one in _at_and_around(head) if one in gathered]
        for each in around[head]:
            each.append(file)
    return gathered


def _at_and_around(folder: str) -> Iterable[str]:
    while folder:
        yield folder
        folder = folder.rpartition("/")[0]
    yield ""


def within(path: str, artifact: str) -> str:
    """Return a path as it counts from the artifact's folder; the single file of one is its name."""
    if path == artifact:
        return path.rpartition("/")[2]
    return path[len(artifact) + 1 :] if artifact else path
