"""Regular expressions of a repository's own, matched in time that is linear in the text.

They are somebody else's, and a backtracking engine could be held up by one for hours. pydantic's engine is
the Rust crate `regex`: it has no look-around and no backreferences, and refuses what would become longer than
10 MiB when it is compiled.
"""

from functools import lru_cache
from typing import Annotated

from pydantic import ConfigDict, StringConstraints, TypeAdapter, ValidationError
from pydantic_core import SchemaError

_LINEAR = ConfigDict(regex_engine="rust-regex")
_KEPT = 1_000


def checked_pattern(pattern: str) -> str:
    """Return a regular expression as it is. Raises ValueError, with what is wrong with it."""
    _alone(pattern)
    try:
        _whole(pattern)
    except SchemaError as wrong:  # such as a comment of (?x), which would swallow what follows it
        raise ValueError(f"is no regular expression of a whole name: {_reason(wrong)}") from wrong
    return pattern


def matches(pattern: str, text: str) -> bool:
    """Tell whether a checked pattern matches the whole of a text."""
    try:
        _whole(pattern).validate_python(text)
    except ValidationError:
        return False
    return True


def _alone(pattern: str) -> None:
    """Return when it is one by itself: in a group, `a)(b` would be one as well."""
    try:
        _compiled(pattern)
    except SchemaError as wrong:
        raise ValueError(f"is no regular expression: {_reason(wrong)}") from wrong


@lru_cache(maxsize=_KEPT)
def _whole(pattern: str) -> TypeAdapter[str]:
    return _compiled(rf"\A(?:{pattern})\z")


def _compiled(pattern: str) -> TypeAdapter[str]:
    return TypeAdapter(Annotated[str, StringConstraints(pattern=pattern)], config=_LINEAR)


def _reason(wrong: SchemaError) -> str:
    """Return the last line of what the engine says; those before show the place in the pattern."""
    reason = str(wrong).strip().rpartition("\n")[2].strip()
    return reason.removeprefix("SchemaError: ").removeprefix("error: ").removesuffix(".")
