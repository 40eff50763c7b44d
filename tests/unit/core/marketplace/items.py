"""Items of a collection and what they are made of, with defaults for what a test is silent on."""

from dataclasses import replace
from typing import Any

from taskforce.core.marketplace.collection import StoredFile, digest_of_stored
from taskforce.core.marketplace.model import (
    ArtifactType,
    AuditRow,
    Entry,
    EntryId,
    Item,
    ItemId,
    Source,
    SourceId,
    TrustLevel,
    Visibility,
)
from taskforce.core.principals import DEFAULT_PROJECT
from taskforce.infrastructure.system.ids import CountedIds
from tests.builders import NOON
from tests.unit.core.marketplace.entries import an_entry

ids = CountedIds()
FILES = (
    StoredFile(path="SKILL.md", blob_sha="a" * 40, size=10, sha256="1" * 64),
    StoredFile(path="scripts/run.py", blob_sha="b" * 40, size=20, sha256="2" * 64),
)


def a_source(**fields: Any) -> Source:  # noqa: ANN401 - any field of a source
    """A source that was never scanned."""
    defaults: dict[str, Any] = {
        "id": SourceId(ids.new()),
        "project": DEFAULT_PROJECT,
        "repo_url": "https://git.example/skills",
        "branch": "main",
        "root_hint": "",
        "manual_map": {},
        "trust_level": TrustLevel.UNTRUSTED,
        "visibility": Visibility.PROJECT,
        "rhythm": None,
        "created_by": "ann",
        "created_at": NOON,
        "updated_at": NOON,
    }
    return Source(**{**defaults, **fields})


def an_entry_of(source: Source, path: str = "skills/weigh/SKILL.md", **fields: Any) -> Entry:  # noqa: ANN401 - of an entry
    """A skill that was found in a source, with the content of FILES."""
    entry = an_entry(path, digest=digest_of_stored(FILES), id=ids.new(), source=source.id)
    return replace(entry, commit_sha="c" * 40, project=source.project, **fields)


def an_item(**fields: Any) -> Item:  # noqa: ANN401 - any field of an item
    """A skill that was taken, with the content of FILES."""
    item_id = ItemId(ids.new())
    project = fields.get("project", DEFAULT_PROJECT)
    defaults: dict[str, Any] = {
        "id": item_id,
        "project": project,
        "name": "weigh",
        "type": ArtifactType.SKILL,
        "source": SourceId(ids.new()),
        "entry": EntryId(ids.new()),
        "repo_url": "https://git.example/skills",
        "commit_sha": "c" * 40,
        "path": "skills/weigh",
        "digest": digest_of_stored(FILES),
        "trust_level": TrustLevel.UNTRUSTED,
        "folder": f"{project}/collection/{item_id}",
        "files": len(FILES),
        "size": 30,
        "imported_by": "ann",
        "imported_at": NOON,
    }
    return Item(**{**defaults, **fields})


def a_row(item: Item, action: str = "import") -> AuditRow:
    """What the audit tells of an item."""
    return AuditRow(
        project=item.project,
        at=item.imported_at,
        by="ann",
        action=action,
        source=item.source,
        subject=item.id,
        outcome="success",
    )
