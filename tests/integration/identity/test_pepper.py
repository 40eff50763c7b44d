"""The pepper: made once, by one of many, readable by its owner alone, and never made anew by mistake."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from pydantic import SecretStr, ValidationError

from taskforce.core.errors import Unavailable
from taskforce.infrastructure.identity.pepper import FilePepper, GivenPepper
from taskforce.infrastructure.system.chance import SystemChance
from taskforce.settings import Settings


def test_it_is_made_once_and_stays(tmp_path: Path) -> None:
    file = tmp_path / "home" / "pepper"
    first = FilePepper(file, SystemChance()).get()
    assert len(first) == 64
    assert FilePepper(file, SystemChance()).get() == first
    assert [path.name for path in file.parent.iterdir()] == ["pepper"]
    assert file.stat().st_mode & 0o777 == 0o600


def test_of_many_that_make_it_at_once_one_wins(tmp_path: Path) -> None:
    file = tmp_path / "pepper"
    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(lambda _: FilePepper(file, SystemChance()).get(), range(32)))
    assert len(set(found)) == 1


@pytest.mark.parametrize("content", [b"", b"short", b"\xff" * 64])
def test_one_that_is_broken_is_told_and_left_alone(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "pepper"
    file.write_bytes(content)
    with pytest.raises(Unavailable, match="pepper"):
        FilePepper(file, SystemChance()).get()
    assert file.read_bytes() == content


def test_where_it_cannot_be_made_that_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(Unavailable, match="cannot be read or made"):
        FilePepper(tmp_path / "file" / "pepper", SystemChance()).get()


def test_the_settings_may_say_it_and_show_it_to_nobody() -> None:
    settings = Settings(pepper=SecretStr("s" * 32))
    assert settings.pepper is not None
    assert GivenPepper(settings.pepper.get_secret_value()).get() == b"s" * 32
    assert "ssss" not in f"{settings!r} {settings}"
    with pytest.raises(ValidationError):
        Settings(pepper=SecretStr("short"))
