"""Reading contents with `git cat-file --batch`: so many at a time that they fit into a few MB."""

from collections.abc import AsyncGenerator, Iterator, Sequence

from taskforce.core.marketplace.errors import SourceUnreachable
from taskforce.core.marketplace.model import TreeFile
from taskforce.infrastructure.git.program import Reading

_MOST_BYTES, _MOST_FILES = 16 * 1024 * 1024, 2_000
_HEADER = 80
"""More bytes than stand before and after a content: name, type, size, line ends."""


def batches(files: Sequence[TreeFile]) -> Iterator[list[TreeFile]]:
    """Yield the files in their order, in parts that are read at once."""
    part: list[TreeFile] = []
    size = 0
    for file in files:
        if part and (size + file.size > _MOST_BYTES or len(part) == _MOST_FILES):
            yield part
            part, size = [], 0
        part.append(file)
        size += file.size
    if part:
        yield part


async def names(files: Sequence[TreeFile]) -> AsyncGenerator[bytes, None]:
    """Yield what git is asked for."""
    yield b"".join(f"{file.blob_sha}\n".encode() for file in files)


class Contents(Reading):
    """Takes the contents of some files, and no more than their sizes let expect."""

    def __init__(self, files: Sequence[TreeFile]) -> None:
        super().__init__()
        self._files = files
        self._most = sum(file.size + _HEADER for file in files)
        self._taken = bytearray()

    def take(self, data: bytes) -> None:
        self._taken += data
        if len(self._taken) > self._most:
            self.has_enough.set()

    def each(self) -> Iterator[tuple[TreeFile, bytes]]:
        """Yield each file and its content. Raises SourceUnreachable when git gave something else."""
        place = 0
        for file in self._files:
            header = f"{file.blob_sha} blob {file.size}\n".encode()
            begin = place + len(header)
            place = begin + file.size + 1
            if not self._taken.startswith(header, begin - len(header)) or place > len(self._taken):
                raise SourceUnreachable(f"{file.path} is not in what was fetched. Scan it again.")
            yield file, bytes(self._taken[begin : place - 1])
