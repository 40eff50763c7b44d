"""The settings of the marketplace: by host, and shown nowhere."""

from pathlib import Path

import pytest

from taskforce.settings import Settings, SettingsInvalid, load_settings


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_credentials_come_by_host_and_are_shown_nowhere(monkeypatch: pytest.MonkeyPatch) -> None:
    said = "git.example=ann:a%2Cb=, 127.0.0.1:8080=bob:word"
    monkeypatch.setenv("TASKFORCE_MARKETPLACE_CREDENTIALS", said)
    settings = load_settings().settings
    shown = {name: login.get_secret_value() for name, login in settings.marketplace_credentials.items()}
    assert shown == {"git.example": "ann:a%2Cb=", "127.0.0.1:8080": "bob:word"}
    assert "word" not in f"{settings!r}{settings}{settings.model_dump()}{settings.model_dump_json()}"


def test_a_file_has_a_section_of_them(folder: Path) -> None:
    (folder / "taskforce.toml").write_text(
        '[marketplace.credentials]\n"git.example" = "a:b"\n'
        '[marketplace.ssh_keys]\n"git.example" = "/keys/one"\n'
    )
    settings = load_settings().settings
    assert settings.marketplace_credentials["git.example"].get_secret_value() == "a:b"
    assert settings.marketplace_ssh_keys == {"git.example": Path("/keys/one")}


@pytest.mark.parametrize(
    ("name", "value", "why"),
    [
        ("marketplace_credentials", "secretword", "must be pairs"),
        ("marketplace_credentials", "git.example=secretword", "host=user:password"),
        ("marketplace_credentials", "git.example=a:secret word", "host=user:password"),
        ("marketplace_credentials", "https://git.example=a:secretword", "must name hosts"),
        ("marketplace_credentials", "Git.Example=a:secretword", "must name hosts"),
        ("marketplace_ssh_keys", "git.example=keys/secretword", "absolute paths"),
        ("marketplace_ssh_keys", "git/example=/keys/secretword", "must name hosts"),
    ],
)
def test_what_is_not_right_is_told_without_it(name: str, value: str, why: str) -> None:
    with pytest.raises(SettingsInvalid, match=why) as wrong:
        load_settings(flags={name: value})
    assert "secret" not in str(wrong.value)


@pytest.mark.parametrize("host", ["git.example", "localhost:8080", "2606:4700::1111", "10.0.0.1:443"])
def test_a_host_may_have_a_port_or_be_an_address(host: str) -> None:
    assert Settings.model_validate({"marketplace_ssh_keys": {host: "/key"}}).marketplace_ssh_keys
