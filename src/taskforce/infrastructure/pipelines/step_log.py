"""A step's log: all that it prints, masked, in a file and to whoever watches."""

import codecs
from io import BufferedWriter
from pathlib import Path

from taskforce.core.pipelines.masking import Mask
from taskforce.core.pipelines.ports import StepOutput

MOST = 1024**3
"""Bytes that are kept; a step that prints more would fill the disk."""


class StepLog:
    """Takes what a step prints, in pieces of any size; none of it stays in memory.

    It is added to a file, which is made with the first of it.
    """

    def __init__(self, path: Path, *, mask: Mask, on_output: StepOutput, most: int = MOST) -> None:
        self._path = path
        self._file: BufferedWriter | None = None
        self._stream = mask.stream()
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._on_output = on_output
        self._room = most
        self.problem = ""
        """Why it is not whole; empty while it is."""

    def take(self, _: int, data: bytes) -> None:
        """Add what was printed."""
        self._add(self._stream.take(data))

    def close(self) -> None:
        """Add what was held back, and see that all of it is written."""
        self._add(self._stream.end())
        if self._file is None:
            return
        try:
            self._file.close()
        except OSError as wrong:
            self.problem = self.problem or f"Its log could not be written: {wrong.strerror}."

    def _add(self, data: bytes) -> None:
        if not data:
            return
        self._on_output(self._decoder.decode(data))
        if self.problem:
            return
        try:
            self._file = self._file or self._path.open("ab")
            self._file.write(data[: self._room])
            if len(data) > self._room:
                self.problem = f"Its log was cut after {MOST // 1024**2:,} MiB."
                self._file.write(b"\n[the log is cut here]\n")
        except OSError as wrong:
            self.problem = f"Its log could not be written: {wrong.strerror}."
        self._room -= len(data)
