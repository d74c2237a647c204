"""Alembic's way in: migrate over the connection and transaction that the store has opened."""

from __future__ import annotations

from alembic import context
from sqlmodel import SQLModel

from regengine.casefile import tables  # noqa: F401  # reason: it declares the tables

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=SQLModel.metadata,
    transactional_ddl=True,
)
context.run_migrations()
