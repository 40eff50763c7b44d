"""Looking up a release by any of its names, and the names that a release is given."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from taskforce.core.errors import FieldError, Invalid
from taskforce.core.pipelines.delivery import Alias, AliasType, Release
from taskforce.core.pipelines.errors import AliasTaken, CommitAmbiguous, ReleaseNotFound
from taskforce.core.pipelines.refs import version_of

_COMMIT = re.compile(r"[0-9a-f]{7,40}", re.IGNORECASE)
_NUMBER = re.compile(r"[1-9][0-9]{0,17}")
_CUSTOM = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+-]{0,127}")
_RESERVED = frozenset({"aliases"})
_UNFIT_IN_ALIAS = re.compile(r"[^A-Za-z0-9._+-]+")
_BRANCH_PART = 100
"""Characters of a branch that its aliases begin with."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NameReading:
    """What a name may stand for, in the order of look-up; None: it cannot be that."""

    commit: str | None
    """The beginning of a commit, or all of it, in small letters."""
    number: int | None
    alias: str

    @classmethod
    def of(cls, name: str) -> "NameReading":
        """Read a name."""
        return cls(
            commit=name.lower() if _COMMIT.fullmatch(name) else None,
            number=int(name) if _NUMBER.fullmatch(name) else None,
            alias=name,
        )


def looked_up(name: str, candidates: Iterable[Release]) -> Release:
    """Return the release of a product that a name stands for.

    A name is a commit (7 characters or more of it), else a number, else a tag, else another alias. Candidates
    are at least the product's releases that `NameReading.of(name)` reaches; further ones do no harm.

    Raises:
        ReleaseNotFound: none bears this name.
        CommitAmbiguous: it begins several commits, whatever else it might stand for.
    """
    reading, releases = NameReading.of(name), list(candidates)
    begun = {
        one.commit_sha for one in releases if reading.commit and one.commit_sha.startswith(reading.commit)
    }
    if len(begun) > 1:
        raise CommitAmbiguous(name, sorted(begun))
    ranked = [(rank, release) for release in releases if (rank := _rank(release, reading)) is not None]
    if not ranked:
        raise ReleaseNotFound(name)
    return min(ranked, key=lambda one: one[0])[1]


def default_aliases(
    number: int, *, branch: str = "", tag: str = "", project_name: str = ""
) -> tuple[Alias, ...]:
    """Return the names that a release gets by itself.

    These are its number; of a branch, the branch's name and the number, such as `main-42`, with `-` for what
    has no place in a path; of a tag, the tag as it is, and of one such as `app/v1.2.3` that bears the
    project's name also the version in it.
    """
    aliases = [Alias(alias=str(number), alias_type=AliasType.NUMERIC)]
    if branch:
        begin = _UNFIT_IN_ALIAS.sub("-", branch).strip("-.")[:_BRANCH_PART] or "branch"
        aliases.append(Alias(alias=f"{begin}-{number}", alias_type=AliasType.BRANCH))
    names = {tag: None, version_of(tag, project_name) or "": None}
    tags = (Alias(alias=name, alias_type=AliasType.TAG) for name in names if name not in ("", str(number)))
    return (*aliases, *tags)


def custom_alias(name: str) -> Alias:
    """Return a name as a custom alias.

    Raises:
        Invalid: it has characters that an alias may not have.
        AliasTaken: it reads as a number or a commit, and would be looked up as that first.
    """
    if not _CUSTOM.fullmatch(name):
        detail = (
            "must be letters, digits, `.`, `_`, `+` and `-`, at most 128, and begin with a letter or digit"
        )
        raise Invalid(
            f"An alias {detail}.", errors=[FieldError(pointer="/alias", code="alias", detail=detail)]
        )
    reading = NameReading.of(name)
    if name in _RESERVED:
        raise AliasTaken(f"{name} is a word of the paths of releases. Choose another name.")
    if name.isdecimal() or reading.commit is not None:
        raise AliasTaken(f"{name} reads as a release's number or commit. Choose a name that does not.")
    return Alias(alias=name, alias_type=AliasType.CUSTOM)


def _rank(release: Release, reading: NameReading) -> int | None:
    """Return how well a name fits a release: 0 is best; None not at all."""
    types = {one.alias_type for one in release.aliases if one.alias == reading.alias}
    fits = (
        _begins(reading, release),
        release.release_number == reading.number,
        AliasType.TAG in types,
        bool(types),
    )
    return next((rank for rank, fit in enumerate(fits) if fit), None)


def _begins(reading: NameReading, release: Release) -> bool:
    return reading.commit is not None and release.commit_sha.startswith(reading.commit)
