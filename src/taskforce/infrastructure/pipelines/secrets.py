"""The secrets of steps: variables of the worker's own environment."""

from collections.abc import Callable, Mapping, Sequence

from taskforce.core.errors import FieldError, Invalid
from taskforce.core.pipelines.ports import SecretSource


class EnvironmentSecrets(SecretSource):
    """Gives any variable but Taskforce's own and the keys of models: it is a repository that names them."""

    def __init__(
        self, variable: Callable[[str], str | None], *, withheld: Sequence[str], prefix: str
    ) -> None:
        self._variable = variable
        self._withheld = frozenset(withheld)
        self._prefix = prefix

    def values(self, names: Sequence[str]) -> Mapping[str, str]:
        found: dict[str, str] = {}
        errors: list[FieldError] = []
        for name in names:
            value = self._variable(name)
            if self._is_withheld(name):
                errors.append(_error(name, "is Taskforce's own, and given to no step"))
            elif not value:
                errors.append(_error(name, "is not set in the worker's environment"))
            else:
                found[name] = value
        if errors:
            told = "; ".join(f"{error.pointer[1:]} {error.detail}" for error in errors)
            raise Invalid(f"{told}.", errors=errors)
        return found

    def known(self, names: Sequence[str]) -> Mapping[str, str]:
        given = {name: self._variable(name) for name in names if not self._is_withheld(name)}
        return {name: value for name, value in given.items() if value}

    def _is_withheld(self, name: str) -> bool:
        return name in self._withheld or name.startswith(self._prefix)


def _error(name: str, detail: str) -> FieldError:
    return FieldError(pointer=f"/{name}", code="secret", detail=detail)
