"""Event loops for threads that do nothing but speak with a server."""

import sys
from asyncio import AbstractEventLoop

if sys.platform == "win32":
    from asyncio import new_event_loop as new_loop
else:
    from uvloop import new_event_loop

    def new_loop() -> AbstractEventLoop:
        """Return a loop of uvloop's, which hears a word from another thread sooner than asyncio's."""
        return new_event_loop()


__all__ = ["new_loop"]
