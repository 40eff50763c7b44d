"""Secrets go, whatever stands around them; what is no secret stays as it is."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from taskforce.core.missions.redaction import MARK, Redaction

ROOT = Path(__file__).parents[4]
JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9P"
SECRETS = [
    "sk-proj-Ab12Cd34Ef56Gh78Ij90Kl12",
    "sk-ant-api03-Ab12Cd34Ef56Gh78Ij90Kl12-Mn34_Op56",
    "ghp_16C7e42F292c6912E7710c838347Ae178B4a",
    "github_pat_11ABCDEFG0abcdefghijkl_mnopqrstuv",
    "glpat-Ab12Cd34Ef56Gh78Ij90",
    "AKIAIOSFODNN7EXAMPLE",
    "AIzaSyA1234567890abcdefghijklmnopqrstuv",
    "xoxb-123456789012-abcdefghij",
    "sk_live_Ab12Cd34Ef56Gh78",
    "tf_live_Ab12Cd34_Ab12Cd34Ef56Gh78Ij90Kl12Mn34Op56Qr78St90Uv1aB3xYz",
    "whsec_Ab12Cd34Ef56Gh78Ij90Kl12Mn34Op56",
    JWT,
    "-----BEGIN RSA PRIVATE KEY-----\nMIIEow\nIBAAKC\n-----END RSA PRIVATE KEY-----",
]
NAMED = [
    ("Authorization: Bearer ", "0a1b2c3d4e5f6789"),
    ("Authorization: Basic ", "QWxhZGRpbjpvcGVu"),
    ('{"api_key": "', "Ab12Cd34Ef56Gh78Ij90"),
    ('{\\"password\\": \\"', "Correct4Horse5Battery"),
    ("https://ann:", "hunter22"),
    ("redis://:", "hunter22"),
]
KNOWN = "correct horse battery staple"
ORDINARY = [
    *(ROOT / "docs").rglob("*.md"),
    *(ROOT / "tests" / "missions").glob("*.yaml"),
    *(ROOT / "src" / "taskforce").rglob("*.py"),
    ROOT / "README.md",
    ROOT / "pyproject.toml",
]
WORDS = [
    "0199a2f3-7c1e-7000-8000-000000000001",
    "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "Authorization: Bearer tokens are checked by the door.",
    "the secret: water, and a token = a word",
    "sk-learn and task-force-2024-annual-report",
    "token: 1234567890123456",
    "http://localhost:8000/a@b",
    "postgresql://user:password@host:5432/taskforce",
    "Basic authentication, password: see below",
]

pieces = st.one_of(
    st.sampled_from(
        [*SECRETS, *(name + secret for name, secret in NAMED), KNOWN, MARK, "[red", "acted]", "sk-"]
    ),
    st.text(max_size=20),
)
texts = st.lists(pieces, max_size=6).flatmap(
    lambda parts: st.sampled_from(["", " ", "\n"]).map(lambda by: by.join(parts))
)
documents = st.recursive(
    st.none() | st.booleans() | st.integers() | texts,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(max_size=5) | st.just("api-key"), inner, max_size=3)
    ),
    max_leaves=10,
)


@given(texts)
def test_what_it_has_left_it_leaves_the_second_time(text: str) -> None:
    redaction = Redaction([KNOWN])
    once = redaction.text(text)
    assert redaction.text(once) == once


@given(texts, st.text(min_size=1, max_size=15))
def test_any_known_secret_may_be_given(text: str, secret: str) -> None:
    redaction = Redaction([secret, secret[::-1] * 3])
    once = redaction.text(text)
    assert redaction.text(once) == once


@given(documents)
def test_a_document_keeps_its_form(document: object) -> None:
    redaction = Redaction([KNOWN])
    once = redaction.document(document)  # type: ignore[arg-type] # any JSON
    assert redaction.document(once) == once
    assert form_of(once) == form_of(document)


def form_of(document: object) -> object:
    if isinstance(document, dict):
        return {name: form_of(value) for name, value in document.items()}
    return [form_of(one) for one in document] if isinstance(document, list) else type(document)


@pytest.mark.parametrize("secret", [*SECRETS, KNOWN])
@pytest.mark.parametrize("around", ["{}", "key={} ", '{{"output": "{}"}}', "a {}.", "({})"])
def test_a_secret_goes_wherever_it_stands(secret: str, around: str) -> None:
    left = Redaction([KNOWN]).text(around.format(secret))
    assert left == around.format(MARK)


@pytest.mark.parametrize(("name", "secret"), NAMED)
def test_a_named_secret_goes_and_its_name_stays(name: str, secret: str) -> None:
    assert Redaction().text(f"{name}{secret}@host") in {f"{name}{MARK}@host", f"{name}{MARK}"}


def test_members_that_are_secrets_by_their_name_go_whatever_they_hold() -> None:
    asked = {"headers": {"Authorization": "x", "X-Api-Key": "y", "Accept": "z"}, "password": "", "token": "t"}
    assert Redaction().document(asked) == {  # type: ignore[arg-type] # any JSON
        "headers": {"Authorization": MARK, "X-Api-Key": MARK, "Accept": "z"},
        "password": "",
        "token": "t",
    }


def test_a_short_word_is_no_known_secret() -> None:
    assert Redaction(["a", "test", MARK[:9]]).text("a test of [redacted") == "a test of [redacted"


@pytest.mark.parametrize("text", WORDS)
def test_what_only_looks_alike_stays(text: str) -> None:
    assert Redaction().text(text) == text


@pytest.mark.parametrize("file", ORDINARY, ids=lambda file: str(file.relative_to(ROOT)))
def test_ordinary_texts_stay_as_they_are(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    assert Redaction().text(text) == text


@given(
    st.text(alphabet=st.characters(codec="utf-8"), max_size=200).filter(
        lambda text: not re.search("[-:=@_]", text)
    )
)
def test_a_text_without_any_of_their_marks_holds_no_secret(text: str) -> None:
    assert Redaction().text(text) == text or re.search(r"(?i)bearer|eyJ|AIza|AKIA|ASIA", text)
