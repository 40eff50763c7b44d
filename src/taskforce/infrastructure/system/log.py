"""The log: how facts are written, and their way out, which never stands in the way of work."""

import logging
import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any, TextIO, TypeAlias

import structlog
from pydantic import JsonValue
from structlog.typing import EventDict, Processor

Redact: TypeAlias = Callable[[JsonValue], JsonValue]
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]")
"""What may move a terminal's cursor, or worse; a traceback's ends of lines stay."""
_TRACE = 1
"""Where a traceparent names its trace."""


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


def log_to(file: TextIO, *, level: str, redact: Redact, has_color: bool = False) -> None:
    """Let this process log to a file: facts of a level and above, each as a line of JSON, without secrets.

    On a terminal they are lines for a person instead, in colour if it has any.
    """
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            _with_trace_id,
            structlog.processors.add_log_level,
            structlog.processors.format_exc_info,
            _without_secrets(redact),
            *(_for_people(has_color=has_color) if file.isatty() else _for_programs()),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(getattr(logging, level.upper())),
        logger_factory=LogLinesTo(file),
    )


def _for_programs() -> list[Processor]:
    return [
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _what_comes_first,
        structlog.processors.JSONRenderer(),
    ]


def _for_people(*, has_color: bool) -> list[Processor]:
    return [
        structlog.processors.TimeStamper(fmt="%H:%M:%S", utc=False),
        _harmless,
        structlog.dev.ConsoleRenderer(
            colors=has_color, exception_formatter=structlog.dev.plain_traceback, pad_event_to=0
        ),
    ]


def _what_comes_first(_: object, __: str, event: EventDict) -> EventDict:
    return {name: event.pop(name) for name in ("timestamp", "level", "event")} | {**event}


def _with_trace_id(_: object, __: str, event: EventDict) -> EventDict:
    """Name the trace by its id (W3C Trace Context), as tracing systems do, instead of the whole header."""
    traceparent = event.pop("traceparent", None)
    if traceparent:
        event["trace_id"] = str(traceparent).split("-")[_TRACE]
    return event


def _without_secrets(redact: Redact) -> Processor:
    def redacted(_: object, __: str, event: EventDict) -> Mapping[str, Any]:
        clean = redact({name: _plain(value) for name, value in event.items()})
        return clean if isinstance(clean, dict) else {}

    return redacted


def _plain(value: object) -> JsonValue:
    """Return a value as JSON has it, so that no secret hides in an object's text."""
    if value is None or isinstance(value, str | int | float):
        return value
    if isinstance(value, dict):
        return {str(name): _plain(one) for name, one in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(one) for one in value]
    return str(value)


def _harmless(_: object, __: str, event: EventDict) -> EventDict:
    """Show what a terminal would obey."""
    return {
        name: _CONTROL.sub(_escaped, value) if isinstance(value, str) else value
        for name, value in event.items()
    }


def _escaped(found: re.Match[str]) -> str:
    return found.group().encode("unicode_escape").decode("ascii")
