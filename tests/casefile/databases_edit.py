"""Change a database behind the store's back, as somebody who can write to it may."""

from __future__ import annotations

from sqlalchemy import text

from regengine.casefile.store import Store


def edit(store: Store, statement: str, **values: object) -> None:
    """Run one statement of SQL; foreign keys stop nobody who owns the database."""
    with store._writing.begin() as connection:  # reason: what no program of ours can do
        connection.execute(text(statement), values)
