import pytest

from taskforce.core.missions.references import checked, filled, without_secrets


def test_references_are_filled_in_and_nothing_else_is() -> None:
    assert (
        filled("Bearer ${KEY}, $KEY, {KEY}, $$", {"KEY": "abc"}.__getitem__) == "Bearer abc, $KEY, {KEY}, $$"
    )


@pytest.mark.parametrize("text", ["${", "${A", "${}", "${A-B}", "${A:-x}", "${1A}", "x ${A B} y"])
def test_a_broken_reference_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="broken reference"):
        checked(text)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("GITHUB_TOKEN", "abc"),
        ("Authorization", "Basic dXNlcjpwYXNz"),
        ("apiKey", "x"),
        ("DB_PASSWORD", "x"),
        ("address", "https://user:pass1234@host/"),
        ("anything", "sk-0123456789abcdefghijklmn"),
        ("anything", "Bearer ${A} ghp_0123456789abcdefghijklmn"),
    ],
)
def test_a_secret_in_a_profile_is_refused_without_being_repeated(name: str, value: str) -> None:
    with pytest.raises(ValueError, match=f"{name} holds a secret") as refused:
        without_secrets({name: value})
    assert value not in str(refused.value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("GITHUB_TOKEN", "${GITHUB_TOKEN}"),
        ("Authorization", "Bearer ${KEY}"),
        ("SSH_KEY", "/home/me/.ssh/id"),
        ("DB_PASSWORD", ""),
        ("LOG_LEVEL", "debug"),
        ("address", "https://user:${PASSWORD}@host/"),
    ],
)
def test_what_is_no_secret_may_stand_there(name: str, value: str) -> None:
    assert without_secrets({name: value}) == {name: value}
