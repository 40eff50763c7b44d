"""How long this machine lets nobody go on: a promise about seconds holds for those in which it runs."""

import threading
import time
from typing import Self

_EACH = 0.02


class Stalls:
    """Sleeps a moment again and again, and keeps by how much that took longer at the worst."""

    def __init__(self) -> None:
        self.worst = 0.0
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._over.is_set():
            begun = time.monotonic()
            time.sleep(_EACH)
            self.worst = max(self.worst, time.monotonic() - begun - _EACH)
