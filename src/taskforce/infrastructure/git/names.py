"""The names that git gives to commits: branches, tags, and the commit's own."""

import re

HEAD = "HEAD"
COMMIT = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
"""A commit in full: by SHA-1, or by SHA-256."""
_BRANCH = re.compile(r"[^\s~^:?*\[\\\x00-\x20\x7f./-][^\s~^:?*\[\\\x00-\x20\x7f]{0,254}")
_NO_BRANCH = re.compile(r"\.\.|//|@\{|/\.|\.lock(/|$)|[./]$")


def is_branch_name(name: str) -> bool:
    """Tell whether a branch or a tag may have this name (git check-ref-format)."""
    return bool(_BRANCH.fullmatch(name)) and not _NO_BRANCH.search(name)


def refs_of(branch: str) -> tuple[str, ...]:
    """Return under which names a server may list a branch or tag, the best first; `^{}` is a tag's commit."""
    if branch == HEAD:
        return (HEAD,)
    return f"refs/heads/{branch}", f"refs/tags/{branch}^{{}}", f"refs/tags/{branch}"


def listed(text: str) -> dict[str, str]:
    """Return the commits that `git ls-remote` lists, by the names of their refs."""
    lines = (line.partition("\t") for line in text.splitlines())
    return {name: commit for commit, _, name in lines if COMMIT.fullmatch(commit)}
