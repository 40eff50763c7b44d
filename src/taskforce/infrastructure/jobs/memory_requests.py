"""Requests under a key, in memory."""

from taskforce.core.errors import Conflict
from taskforce.core.jobs.changes import RememberRequest
from taskforce.core.jobs.ports import RequestLog
from taskforce.core.jobs.requests import RequestKey


class MemoryRequestLog(RequestLog):
    """Requests in a dictionary; `remember` is the job store's applier of RememberRequest."""

    def __init__(self) -> None:
        self._by_key: dict[RequestKey, RememberRequest] = {}

    async def find(self, request: RequestKey) -> RememberRequest | None:
        return self._by_key.get(request)

    def remember(self, change: RememberRequest) -> None:
        """Keep a request. Raises Conflict when its key is taken."""
        if self._by_key.setdefault(change.request, change) is not change:
            raise Conflict("This key is taken.")
