"""Requests under a key, in memory."""

from datetime import datetime
from threading import Lock

from taskforce.core.errors import Conflict
from taskforce.core.jobs.changes import RememberRequest
from taskforce.core.jobs.ports import RequestLog
from taskforce.core.jobs.requests import RequestKey


class MemoryRequestLog(RequestLog):
    """Requests in a dictionary; `remember` is the job store's applier of RememberRequest."""

    def __init__(self) -> None:
        self._by_key: dict[RequestKey, RememberRequest] = {}
        self._lock = Lock()

    async def find(self, request: RequestKey) -> RememberRequest | None:
        return self._by_key.get(request)

    async def forget(self, *, before: datetime, limit: int) -> int:
        with self._lock:
            old = sorted((one for one in self._by_key.values() if one.at < before), key=lambda one: one.at)
            for one in old[:limit]:
                del self._by_key[one.request]
        return len(old[:limit])

    def remember(self, change: RememberRequest) -> None:
        """Keep a request. Raises Conflict when its key is taken."""
        with self._lock:
            if self._by_key.setdefault(change.request, change) is not change:
                raise Conflict("This key is taken.")
