"""Settings: where each comes from, which wins, and what is said when one is not right."""

import os
from pathlib import Path

import pytest

from taskforce.settings import Settings, SettingsInvalid, load_settings, terminal


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in [name for name in os.environ if name.startswith("TASKFORCE_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path / "user"))
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    work = tmp_path / "work"
    work.mkdir()
    monkeypatch.chdir(work)
    return work


def write(file: Path, text: str) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")
    return file


def refused(**flags: object) -> SettingsInvalid:
    with pytest.raises(SettingsInvalid) as wrong:
        load_settings(flags=flags)
    return wrong.value


def test_the_defaults_hold_without_anything(folder: Path) -> None:
    loaded = load_settings()
    assert loaded.settings.home == folder / ".taskforce"
    assert loaded.settings.workspace_roots == (folder,)
    assert set(loaded.origins.values()) == {"default"}
    assert loaded.origins.keys() == Settings.model_fields.keys()


def test_the_nearer_source_wins_and_is_told(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    user = write(folder.parent / "user" / ".config" / "taskforce" / "config.toml", "workers = 1\nmodel = 'u'")
    here = write(folder / "taskforce.toml", "workers = 2\nmodel = 'p'\nlease = 5")
    given = write(folder.parent / "given.toml", "workers = 3\nprofile = 'f'\nlease = 6.5")
    monkeypatch.setenv("TASKFORCE_WORKERS", "4")
    monkeypatch.setenv("TASKFORCE_PROFILE", "e")
    loaded = load_settings(flags={"workers": 5, "model": None}, config_file=given)
    settings = loaded.settings
    assert (settings.workers, settings.profile, settings.lease, settings.model) == (5, "e", 6.5, "p")
    assert (loaded.origins["workers"], loaded.origins["profile"]) == ("flag", "environment")
    assert (loaded.origins["lease"], loaded.origins["model"]) == (str(given), here.name)
    here.unlink()
    assert load_settings().origins["model"] == str(user)


def test_the_users_file_may_stand_elsewhere(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(folder / "xdg" / "taskforce" / "config.toml", "workers = 7")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(folder / "xdg"))
    assert load_settings().settings.workers == 7


def test_an_empty_variable_counts_as_none(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in Settings.model_fields:
        monkeypatch.setenv(f"TASKFORCE_{name.upper()}", " ")
    assert set(load_settings().origins.values()) == {"default"}


def test_lists_are_given_with_commas(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TASKFORCE_CORS_ORIGINS", "https://a.example, https://b.example,")
    assert load_settings().settings.cors_origins == ("https://a.example", "https://b.example")


@pytest.mark.parametrize("wanted", ["store", "./store", "sub/../store"])
def test_a_relative_home_begins_at_the_working_folder(
    folder: Path, monkeypatch: pytest.MonkeyPatch, wanted: str
) -> None:
    settings = load_settings(flags={"home": wanted}).settings
    monkeypatch.chdir("/")
    assert settings.home == folder / "store"


def test_a_tilde_is_the_users_home(folder: Path) -> None:
    write(folder / "taskforce.toml", "home = '~/tf'")
    assert load_settings().settings.home == folder.parent / "user" / "tf"


def test_settings_made_in_code_are_absolute_too(folder: Path) -> None:
    assert Settings(home=Path("here")).home == folder / "here"
    assert Settings().workspace_roots == (folder,)


def test_a_section_of_a_file_begins_the_names_of_its_settings(folder: Path) -> None:
    text = "[retention]\nenvironment = 'staging'\nlog_days = [1, 2, 3]\n[repositories]\na = '/srv/a'\n"
    write(folder / "taskforce.toml", text)
    loaded = load_settings()
    assert loaded.settings.retention_environment == "staging"
    assert loaded.settings.log_days == {"development": 1, "staging": 2, "production": 3}
    assert loaded.settings.repositories == {"a": "/srv/a"}
    assert loaded.origins["retention_log_days"] == "taskforce.toml"
    write(folder / "taskforce.toml", "[retention]\nlogs = 3")
    assert refused().message.startswith(
        "retention_logs (taskforce.toml): unknown setting; did you mean retention_"
    )


@pytest.mark.parametrize(
    ("variable", "said"),
    [
        ("TASKFORCE_HOEM", "TASKFORCE_HOEM (environment): unknown setting; did you mean TASKFORCE_HOME?"),
        ("TASKFORCE_home", "did you mean TASKFORCE_HOME?"),
        ("TASKFORCE_ZZZ", "unknown setting; known are TASKFORCE_HOME, TASKFORCE_MODEL"),
    ],
)
def test_an_unknown_variable_is_an_error_that_names_the_nearest(
    monkeypatch: pytest.MonkeyPatch, variable: str, said: str
) -> None:
    monkeypatch.setenv(variable, "x")
    assert said in refused().message


@pytest.mark.parametrize("url", ["http://ghe.example/api/v3", "ftp://ghe.example", "https://u:p@ghe.example"])
def test_a_token_goes_by_tls_or_to_this_machine(url: str) -> None:
    assert "--github-url" in refused(github_url=url).message
    assert load_settings(flags={"github_url": "http://127.0.0.1:1"}).settings.github_url


def test_secrets_of_github_come_with_commas_and_none_is_short(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TASKFORCE_GITHUB_WEBHOOK_SECRET", "0123456789abcdef, fedcba9876543210")
    secrets = load_settings().settings.github_webhook_secret
    assert [secret.get_secret_value() for secret in secrets] == ["0123456789abcdef", "fedcba9876543210"]
    monkeypatch.setenv("TASKFORCE_GITHUB_WEBHOOK_SECRET", "0123456789abcdef,short")
    assert "at least 16" in refused().message
    assert "short" not in refused().message


def test_an_unknown_name_in_a_file_is_an_error_that_names_the_file(folder: Path) -> None:
    write(folder / "taskforce.toml", "worker = 3")
    wrong = refused()
    assert wrong.message == "worker (taskforce.toml): unknown setting; did you mean workers?"
    assert [(error.pointer, error.code) for error in wrong.errors] == [("/worker", "extra_forbidden")]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("workers", -1),
        ("workers", "many"),
        ("workers", 257),
        ("lease", 0),
        ("lease", float("nan")),
        ("lease", float("inf")),
        ("home", ""),
        ("home", "~nobody-of-this-name/x"),
        ("model", ""),
        ("synchronous", "OFF"),
        ("log_level", "loud"),
    ],
)
def test_a_value_that_is_not_right_is_told_with_its_source(name: str, value: object) -> None:
    wrong = refused(**{name: value})
    assert wrong.message.startswith(f"--{name.replace('_', '-')} (flag): ")
    assert [error.pointer for error in wrong.errors] == [f"/{name}"]
    assert "many" not in wrong.message


def test_all_that_is_wrong_is_told_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TASKFORCE_WORKERS", "x")
    monkeypatch.setenv("TASKFORCE_LEASE", "y")
    assert {error.pointer for error in refused().errors} == {"/workers", "/lease"}


def test_a_file_that_is_not_there_is_an_error(folder: Path) -> None:
    with pytest.raises(SettingsInvalid, match="There is no settings file"):
        load_settings(config_file=folder / "nothing.toml")


@pytest.mark.parametrize("content", [b"workers = ", b"workers = '\xff'", b"[workers]\nx = 1"])
def test_a_file_that_cannot_be_read_is_an_error_that_names_it(folder: Path, content: bytes) -> None:
    (folder / "taskforce.toml").write_bytes(content)
    assert "taskforce.toml" in refused().message


def test_color_variables_count_when_they_are_not_empty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "")
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("TERM", "dumb")
    said = terminal()
    assert (said.no_color, said.force_color, said.is_dumb) == (False, True, True)
