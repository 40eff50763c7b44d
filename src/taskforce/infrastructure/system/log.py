"""The log's way out, which never stands in the way of work."""

import logging
import sys
from contextlib import suppress
from typing import TextIO

import structlog


class LogLines(structlog.PrintLogger):
    """A line for each fact. One that cannot be written, for the disk is full or nobody reads, is left out."""

    def msg(self, message: str) -> None:
        with suppress(OSError):
            super().msg(message)

    log = debug = info = warn = warning = msg
    fatal = failure = err = error = critical = exception = msg


class LogLinesTo:
    """Makes the log's lines go to a file; what structlog wants to be given."""

    def __init__(self, file: TextIO) -> None:
        self._file = file

    def __call__(self, *_: object) -> LogLines:
        return LogLines(self._file)


def log_to_stderr(level: str) -> None:
    """Write what is logged from a level on to standard error, a line of JSON a fact."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(getattr(logging, level.upper())),
        logger_factory=LogLinesTo(sys.stderr),
    )
