"""What the server's libraries say in Python's own log, told as facts like any other."""

import logging

import structlog

log = structlog.get_logger()

LIBRARIES = ("uvicorn", "asyncio")


class _Told(logging.Handler):
    """Tells a record: which library speaks is the field `logger`, what it says the field `message`."""

    def emit(self, record: logging.LogRecord) -> None:
        log.log(
            record.levelno,
            "library_said",
            logger=record.name,
            message=record.getMessage(),
            exc_info=record.exc_info,
        )


def tell_libraries() -> None:
    """Let warnings of the libraries go where all other facts go."""
    for name in LIBRARIES:
        library = logging.getLogger(name)
        library.handlers = [_Told()]
        library.setLevel(logging.WARNING)
        library.propagate = False
