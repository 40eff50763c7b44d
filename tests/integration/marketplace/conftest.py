"""A house whose sources may lie on this machine, and a repository to add."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from taskforce.application.factory import Container, close_container, open_container
from taskforce.settings import Settings
from tests.integration.marketplace.canaries import singing
from tests.integration.marketplace.sources_in_use import FILES
from tests.integration.marketplace.trees_of_git import Bare, a_bare


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Container]:
    home = tmp_path_factory.mktemp("home")
    container = open_container(Settings(home=home, git_allow_local=True, synchronous="NORMAL"))
    yield container
    close_container(container)


@pytest.fixture
def bare(tmp_path: Path) -> Bare:
    return a_bare(tmp_path / "there.git", FILES)


@pytest.fixture
def canary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A command that nobody is to run."""
    with singing(tmp_path / "surroundings", monkeypatch) as command:
        yield command
