"""Finding artifacts among the paths of a repository."""

from collections.abc import Mapping, Sequence

from taskforce.core.marketplace.model import ArtifactType, Detected


def detect(
    paths: Sequence[str],
    *,
    root_hint: str = "",
    manual_map: Mapping[str, ArtifactType] | None = None,
    front_matter: Mapping[str, Mapping[str, object]] | None = None,
) -> tuple[Detected, ...]:
    """Return what is an artifact, by path; the order of the paths does not matter.

    `front_matter` are the fields of those Markdown files and manifests that were read, by path.
    """
    raise NotImplementedError
