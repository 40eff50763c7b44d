"""The table of video projects. How one stands is told by its newest job's row."""

from sqlalchemy import Column, Float, ForeignKey, Table, Text, text

from taskforce.infrastructure.database.columns import Document, Moment
from taskforce.infrastructure.database.tables import Id, Name, Word, metadata

# SQLite takes a partial index only for a query that says the index's condition in the same words.
IN_SIGHT = text("deleted_at IS NULL")

video_projects = Table(
    "video_projects",
    metadata,
    Column("id", Id, primary_key=True),
    Column("project", Name, nullable=False),
    Column("job", Id, ForeignKey("jobs.id", ondelete="CASCADE"), nullable=False),
    Column("title", Text, nullable=False),
    Column("wish", Document, nullable=False),
    Column("forked_from", Id),
    Column("stage", Word),
    # Style guide, characters and scenes: at most fifteen, always read and written together.
    Column("storyboard", Document, nullable=False),
    Column("film", Document),
    Column("estimate", Float, nullable=False),
    Column("spent", Document, nullable=False),
    Column("cost", Float, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("updated_at", Moment, nullable=False),
    Column("deleted_at", Moment),
)
