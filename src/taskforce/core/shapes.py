"""How values look that are shown, in the words of JSON Schema: limits that whoever makes a value keeps.

What is shown was stored before and is not checked against them again; tests compare every answer with them.
"""

from typing import Annotated, Any, TypeAlias

from pydantic import Field, JsonValue

from taskforce.core.identity import ID_PATTERN

MOST = 2**53 - 1
"""The greatest whole number that every reader of JSON takes for itself (RFC 8259, section 6)."""
LONGEST_ID = 36
LONGEST_PATH = 4_096
UNLIMITED = "x-unlimited"
"""The keyword that says why a text, a number or a list has no limit."""
PEOPLE = "a text for people"


def shape(**keywords: JsonValue) -> Any:  # noqa: ANN401 - pydantic's Field, which is of any type
    """Return how a value looks, for the schema alone."""
    return Field(json_schema_extra=keywords)


def unlimited(why: str) -> Any:  # noqa: ANN401 - the same
    """Return that a value has no limit, and why."""
    return Field(json_schema_extra={UNLIMITED: why})


AN_ID = shape(format="uuid", pattern=ID_PATTERN, maxLength=LONGEST_ID)

ShownId: TypeAlias = Annotated[str, AN_ID]
Sha256: TypeAlias = Annotated[str, shape(pattern="^[0-9a-f]{64}$", maxLength=64)]
"""In hex."""
Count: TypeAlias = Annotated[int, shape(minimum=0, maximum=MOST)]
Prose: TypeAlias = Annotated[str, unlimited(PEOPLE)]
ShownPath: TypeAlias = Annotated[str, shape(maxLength=LONGEST_PATH)]
