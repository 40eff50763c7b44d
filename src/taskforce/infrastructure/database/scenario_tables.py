"""The tables of scenarios. A snapshot's content lies in the artifact store, under its checksum."""

from sqlalchemy import BigInteger, Column, String, Table, Text, UniqueConstraint

from taskforce.infrastructure.database.columns import Document, Moment
from taskforce.infrastructure.database.tables import Id, Name, metadata

scenario_snapshots = Table(
    "scenario_snapshots",
    metadata,
    Column("id", Id, primary_key=True),
    Column("project", Name, nullable=False),
    Column("checksum", String(64), nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("rows", Document, nullable=False),
    Column("key", Text, nullable=False),
    Column("size", BigInteger, nullable=False),
    # Counts the commits of a project: the greatest is that of the newest snapshot.
    Column("committed", BigInteger, nullable=False),
    UniqueConstraint("project", "checksum", name="uq_scenario_snapshots_checksum"),
)
