"""What all integration tests stand on, before anything reads the settings: a home of their own, no provider.

Whatever keys this machine has and whatever servers run on it, no test asks a model but those that it names.
"""

import atexit
import os
import shutil
import tempfile
from collections.abc import Generator

import pytest

from taskforce.settings import PROVIDER_VARIABLES
from tests.integration.buckets import bucket, s3, shared_bucket  # noqa: F401 - fixtures
from tests.integration.nats_queue import empty_nats, running_nats  # noqa: F401 - fixtures
from tests.integration.postgres import (  # noqa: F401 - fixtures
    empty_postgres,
    kept_postgres,
    postgres,
    postgres_database,
    postgres_url,
)

_HOME = tempfile.mkdtemp(prefix="taskforce-tests-")
atexit.register(shutil.rmtree, _HOME, ignore_errors=True)
os.environ["TASKFORCE_HOME"] = _HOME
os.environ["TASKFORCE_MODEL_PROBE"] = "false"
for _name in PROVIDER_VARIABLES:
    os.environ.pop(_name, None)
_COUNTING = "COVERAGE_PROCESS_CONFIG"
"""By this, coverage begins in the processes that a test starts."""


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """Count no lines in the processes of a test that kills them: it takes them half as long again.

    What they run, others run too, and who is killed tells no number.
    """
    counting = os.environ.pop(_COUNTING, None) if item.get_closest_marker("durability") else None
    try:
        return (yield)
    finally:
        if counting is not None:
            os.environ[_COUNTING] = counting
