"""Where artifacts are: a folder, or the bucket that the settings name."""

from collections.abc import Mapping
from pathlib import Path

from pydantic import SecretStr

from taskforce.artifact_address import BucketAddress, address_of
from taskforce.core.artifacts import ArtifactStore
from taskforce.core.clock import Clock
from taskforce.infrastructure.artifacts.local import LocalArtifactStore
from taskforce.settings import SettingsInvalid


def artifacts_at(
    url: SecretStr | None, home: Path, clock: Clock, *, labels: Mapping[str, str]
) -> ArtifactStore:
    """Return the store, which is reached when it is first used; objects are labelled by their keys' prefixes.

    Raises SettingsInvalid when the extra is missing that the address needs.
    """
    place = home / "artifacts" if url is None else address_of(url.get_secret_value())
    if isinstance(place, Path):
        return LocalArtifactStore(place, clock)
    _require_the_extra()
    from taskforce.infrastructure.artifacts.s3 import S3ArtifactStore  # noqa: PLC0415 - the extra s3

    return S3ArtifactStore(place, labels=labels)


def bucket_at(url: SecretStr | None) -> BucketAddress | None:
    """Return the bucket that artifacts are in; None where they are in a folder.

    Raises SettingsInvalid when the extra is missing that the address needs.
    """
    place = None if url is None else address_of(url.get_secret_value())
    if not isinstance(place, BucketAddress):
        return None
    _require_the_extra()
    return place


def _require_the_extra() -> None:
    try:
        import obstore  # noqa: F401, PLC0415 - the extra s3
    except ImportError as missing:
        raise SettingsInvalid(
            "artifacts_url is set, and the client of S3 is not installed. Run: pip install 'taskforce[s3]'"
        ) from missing
