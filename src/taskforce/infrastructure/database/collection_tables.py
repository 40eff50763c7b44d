"""The tables of collections. The files of items lie in the artifact store, under the item's folder."""

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Integer, String, Table, Text, UniqueConstraint

from taskforce.infrastructure.database.columns import Moment
from taskforce.infrastructure.database.tables import Id, Name, Word, metadata

# An item outlives its source and its entry: neither is a foreign key.
collection_items = Table(
    "collection_items",
    metadata,
    Column("id", Id, primary_key=True),
    Column("project", Name, nullable=False),
    Column("name", Text, nullable=False),
    Column("folded_name", Text, nullable=False),
    Column("type", Word, nullable=False),
    Column("source", Id, nullable=False),
    Column("entry", Id, nullable=False),
    Column("repo_url", Text, nullable=False),
    Column("commit_sha", String(40), nullable=False),
    Column("path", Text, nullable=False),
    Column("digest", String(64), nullable=False),
    Column("trust_level", Word, nullable=False),
    Column("folder", Text, nullable=False),
    Column("files", Integer, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("imported_by", Text, nullable=False),
    Column("imported_at", Moment, nullable=False),
    UniqueConstraint("project", "type", "folded_name", name="uq_collection_items_name"),
)

collection_files = Table(
    "collection_files",
    metadata,
    Column("item", Id, ForeignKey("collection_items.id", ondelete="CASCADE"), primary_key=True),
    Column("path", Text, primary_key=True),
    Column("blob_sha", String(40), nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("sha256", String(64), nullable=False),
)

# Which contents of untrusted sources somebody allowed in a project.
collection_allowances = Table(
    "collection_allowances",
    metadata,
    Column("project", Name, primary_key=True),
    Column("digest", String(64), primary_key=True),
    Column("allowed_by", Text, nullable=False),
    Column("allowed_at", Moment, nullable=False),
)

# Folders to which no item refers: not yet, or not any more (is_left).
collection_folders = Table(
    "collection_folders",
    metadata,
    Column("folder", Text, primary_key=True),
    Column("since", Moment, nullable=False),
    Column("is_left", Boolean, nullable=False),
)
