"""Closing what is held, where it is handed on only when all went well."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol


class Closable(Protocol):
    """What is to be let go of."""

    def close(self) -> None:
        """Let go of it."""
        ...


@contextmanager
def closed_if_it_fails(held: Closable) -> Iterator[None]:
    """Close what is held when nobody is left to do it."""
    try:
        yield
    except BaseException:
        held.close()
        raise
