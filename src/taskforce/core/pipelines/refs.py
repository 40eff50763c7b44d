"""What a run's branch says: a branch or a tag; and whose a tag is."""

import re
from dataclasses import dataclass

_BRANCHES, _TAGS = "refs/heads/", "refs/tags/"
_NO_BRANCH = "HEAD"
_SLASH, _DASH = "/", "-"
_VERSION = re.compile(r"v?[0-9].*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Ref:
    """What a run is of: a branch, a tag, or neither."""

    branch: str = ""
    tag: str = ""

    @classmethod
    def of(cls, said: str) -> "Ref":
        """Read a run's branch: a name, or in full, `refs/heads/main` or `refs/tags/v1.2.3`."""
        if said.startswith(_TAGS):
            return cls(tag=said.removeprefix(_TAGS))
        return cls(branch="" if said == _NO_BRANCH else said.removeprefix(_BRANCHES))


def version_of(tag: str, project_name: str) -> str | None:
    """Return the version that a tag gives to a project in a repository of several: `v1.2.3` of `app/v1.2.3`.

    `app-v1.2.3` says the same; behind a dash it is a version if it begins with a digit, or `v` and a digit.
    None: the tag does not begin with the project's name.
    """
    if not project_name or not tag.startswith(project_name):
        return None
    mark, version = tag[len(project_name) :][:1], tag[len(project_name) + 1 :]
    is_own = mark == _SLASH or (mark == _DASH and _VERSION.fullmatch(version) is not None)
    return version if is_own and version else None


def owner_of(tag: str, project_names: tuple[str, ...]) -> str | None:
    """Return whose a tag is in a repository of several projects: of those that it names, the longest name.

    So `app-v2-v1.0` is that of `app-v2`, if there is one.
    """
    named = [name for name in project_names if version_of(tag, name) is not None]
    return max(named, key=len, default=None)
