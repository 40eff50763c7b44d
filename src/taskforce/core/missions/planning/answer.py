"""The last word of a mission, made only from what tools returned."""

from collections.abc import Sequence
from dataclasses import dataclass

from taskforce.core.missions.planning.turns import Attempt

_GO_ON = """\
A language model can go on from here: `taskforce sessions resume SESSION --model NAME`.
`taskforce models list` shows which there are; TASKFORCE_MODEL names one for all missions."""
_LONGEST = 6_000


@dataclass(frozen=True, slots=True)
class Finding:
    """What a step found: its number, the clause it belongs to, the attempt that succeeded."""

    number: int
    clause: str
    attempt: Attempt


def completed(findings: Sequence[Finding]) -> str:
    """Return the answer of a mission that is done."""
    head = "Done, 1 step." if len(findings) == 1 else f"Done, {len(findings)} steps."
    return "\n\n".join([head, *map(_told, findings)])


def not_understood(clause: str, findings: Sequence[Finding], *, hint: str = "") -> str:
    """Return the answer of a mission with a clause that the planner cannot read, or with a part left open."""
    reason = f"This part of the mission was not understood without a language model:\n\n> {_quoted(clause)}"
    reason = f"{reason}\n\n{hint}" if hint else reason
    return _broken_off(reason, findings)


def failed(clause: str, reason: str, findings: Sequence[Finding]) -> str:
    """Return the answer of a mission with a step that failed."""
    return _broken_off(
        f"This part of the mission failed:\n\n> {_quoted(clause)}\n\nReason: {_cut(reason)}", findings
    )


def report(findings: Sequence[Finding]) -> str:
    """Return results as a small Markdown document."""
    parts = ["# Report", *(f"## {' '.join(one.clause.split())}\n\n{one.attempt.say}" for one in findings)]
    return "\n\n".join(parts) + "\n"


def _broken_off(reason: str, findings: Sequence[Finding]) -> str:
    done = ["Done so far:", *map(_told, findings)] if findings else ["Nothing else was done."]
    return "\n\n".join(["The mission is not completed.", reason, *done, _GO_ON])


def _told(finding: Finding) -> str:
    say = _cut(finding.attempt.say) or "(empty)"
    source = f"(step {finding.number}: {finding.attempt.call.tool})"
    clause = " ".join(finding.clause.split())
    if "\n" in say:
        return f"{finding.number}. {clause} {source}:\n{say}"
    return f"{finding.number}. {clause}: {say} {source}"


def _cut(text: str) -> str:
    return (
        text if len(text) <= _LONGEST else f"{text[:_LONGEST]}\n… (cut here; the step's result has the rest)"
    )


def _quoted(clause: str) -> str:
    return clause.replace("\n", "\n> ")
