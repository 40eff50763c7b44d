"""What a step is, and what later clauses may mean by "it"."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from taskforce.core.documents import JsonObject
from taskforce.core.missions.planning.arguments import conditions, names, patterns
from taskforce.core.missions.planning.grammar import Wording
from taskforce.core.missions.planning.lexicon import ROW_NOUNS, TABLE_SUFFIXES


@dataclass(frozen=True, slots=True, kw_only=True)
class Referent:
    """What a step leaves behind that a later clause can speak of."""

    path: str | None = None
    paths: tuple[str, ...] = ()
    """Several files, of which none is "it"."""
    table: JsonObject | None = None
    """{source, operations}: rows that a later step can go on with."""
    narrowed: bool = False
    """Whether a figure was taken of a part of a table, so that later "it is not clear which rows" holds."""
    scope: JsonObject | None = None
    folder: str | None = None
    """The folder that was made."""
    savable: bool = False
    """Whether it is a result that can be saved at all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One tool call to come: the tool, and its arguments or the program with its arguments."""

    tool: str
    arguments: JsonObject = field(default_factory=dict)
    program: str | None = None
    leaves: Referent = Referent()
    content_of: tuple[int, ...] = ()
    """Earlier steps whose results are the text to be written, counted from 0."""
    style: str = "value"
    """How these results are written: as the bare `value`, `line` or as a `report`."""
    is_silent: bool = False
    is_unfinished: bool = False
    """Whether it only shows what was asked to be done to a file, so that a saving step must come next."""
    savable_as: JsonObject | None = None
    """The arguments of `program` that find the same as this plain tool, to be run again when it is saved."""

    def saving(self, path: str) -> "Step":
        """Return the same program, now writing what it finds to a file."""
        arguments = self.arguments if self.savable_as is None else self.savable_as
        return Step(
            tool="python",
            program=self.program,
            arguments={**arguments, "save": path},
            leaves=Referent(path=path),
        )


class NotUnderstood(Exception):
    """A phrase fits, but not all that it needs is there."""


@dataclass(frozen=True, slots=True)
class Slots:
    """The filled slots of a phrase, and the steps before it."""

    values: Mapping[str, str]
    wording: Wording
    before: tuple[Step, ...]

    def has(self, name: str) -> bool:
        """Tell whether the slot was filled."""
        return name in self.values

    def text(self, name: str) -> str:
        """Return a slot's text without quotes."""
        return self.wording.unquote(self.values[name])

    def quoted(self, name: str) -> bool:
        """Tell whether the slot holds one quoted string."""
        return self.wording.is_quoted(self.values[name])

    def path(self, name: str = "path") -> str:
        """Return the file a slot names, or the one that "it" means."""
        return self.text(name) if self.has(name) else self.file_before()

    def file_before(self) -> str:
        """Return the file that the last step with files was about."""
        for step in reversed(self.before):
            if step.leaves.paths:
                raise NotUnderstood
            if step.leaves.path:
                return step.leaves.path
        raise NotUnderstood

    def scope(self) -> JsonObject:
        """Return the files a phrase speaks of."""
        if self.has("path"):
            return {"path": self.text("path")}
        if self.has("scoped"):
            paths = names(self.values["scoped"], self.wording)
            return {"path": paths[0]} if len(paths) == 1 else {"paths": [*paths]}
        if self.has("it"):
            last = next((s.leaves for s in reversed(self.before) if s.leaves.scope or s.leaves.path), None)
            if last is not None and last.scope is not None:
                return last.scope
            return {"path": self.file_before()}
        globs: list[str] = [self.values["glob"]] if self.has("glob") else patterns(self.values.get("kind"))
        folder = (self.text("folder").rstrip("/") or "/") if self.has("folder") else "."
        if self.has("glob") and "/" in globs[0] and folder == ".":
            folder, _, globs[0] = globs[0].rpartition("/")
            if any(mark in folder for mark in "*?["):
                raise NotUnderstood
        return {"folder": folder, "patterns": [*globs]}

    def table(self) -> JsonObject:
        """Return the table a phrase speaks of: {source, operations}."""
        table = self._source()
        if self.has("where"):
            where = conditions(self.values["where"], self.wording)
            if where is None:
                raise NotUnderstood
            return with_operation(table, {"do": "filter", "where": where})
        return table

    def _source(self) -> JsonObject:
        if self.has("path"):
            return table_of(self.text("path"), self._table_name())
        for step in reversed(self.before):
            if step.leaves.narrowed or step.leaves.paths:
                raise NotUnderstood
            if step.leaves.table is not None:
                return step.leaves.table
            if step.leaves.path is not None:
                return table_of(step.leaves.path, None)
        raise NotUnderstood

    def _table_name(self) -> str | None:
        """Return the table of a database that is named, be it only by what its rows are."""
        if self.has("tname"):
            return self.text("tname")
        noun = self.values.get("noun", "rows")
        is_base = self.text("path").lower().endswith((".db", ".sqlite", ".sqlite3"))
        return noun if is_base and noun.lower() not in ROW_NOUNS else None

    def check_rows(self, name: str = "noun") -> None:
        """Refuse a noun that neither means rows nor is what the table's file or itself is named after."""
        if not self.has(name):
            return
        noun = self.values[name].lower()
        if noun in ROW_NOUNS:
            return
        source = self._source()["source"]
        if not isinstance(source, dict) or "path" not in source:
            raise NotUnderstood
        stem = str(source["path"]).rpartition("/")[2].rpartition(".")[0]
        stems = {str(source.get("table") or stem).lower(), stem.lower()}
        singular = {one.removesuffix("s") for one in stems} | {
            one[:-3] + "y" for one in stems if one.endswith("ies")
        }
        if noun not in stems | singular:
            raise NotUnderstood


def table_of(path: str, table: str | None) -> JsonObject:
    """Return a table as a file holds it."""
    if not path.lower().endswith(TABLE_SUFFIXES):
        raise NotUnderstood
    if table is not None and not path.lower().endswith((".db", ".sqlite", ".sqlite3")):
        raise NotUnderstood
    source: JsonObject = {"path": path} if table is None else {"path": path, "table": table}
    return {"source": source, "operations": []}


def python(program: str, arguments: JsonObject, **leaves: object) -> Step:
    """Return a step of one of the programs."""
    return Step(tool="python", program=program, arguments=arguments, leaves=Referent(savable=True, **leaves))  # type: ignore[arg-type]  # the fields are checked by Referent's own names


def rows(table: JsonObject) -> Step:
    """Return the step that shows a table's rows."""
    return python("table", table, table=table)


def with_operation(table: JsonObject, operation: JsonObject) -> JsonObject:
    """Return a table after one more operation."""
    operations = table["operations"]
    if not isinstance(operations, list):
        raise NotUnderstood
    return {**table, "operations": [*operations, operation]}
