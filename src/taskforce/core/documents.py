"""JSON documents: their types, their canonical text and its digest."""

import hashlib
import json
from typing import NewType, TypeAlias

from pydantic import JsonValue

JsonObject: TypeAlias = dict[str, JsonValue]
JsonText = NewType("JsonText", str)
"""A JSON document as it is written."""
NULL = JsonText("null")

_encode = json.JSONEncoder(separators=(",", ":"), allow_nan=False).encode


def written(document: object) -> JsonText:
    """Return a document as compact ASCII text, so that whatever Python can hold of it can be stored.

    Raises:
        ValueError: the document holds NaN or an infinity.
        TypeError: the document is not JSON.
    """
    return JsonText(_encode(document))


def canonical(document: object) -> str:
    """Return the one spelling of a JSON document: sorted keys, no blanks, no NaN.

    Raises:
        ValueError: the document holds NaN or an infinity.
        TypeError: the document is not JSON.
    """
    return json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def digest(document: object) -> str:
    """Return the SHA-256 of a document's canonical text, in hex."""
    return hashlib.sha256(canonical(document).encode("utf-8", "surrogatepass")).hexdigest()
