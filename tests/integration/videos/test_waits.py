"""How long a provider asks to wait."""

from datetime import UTC, datetime, timedelta

import pytest

from taskforce.infrastructure.videos.waits import LONGEST, wait_of

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, 0),
        ({"retry-after": "7"}, 7),
        ({"retry-after": "0.5"}, 0.5),
        ({"retry-after-ms": "250", "retry-after": "9"}, 0.25),
        ({"retry-after": "Sun, 22 Nov 2026 12:00:30 GMT"}, 30),
        ({"retry-after": "Sun, 22 Nov 2026 12:00:30 -0000"}, 30),
        ({"retry-after": "Sun, 22 Nov 2026 11:00:00 GMT"}, 0),
        ({"retry-after": "soon"}, 0),
        ({"retry-after": "-3"}, 0),
        ({"retry-after": "9" * 40}, 0),
        ({"retry-after": "99999999"}, LONGEST.total_seconds()),
    ],
)
def test_a_wait_is_read_from_either_header_and_bounded(headers: dict[str, str], seconds: float) -> None:
    assert wait_of(headers, now=NOW) == timedelta(seconds=seconds)
