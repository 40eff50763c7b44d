"""What an installation without extras brings: counted and weighed as it is installed here."""

from collections.abc import Iterator
from importlib.metadata import Distribution, distribution
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

MOST_DISTRIBUTIONS = 50
MOST_BYTES = 150_000_000


def required_by(found: Distribution, extras: frozenset[str]) -> Iterator[Requirement]:
    for line in found.requires or ():
        requirement = Requirement(line)
        marker = requirement.marker
        if marker is None or any(marker.evaluate({"extra": extra}) for extra in extras | {""}):
            yield requirement


def base() -> dict[str, Distribution]:
    """Taskforce without extras, and all that it brings."""
    known: dict[str, frozenset[str]] = {}
    waiting = [("taskforce", frozenset[str]())]
    while waiting:
        name, extras = waiting.pop()
        wanted = known.get(name, frozenset()) | extras
        if known.get(name) == wanted:
            continue
        known[name] = wanted
        waiting += [
            (canonicalize_name(requirement.name), frozenset(requirement.extras))
            for requirement in required_by(distribution(name), wanted)
        ]
    return {name: distribution(name) for name in known}


def size_of(found: Distribution) -> int:
    """Return the bytes of what the wheel holds; bytecode is written later, and by some installers never."""
    files = (Path(str(file.locate())) for file in found.files or () if file.suffix != ".pyc")
    return sum(file.stat().st_size for file in files if file.is_file())


def test_the_base_is_fifty_distributions_at_most() -> None:
    assert len(base()) <= MOST_DISTRIBUTIONS, sorted(base())


def test_the_base_is_150_megabytes_at_most() -> None:
    sizes = {name: size_of(found) for name, found in base().items()}
    assert sum(sizes.values()) <= MOST_BYTES, sorted(sizes.items(), key=lambda pair: -pair[1])[:10]


def test_google_is_an_extra_and_the_other_providers_are_not() -> None:
    names = base().keys()
    assert {"openai", "anthropic", "pydantic-ai-slim"} <= names
    assert not {"google-genai", "google-auth"} & names
