"""A release that is still to come: one revision more, which makes a table anew."""

from __future__ import annotations

import shutil
from pathlib import Path

from regengine.casefile import migrations

NEXT = "9999"
_STEP = """
import sqlalchemy as sa
from alembic import op

revision, down_revision, branch_labels, depends_on = "9999", "{last}", None, None


def upgrade():
    # Only SQLite makes tables anew.
    recreate = "{recreate}" if op.get_bind().dialect.name == "sqlite" else "never"
    with op.batch_alter_table("entry", recreate=recreate) as entry:
        entry.add_column(sa.Column("colour", sa.String()))
    with op.batch_alter_table("matter", recreate=recreate) as matter:
        matter.add_column(sa.Column("colour", sa.String()))
    op.execute("UPDATE entry SET colour = 'red'")
"""


def write(folder: Path, last: str, *, recreate: str = "auto") -> Path:
    """Write the revisions of a release to come into a folder."""
    made = folder / "migrations"
    shutil.copytree(Path(migrations.__file__).parent, made)
    text = _STEP.format(last=last, recreate=recreate)
    (made / "versions" / "v9999_next.py").write_text(text, encoding="utf-8")
    return made
