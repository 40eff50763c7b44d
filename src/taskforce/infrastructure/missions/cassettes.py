"""Cassettes: files of recordings, one a line of JSON."""

import asyncio
import os
from collections.abc import Sequence
from pathlib import Path
from tempfile import NamedTemporaryFile

from pydantic import ValidationError

from taskforce.core.documents import written
from taskforce.core.errors import Invalid
from taskforce.core.missions.errors import ScriptBroken
from taskforce.core.missions.recording import Cassettes, Recording
from taskforce.core.missions.redaction import Redaction


class FileCassettes(Cassettes):
    """Writes cassettes whole or not at all, without the secrets that the redaction knows."""

    def __init__(self, redaction: Redaction) -> None:
        self._redaction = redaction

    def check(self, file: Path) -> None:
        if not file.parent.is_dir() or file.is_dir() or not os.access(file.parent, os.W_OK):
            raise Invalid(f"No cassette can be written to {file}. Name a file in a folder that is there.")
        if file.exists() and not _is_cassette(file):
            raise Invalid(f"{file} is there, and no cassette. Name another file to record to.")

    async def write(self, file: Path, recordings: Sequence[Recording]) -> None:
        await asyncio.to_thread(self._write, file, recordings)

    def _write(self, file: Path, recordings: Sequence[Recording]) -> None:
        self.check(file)
        lines = [
            written(recording.without_secrets(self._redaction).model_dump(mode="json"))
            for recording in recordings
        ]
        with NamedTemporaryFile("w", encoding="utf-8", dir=file.parent, suffix=".part", delete=False) as part:
            part.writelines(f"{line}\n" for line in lines)
        Path(part.name).replace(file)


def read_cassette(file: Path) -> tuple[Recording, ...]:
    """Read a cassette. Raises ScriptBroken when it is not there or not a cassette."""
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
        return tuple(Recording.model_validate_json(line) for line in lines if line.strip())
    except (OSError, UnicodeDecodeError, ValidationError) as wrong:
        raise ScriptBroken(f"{file} is no cassette: {wrong}") from wrong


def _is_cassette(file: Path) -> bool:
    try:
        read_cassette(file)
    except ScriptBroken:
        return False
    return True
