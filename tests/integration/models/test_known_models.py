"""Names of models: which can be asked, what is missing, who may name a server, and what is found here."""

import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from pydantic import SecretStr

from taskforce.core.missions.errors import ModelNotFound, ModelNotReady, ScriptBroken
from taskforce.core.missions.profile import ModelSettings
from taskforce.core.missions.routing import ChosenModel
from taskforce.infrastructure.missions.models import KnownModels
from taskforce.infrastructure.missions.providers.names import ModelName
from taskforce.infrastructure.missions.script import read_turns
from taskforce.settings import ModelAccess, model_access

KEY = SecretStr("sk-test")
NOTHING = {
    provider: ModelAccess(variable=f"{provider.replace('-', '_').upper()}_API_KEY")
    for provider in ("openai", "anthropic", "google", "openai-compatible")
}
PLAIN = ModelSettings()
LOCAL = "http://127.0.0.1:11434/v1"


def known(**keys: SecretStr) -> KnownModels:
    """The models where these keys are."""
    access = {name: replace(one, key=keys.get(name)) for name, one in NOTHING.items()}
    return KnownModels(access, probe=False)


def with_server(base_url: str) -> KnownModels:
    """The models where a compatible server is configured, with a key."""
    server = replace(NOTHING["openai-compatible"], key=KEY, base_url=base_url)
    return KnownModels({**NOTHING, "openai-compatible": server}, probe=False)


def pinned(models: KnownModels, name: str, *, is_trusted: bool = False) -> str:
    return models.pinned(name, PLAIN, is_trusted=is_trusted)


@pytest.mark.parametrize("name", ["openai:gpt", "openai-responses:gpt", "anthropic:claude", "google:gemini"])
def test_a_model_without_its_key_is_refused_with_the_variable_to_set(name: str) -> None:
    provider = name.partition(":")[0].removesuffix("-responses")
    with pytest.raises(ModelNotReady, match=f"Set {provider.upper()}_API_KEY"):
        pinned(known(), name)
    assert pinned(known(**{provider: KEY}), name) == name


@pytest.mark.parametrize(
    "name",
    ["", "openai", "openai:", "gpt-6", "llama:7b", "script:", "anthropic:claude@https://elsewhere.example"],
)
def test_a_name_that_is_none_is_told_those_there_are(name: str) -> None:
    with pytest.raises(ModelNotFound, match=r"Known are: local:planner.*openai-compatible:MODEL"):
        pinned(known(openai=KEY, anthropic=KEY), name)


def test_a_script_in_python_is_code_and_named_by_no_request(tmp_path: Path) -> None:
    script = tmp_path / "evil.py"
    script.write_text("turns = [{'text': 'Done.'}]")
    name = f"script:{script}"
    with pytest.raises(ModelNotReady, match="a profile or TASKFORCE_MODEL may name it"):
        pinned(known(), name)
    assert pinned(known(), name, is_trusted=True) == name
    assert [turn.text for turn in read_turns(script)] == ["Done."]


@pytest.mark.parametrize("code", ["turns = nothing", "turns = [", "raise RuntimeError('no')", "turns = 1"])
def test_a_script_in_python_that_breaks_is_told_as_broken(tmp_path: Path, code: str) -> None:
    script = tmp_path / "broken.py"
    script.write_text(code)
    with pytest.raises(ScriptBroken, match=r"broken\.py is no script: "):
        read_turns(script)


def test_a_compatible_model_is_pinned_with_its_servers_address() -> None:
    profile = ModelSettings(base_url="https://gateway.example/v1")
    configured = with_server("http://10.0.0.7/v1")

    assert pinned(configured, "openai-compatible:qwen3") == "openai-compatible:qwen3@http://10.0.0.7/v1"
    assert (
        configured.pinned("openai-compatible:qwen3:8b", profile, is_trusted=False)
        == "openai-compatible:qwen3:8b@https://gateway.example/v1"
    )
    with pytest.raises(ModelNotReady, match="OPENAI_COMPATIBLE_BASE_URL"):
        pinned(known(), "openai-compatible:qwen3")


