"""How much a repository, a file and an artifact may hold: what is fetched comes from strangers."""

from collections.abc import Sequence

from taskforce.core.marketplace.errors import ArtifactTooLarge
from taskforce.core.marketplace.model import TreeFile

_MB = 1024 * 1024
FILE_SIZE = 10 * _MB
ARTIFACT_SIZE = 50 * _MB
ARTIFACT_FILES = 5_000
TREE_FILES = 100_000


def check_artifact(path: str, files: Sequence[TreeFile]) -> None:
    """Return when an artifact of these files may be taken. Raises ArtifactTooLarge."""
    if len(files) > ARTIFACT_FILES:
        raise ArtifactTooLarge(path, f"has {len(files):,} files", f"{ARTIFACT_FILES:,} files")
    size = sum(file.size for file in files)
    if size > ARTIFACT_SIZE:
        raise ArtifactTooLarge(path, f"has {in_mb(size)}", in_mb(ARTIFACT_SIZE))


def in_mb(size: int) -> str:
    """Return a number of bytes for people."""
    return f"{size / _MB:,.1f} MB".replace(".0 ", " ")
