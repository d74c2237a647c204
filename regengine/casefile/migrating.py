"""Bring the tables of a store to the newest revision."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from alembic.config import Config
from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext
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

    def steps(revision: Any, _: MigrationContext) -> Any:  # reason: alembic's own shapes
        return found._upgrade_revs(to, revision)  # noqa: SLF001  # reason: alembic's own commands call it so

    # Alembic's usual way in is a script of its own that opens connections; here the store
    # has one open, whose transaction must hold all of it or nothing.
    options = {"fn": steps, "script": found, "transactional_ddl": True}
    context = MigrationContext.configure(connection, opts=options)
    with Operations.context(context):
        context.run_migrations()
