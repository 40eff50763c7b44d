"""Plants in folders of this machine."""

import asyncio
from pathlib import Path

from taskforce.core.errors import Invalid
from taskforce.core.scenarios.ports import PlantFolders
from taskforce.infrastructure.scenarios.archives import MOST_BYTES, MOST_ENTRIES
from taskforce.infrastructure.scenarios.table_files import SUFFIX


class LocalPlantFolders(PlantFolders):
    async def read(self, place: Path, *, within: Path | None = None) -> dict[str, bytes]:
        return await asyncio.to_thread(_read, place, within)


def _read(place: Path, within: Path | None) -> dict[str, bytes]:
    try:
        _require_inside([place], within)
        files = _files(place)
        _require_inside(files, within)
        if sum(file.stat().st_size for file in files) > MOST_BYTES:
            raise Invalid(f"The files of {place} have more than {MOST_BYTES // 2**20} MiB together.")
        return {file.name: file.read_bytes() for file in files}
    except OSError as wrong:
        reason = wrong.strerror or "it cannot be read"
        raise Invalid(
            f"{place} cannot be read: {reason}. Name a folder of CSV files, or a zip of it."
        ) from wrong


def _require_inside(paths: list[Path], within: Path | None) -> None:
    """Refuse links that lead to what is not the asker's. Raises Invalid."""
    for path in paths:
        if within is not None and not path.resolve().is_relative_to(within.resolve()):
            raise Invalid(f"{path.name} leads out of its project's folder. Name a folder inside.")


def _files(place: Path) -> list[Path]:
    if not place.is_dir():
        return [place]
    files = sorted(file for file in place.iterdir() if file.suffix.casefold() == SUFFIX and file.is_file())
    if not files:
        raise Invalid(
            f"There are no CSV files in {place}. Name a folder that has plant.csv, products.csv, …."
        )
    if len(files) > MOST_ENTRIES:
        raise Invalid(f"There are more than {MOST_ENTRIES:,} CSV files in {place}.")
    return files
