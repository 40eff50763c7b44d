"""A step's log: all that it prints, masked, in a file and to whoever watches."""

import codecs
from io import BufferedWriter

from taskforce.core.pipelines.masking import Mask
from taskforce.core.pipelines.ports import StepOutput

MOST = 1024**3
"""Bytes that are kept; a step that prints more would fill the disk."""


class StepLog:
    """Takes what a step prints, in pieces of any size; none of it stays in memory."""

    def __init__(self, file: BufferedWriter, *, mask: Mask, on_output: StepOutput, most: int = MOST) -> None:
        self._file = file
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
        try:
            self._file.flush()
        except OSError as wrong:
            self.problem = self.problem or f"Its log could not be written: {wrong.strerror}."

    def _add(self, data: bytes) -> None:
        if not data:
            return
        self._on_output(self._decoder.decode(data))
        if self.problem:
            return
        try:
            self._file.write(data[: self._room])
            if len(data) > self._room:
                self.problem = f"Its log was cut after {MOST // 1024**2:,} MiB."
                self._file.write(b"\n[the log is cut here]\n")
        except OSError as wrong:
            self.problem = f"Its log could not be written: {wrong.strerror}."
        self._room -= len(data)
