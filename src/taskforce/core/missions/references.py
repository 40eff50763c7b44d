"""References: ${NAME} in a profile stands for an environment variable, so that no secret stands there."""

import re
from collections.abc import Callable, Mapping

from taskforce.core.missions.redaction import Redaction

_REFERENCE = re.compile(r"\$\{([^}]*)\}?")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_SECRET_NAME = re.compile(
    r"(?:key|token|secret|passw(?:or)?d|credentials?|authorization|cookie)s?$", re.IGNORECASE
)
_FORMS = Redaction()


def checked(text: str) -> str:
    """Return a text whose references are well-formed. Raises ValueError."""
    for match in _REFERENCE.finditer(text):
        if not (_NAME.fullmatch(match[1]) and match[0].endswith("}")):
            raise ValueError("holds a broken reference: write ${NAME}, in letters, digits and _")
    return text


def referred(text: str) -> list[str]:
    """Return the names of the variables that a text refers to."""
    return _REFERENCE.findall(text)


def filled(text: str, value_of: Callable[[str], str]) -> str:
    """Return the text with each reference replaced by what it stands for."""
    return _REFERENCE.sub(lambda match: value_of(match[1]), text)


def without_secrets(named: Mapping[str, str]) -> Mapping[str, str]:
    """Return values that hold none, as far as their names and forms tell. Raises ValueError."""
    for name, value in named.items():
        if _holds_secret(name, checked(value)):
            raise ValueError(f"{name} holds a secret: write ${{VARIABLE}}, and keep the value in there")
    return named


def _holds_secret(name: str, value: str) -> bool:
    """Tell whether a secret stands in a value; a path never is one."""
    written = _REFERENCE.sub("", value)
    if _FORMS.text(written) != written:
        return True
    has_reference = written != value
    return bool(_SECRET_NAME.search(name)) and not has_reference and value[:1] not in {"", "/"}
