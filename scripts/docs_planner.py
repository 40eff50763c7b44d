"""What local:planner can do, drawn from its grammar and from the corpus that it is tested on."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import yaml
from docs_markdown import table

from taskforce.core.missions.controls import CONTROLS
from taskforce.core.missions.planning.arithmetic_phrases import ARITHMETIC_PHRASES
from taskforce.core.missions.planning.file_phrases import FILE_PHRASES
from taskforce.core.missions.planning.finding_phrases import FINDING_PHRASES
from taskforce.core.missions.planning.grammar import worded
from taskforce.core.missions.planning.saving import SAVE_PHRASES
from taskforce.core.missions.planning.steps import Told, read
from taskforce.core.missions.planning.table_phrases import TABLE_PHRASES
from taskforce.core.missions.planning.text_phrases import TEXT_PHRASES
from taskforce.core.missions.planning.verbs import VERBS
from taskforce.core.missions.planning.world_phrases import WORLD_PHRASES
from taskforce.infrastructure.missions.skill_folders import SkillFolders
from taskforce.infrastructure.missions.toolbox import BuiltinTools

CORPUS = Path(__file__).parents[1] / "tests" / "missions"
DONE, NEEDS_MODEL = "completed", "needs_model"
PHRASES = {
    "the rows and columns of tables": len(TABLE_PHRASES),
    "the text of files": len(TEXT_PHRASES),
    "files and folders": len(FILE_PHRASES),
    "writing, asking, programs, git": len(WORLD_PHRASES),
    "numbers of its own": len(ARITHMETIC_PHRASES),
    "addresses, log levels, definitions": len(FINDING_PHRASES),
    "writing what was found": len(SAVE_PHRASES),
}


@dataclass(frozen=True)
class Case:
    """A mission of the corpus: its file, what it shows, its words, and how it must end."""

    file: str
    name: str
    mission: str
    status: str


def corpus_table() -> str:
    """Return how many missions of the corpus there are, and how they must end."""
    ends = [(case.file, case.status) for case in _cases()]
    names = dict.fromkeys(name for name, _ in ends)
    rows = [(f"`{name}.yaml`", ends.count((name, DONE)), ends.count((name, NEEDS_MODEL))) for name in names]
    whole = [sum(status == wanted for _, status in ends) for wanted in (DONE, NEEDS_MODEL)]
    return table(("tests/missions", "done", NEEDS_MODEL), [*rows, (f"together {len(ends)}", *whole)])


def phrase_table() -> str:
    """Return how many phrases the grammar has, and about what."""
    rows = [*PHRASES.items(), ("together", sum(PHRASES.values()))]
    return table(("phrases about", "how many"), rows)


def verb_table() -> str:
    """Return the verbs that begin an understood clause of the corpus, each with the shortest such clause."""
    skills = SkillFolders([]).cards()
    specs = [*(tool.spec for tool in BuiltinTools().tools().values()), *CONTROLS.values()]
    told = Told(tuple(specs), tuple(skills))
    clauses: dict[str, list[str]] = {}
    for case in _cases():
        for clause, _ in read(case.mission, told).understood if case.status == DONE else ():
            clauses.setdefault(worded(clause.text).text.split()[0].lower(), []).append(clause.text)
    rows = [
        (f"`{verb}`", min(texts, key=len), len(texts))
        for verb, texts in sorted(clauses.items())
        if verb in VERBS
    ]
    return table(("a clause begins with", "such as", "clauses in the corpus"), rows)


def refusal_table() -> str:
    """Return the missions of the corpus that must not be told as done."""
    rows = [
        (case.file, case.name, case.mission)
        for case in _cases()
        if case.status == NEEDS_MODEL and case.mission.strip()
    ]
    return table(("corpus", "what it is about", "the mission"), rows)


def _cases() -> Iterator[Case]:
    for file in sorted(CORPUS.glob("*.yaml")):
        for case in yaml.safe_load(file.read_text(encoding="utf-8")):
            yield Case(file.stem, case["name"], case["mission"], case["expect"]["status"])
