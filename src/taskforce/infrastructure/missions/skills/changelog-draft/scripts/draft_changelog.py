"""Draft a changelog from the git history, in the sections of keepachangelog.com.

Usage: draft_changelog.py SINCE REPORT; SINCE may be empty, for the last tag.
"""

import re
import subprocess
import sys
from pathlib import Path

MARK = "<!-- written by the skill changelog-draft -->"
SECTIONS = (
    "Breaking",
    "Added",
    "Changed",
    "Deprecated",
    "Removed",
    "Fixed",
    "Security",
    "Documentation",
    "Other",
)
PREFIXES = {
    "feat": "Added", "feature": "Added", "fix": "Fixed", "bugfix": "Fixed", "perf": "Changed",
    "refactor": "Changed", "change": "Changed", "revert": "Changed", "docs": "Documentation",
    "doc": "Documentation", "security": "Security", "deprecate": "Deprecated", "remove": "Removed",
}  # fmt: skip
WORDS = {
    "add": "Added", "introduce": "Added", "implement": "Added", "support": "Added", "create": "Added",
    "allow": "Added",
    "fix": "Fixed", "correct": "Fixed", "repair": "Fixed", "resolve": "Fixed", "prevent": "Fixed",
    "remove": "Removed", "delete": "Removed", "drop": "Removed", "deprecate": "Deprecated",
    "change": "Changed", "update": "Changed", "rename": "Changed", "move": "Changed", "improve": "Changed",
    "replace": "Changed", "refactor": "Changed", "simplify": "Changed", "rewrite": "Changed",
    "bump": "Changed",
    "document": "Documentation",
}  # fmt: skip
CONVENTIONAL = re.compile(
    r"(?P<kind>[a-z]+)(?:\((?P<scope>[^)]*)\))?(?P<breaks>!)?: (?P<what>.+)", re.IGNORECASE
)
FIELD, RECORD = "\x1f", "\x1e"


def git(*words: str) -> str | None:
    """Return what git says, None when it refuses."""
    command = [
        "git",
        "-c",
        "safe.directory=*",
        "-c",
        "core.fsmonitor=false",
        "-c",
        "log.showSignature=false",
        *words,
    ]
    ran = subprocess.run(
        command, capture_output=True, text=True, encoding="utf-8", errors="replace", check=False
    )
    return ran.stdout.strip("\n") if ran.returncode == 0 else None


def placed(subject: str, body: str) -> tuple[str, str]:
    """Return the section of a commit, and its line."""
    found = CONVENTIONAL.fullmatch(subject)
    breaks = "BREAKING CHANGE" in body or bool(found and found["breaks"])
    if found and (found["kind"].lower() in PREFIXES or found["breaks"]):
        scope = f"**{found['scope']}**: " if found["scope"] else ""
        section, line = PREFIXES.get(found["kind"].lower(), "Other"), f"{scope}{found['what']}"
    else:
        word = re.split(r"\W", subject.lower(), maxsplit=1)[0]
        stems = (
            word,
            word.removesuffix("s"),
            word.removesuffix("es"),
            word.removesuffix("ed"),
            word.removesuffix("d"),
        )
        section, line = next((WORDS[stem] for stem in stems if stem in WORDS), "Other"), subject
    return "Breaking" if breaks else section, line


def main(since: str, report: str) -> None:
    """Write the draft."""
    page = Path(report)
    if git("rev-parse", "--verify", "--quiet", "HEAD^{commit}") is None:
        sys.exit("There is no git repository here with a commit in it.")
    if since.startswith("-") or (
        since and git("rev-parse", "--verify", "--quiet", f"{since}^{{commit}}") is None
    ):
        sys.exit(f"There is no tag or commit {since}.")
    if page.exists() and not page.read_text(encoding="utf-8", errors="replace").startswith(MARK):
        sys.exit(f"{report} is there and is not of this skill. Name another report.")
    begin = since or git("describe", "--tags", "--abbrev=0") or ""
    form = f"--format=%h{FIELD}%ad{FIELD}%s{FIELD}%b{RECORD}"
    told = git("log", "--no-merges", "--date=short", form, f"{begin}..HEAD" if begin else "HEAD") or ""
    commits = [record.strip("\n").split(FIELD) for record in told.split(RECORD) if record.strip()]
    if not commits:
        sys.exit(f"There are no commits since {begin}.")
    lines: dict[str, list[str]] = {}
    for short, _, subject, body in commits:
        section, line = placed(subject, body)
        lines.setdefault(section, []).append(f"- {line} ({short})")
    span = f"since {begin}" if begin else "since the first commit"
    parts = [f"### {section}\n\n" + "\n".join(lines[section]) for section in SECTIONS if section in lines]
    head = f"## Unreleased ({commits[-1][1]} to {commits[0][1]})\n\n{len(commits)} commits {span}."
    page.write_text("\n\n".join([f"{MARK}\n# Changelog draft", head, *parts]) + "\n", encoding="utf-8")
    counts = ", ".join(f"{len(lines[section])} {section.lower()}" for section in SECTIONS if section in lines)
    print(f"{len(commits)} commits {span}: {counts}. Written: {report}")


main(*sys.argv[1:])