def test_a_request_names_no_server_but_those_known_here() -> None:
    far = "openai-compatible:qwen3@http://169.254.169.254/latest"

    assert pinned(known(), far, is_trusted=True) == far
    assert pinned(known(), f"openai-compatible:qwen3@{LOCAL}") == f"openai-compatible:qwen3@{LOCAL}"
    with pytest.raises(ModelNotReady, match="A request names no server"):
        pinned(known(), far)


def test_a_key_goes_to_no_other_address_than_the_one_beside_it() -> None:
    models = with_server("https://own.example/v1")
    own, other = (
        models.access_to(f"openai-compatible:qwen3@https://{host}.example/v1") for host in ("own", "other")
    )

    assert (own.key, own.base_url) == (KEY, "https://own.example/v1")
    assert (other.key, other.base_url) == (None, "https://other.example/v1")


def test_what_is_missing_is_told_of_each_family_and_no_key_is_shown() -> None:
    offers = {offer.name: offer.missing for offer in known(openai=KEY).offers()}

    assert offers["local:planner"] is None
    assert offers["openai:MODEL"] is None
    assert offers["openai-responses:MODEL"] is None
    assert offers["anthropic:MODEL"] == "Set ANTHROPIC_API_KEY."
    assert "OPENAI_COMPATIBLE_BASE_URL" in (offers["openai-compatible:MODEL"] or "")
    assert KEY.get_secret_value() not in repr(known(openai=KEY).offers())
    assert KEY.get_secret_value() not in repr(replace(NOTHING["openai"], key=KEY))


async def test_without_its_extra_a_provider_says_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "google.genai", None)
    models = known(google=KEY)

    with pytest.raises(ModelNotReady, match=r"pip install 'taskforce\[google\]'"):
        pinned(models, "google:gemini")
    assert (await models.found()).name == "local:planner"


async def test_a_key_settles_the_model_and_without_one_it_is_the_planner() -> None:
    assert await known().found() == ChosenModel(name="local:planner", chosen_by="default")
    assert (await known(anthropic=KEY).found()).chosen_by == "ANTHROPIC_API_KEY"
    assert (await known(anthropic=KEY, openai=KEY).found()).name.startswith("openai:")


def test_a_script_is_pinned_to_its_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.yaml").write_text("turns: []")
    monkeypatch.chdir(tmp_path)

    assert pinned(known(), "script:a.yaml") == f"script:{tmp_path}/a.yaml"
    with pytest.raises(ModelNotFound, match=r"There is no file b\.yaml"):
        pinned(known(), "script:b.yaml")


@pytest.mark.parametrize(
    "name", ["openai:gpt", "openai-compatible:a/b:c@http://h:1/v1", "openai-compatible:m@2@https://h/v1"]
)
def test_a_name_reads_back_as_it_is_written(name: str) -> None:
    assert str(ModelName.read(name)) == name


@pytest.mark.parametrize(
    ("environment", "provider", "variable", "base_url"),
    [
        (
            {"OPENAI_API_KEY": "k", "OPENAI_BASE_URL": "http://h/v1/"},
            "openai",
            "OPENAI_API_KEY",
            "http://h/v1",
        ),
        ({"GEMINI_API_KEY": "k"}, "google", "GEMINI_API_KEY", None),
        ({"GEMINI_API_KEY": "x", "GOOGLE_API_KEY": "k"}, "google", "GOOGLE_API_KEY", None),
        ({"ANTHROPIC_API_KEY": " k "}, "anthropic", "ANTHROPIC_API_KEY", None),
    ],
)
def test_keys_are_read_under_their_usual_names(
    environment: Mapping[str, str],
    provider: str,
    variable: str,
    base_url: str | None,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name, text in environment.items():
        monkeypatch.setenv(name, text)
    found = model_access()[provider]

    assert found == ModelAccess(variable=variable, key=SecretStr("k"), base_url=base_url)


def test_an_empty_key_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "  ")
    assert model_access()["openai"].key is None
