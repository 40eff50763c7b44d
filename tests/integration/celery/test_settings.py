"""What is wrong with the settings of Celery's queue is told, and how it is put right."""

import sys
from pathlib import Path

import pytest

from tests.integration.processes import Process, environment, said

DATABASE = "postgresql://taskforce@127.0.0.1:1/taskforce"
WRONG = ("amqp://hushed@host", "redis://", "redis://:hushed@host/zero", "rediss:host")
WITHOUT = "import sys; sys.modules['celery'] = None; from taskforce.__main__ import main; main()"


def test_a_queue_of_celery_needs_a_database_that_is_shared(tmp_path: Path) -> None:
    refused = said(tmp_path, "jobs", "list", queue_url="redis://127.0.0.1:1/0")
    assert refused.code == 2
    assert "TASKFORCE_QUEUE_URL (environment): this is Celery's, so database_url must be set" in refused.err


@pytest.mark.parametrize(
    "url", ["amqp://secret@host", "redis://", "redis://:secret@host/zero", "rediss:host"]
)
def test_an_address_of_no_broker_is_refused_and_not_told(tmp_path: Path, url: str) -> None:
    refused = said(tmp_path, "jobs", "list", queue_url=url, database_url=DATABASE)
    assert refused.code == 2
    assert "must be nats://user:password@host:port or redis://:password@host:port/number" in refused.err
    assert "hushed" not in refused.err


def test_the_password_of_a_broker_is_not_shown(tmp_path: Path, postgres_url: str) -> None:
    shown = said(tmp_path, "doctor", queue_url="redis://:hushed@127.0.0.1:1/0", database_url=postgres_url)
    assert "queue_url" in shown.out
    assert "The broker 127.0.0.1:1 carries no hints" in shown.out + shown.err
    assert "hushed" not in shown.out + shown.err


def test_without_the_extra_it_says_what_to_install(tmp_path: Path) -> None:
    env = environment(tmp_path, queue_url="redis://127.0.0.1:1/0", database_url=DATABASE)
    with Process(sys.executable, "-c", WITHOUT, "jobs", "list", env=env) as process:
        refused = process.wait()
    assert refused.code == 2
    assert "pip install 'taskforce[celery]'" in refused.err


def test_celerys_worker_without_a_queue_of_celery_says_what_to_set(tmp_path: Path) -> None:
    words = ("-m", "celery", "-A", "taskforce.celery_app", "worker")
    with Process(sys.executable, *words, env=environment(tmp_path)) as process:
        refused = process.wait()
    assert refused.code == 1
    assert refused.err.splitlines()[-1].endswith("Set TASKFORCE_QUEUE_URL.")
    assert "Traceback" not in refused.err
