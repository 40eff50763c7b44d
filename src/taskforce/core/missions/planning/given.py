"""The arguments of a program, each read as the type it has."""

from dataclasses import dataclass

from pydantic import JsonValue

from taskforce.core.documents import JsonObject


@dataclass(frozen=True, slots=True)
class Given:
    """A JSON object whose members are of known types; one of another type is our own mistake."""

    document: JsonObject

    def has(self, name: str) -> bool:
        """Tell whether something is given under a name."""
        return self.document.get(name) is not None

    def flag(self, name: str) -> bool:
        """Return yes or no; nothing is no."""
        return bool(self.document.get(name))

    def text(self, name: str) -> str:
        """Return a text."""
        return str(self.document[name])

    def raw(self, name: str) -> JsonValue:
        """Return whatever is given."""
        return self.document[name]

    def items(self, name: str) -> list[JsonValue]:
        """Return a list."""
        found = self.document[name]
        if not isinstance(found, list):
            raise TypeError(name)
        return found

    def texts(self, name: str) -> list[str]:
        """Return a list of texts."""
        return [str(one) for one in self.items(name)]

    def one(self, name: str) -> "Given":
        """Return an object."""
        return _given(self.document[name])

    def many(self, name: str) -> "list[Given]":
        """Return a list of objects."""
        return [_given(one) for one in self.items(name)]


def _given(value: JsonValue) -> Given:
    if not isinstance(value, dict):
        raise TypeError(value)
    return Given(value)
