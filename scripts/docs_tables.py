"""What `make docs` writes of the tables: the script that makes a fresh database."""

from sqlalchemy import create_engine

from taskforce.infrastructure.database.fresh import script


def fresh() -> str:
    """Return the script that makes what all migrations come to."""
    engine = create_engine("sqlite://", isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        return script(connection)
