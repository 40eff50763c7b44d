"""Where releases go: to the registry that the settings name, or to layouts on disk."""

from pathlib import Path

from taskforce.core.pipelines.ports import ReleaseRegistry
from taskforce.infrastructure.pipelines.oci_layout import OciLayouts
from taskforce.settings import SettingsInvalid


def registry_at(url: str | None, *, folder: Path) -> ReleaseRegistry:
    """Return the registry. Raises SettingsInvalid when it needs the extra and that is not installed."""
    if url is None:
        return OciLayouts(folder)
    try:
        from taskforce.infrastructure.pipelines.oci_registry import OciRegistry  # noqa: PLC0415 - the extra oci
    except ImportError as missing:
        raise SettingsInvalid(
            "registry_url is set, and oras is not installed. Run: pip install 'taskforce[oci]'"
        ) from missing
    return OciRegistry(url)
