"""Zip archives of files, unpacked in memory within bounds; no name leads anywhere but into the archive."""

import io
import stat
import struct
import zipfile
import zlib
from pathlib import PurePosixPath

from taskforce.core.scenarios.table import TableBroken

MOST_ENTRIES = 1_000
MOST_BYTES = 64 * 2**20
"""Of all files, unpacked."""
MOST_RATIO = 200
"""How many times its packed size a file may have; a table repeats itself, but not like that."""
FREE = 2**20
"""Bytes that a file may have whatever its ratio."""
_DAMAGES = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    IndexError,  # an entry without a name
    NotImplementedError,
    OSError,
    RuntimeError,
    ValueError,  # an entry before the beginning, a name in no encoding
)
"""What zipfile makes of archives that contradict themselves."""
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_BEGINNINGS = (b"PK\x03\x04", b"PK\x05\x06")


def is_archive(content: bytes) -> bool:
    """Tell whether bytes begin as a zip archive does."""
    return content.startswith(_BEGINNINGS)


def unpacked(content: bytes) -> dict[str, bytes]:
    """Return the files of an archive by their names in it, folders included.

    Raises:
        TableBroken: It is damaged or encrypted, too much, or holds links or names that lead out of it.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = [entry for entry in archive.infolist() if not entry.is_dir()]
            _check(entries)
            return {entry.filename: _read(archive, entry) for entry in entries}
    except _DAMAGES as wrong:
        raise TableBroken(
            0, "is a damaged archive, or one that only others can unpack; pack it anew"
        ) from wrong


def _check(entries: list[zipfile.ZipInfo]) -> None:
    if len(entries) > MOST_ENTRIES:
        raise TableBroken(0, f"holds {len(entries):,} files, and may hold {MOST_ENTRIES:,}")
    names: set[str] = set()
    for entry in entries:
        path = PurePosixPath(entry.filename)
        if path.is_absolute() or ".." in path.parts or "\\" in entry.filename or ":" in entry.filename:
            raise TableBroken(0, f"holds {entry.filename!r}, which leads out of it")
        if stat.S_ISLNK(entry.external_attr >> 16):
            raise TableBroken(0, f"holds {entry.filename!r}, which is a link")
        if entry.compress_type not in _METHODS:
            raise TableBroken(0, f"holds {entry.filename!r}, which is not deflated; pack it anew")
        if entry.flag_bits & 1:
            raise TableBroken(0, f"holds {entry.filename!r}, which is encrypted")
        if entry.file_size > max(FREE, MOST_RATIO * entry.compress_size):
            raise TableBroken(0, f"holds {entry.filename!r}, which unpacks to far more than it is")
        if entry.filename in names:
            raise TableBroken(0, f"holds {entry.filename!r} twice")
        names.add(entry.filename)
    if sum(entry.file_size for entry in entries) > MOST_BYTES:
        raise TableBroken(0, f"unpacks to more than {MOST_BYTES // 2**20} MiB")


def _read(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes:
    """Return a file; zipfile gives no more bytes than the directory says, and checks their CRC."""
    with archive.open(entry) as file:
        return file.read(entry.file_size + 1)
