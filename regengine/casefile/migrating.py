"""Bring the tables of a store to the newest revision."""

from __future__ import annotations

from pathlib import Path

from alembic.config import Config
from alembic.runtime.environment import EnvironmentContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from regengine.casefile import migrations


def scripts() -> ScriptDirectory:
    """Open the folder of revisions.

    >>> scripts().get_current_head()
    '0001'
    """
    config = Config()
    config.set_main_option("script_location", str(Path(migrations.__file__).parent))
    config.set_main_option("path_separator", "os")
    return ScriptDirectory.from_config(config)


def migrate(connection: Connection, to: str = "head") -> None:
    """Run the revisions that a store lacks, inside the transaction of the caller."""
    found = scripts()
    config = Config()
    config.attributes["connection"] = connection

    def steps(revision: tuple[str, ...], _: object) -> list[object]:
        return list(found._upgrade_revs(to, revision))  # type: ignore[arg-type]  # noqa: SLF001  # reason: alembic's own commands call it so

    with EnvironmentContext(config, found, fn=steps):
        found.run_env()
