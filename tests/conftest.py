"""What every test stands on: a log that is as it was, whatever the tests before it opened and closed."""

from collections.abc import Iterator

import pytest
import structlog


@pytest.fixture(autouse=True)
def log_as_before() -> Iterator[None]:
    """Set the log back: who opens a container lets it go to a file that is gone when the test is over."""
    before = structlog.get_config()
    yield
    structlog.configure(**before)
