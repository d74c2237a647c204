"""Matters, their entries, and the files that these keep."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the three tables."""
    op.create_table(
        "matter",
        sa.Column("id", sa.String(), primary_key=True),
        sa.Column("number", sa.Integer(), nullable=False, unique=True),
        sa.Column("reference", sa.String(), nullable=False, unique=True),
        sa.Column("opened_at", sa.String(), nullable=False),
        sa.Column("link", sa.String(), nullable=False),
        sa.Column("head_seq", sa.Integer(), nullable=False),
        sa.Column("head_hash", sa.String(), nullable=False),
        sa.Column("title", sa.String()),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("updated_at", sa.String(), nullable=False),
        sa.Column("required", sa.Integer()),
        sa.Column("possible", sa.Integer()),
        sa.Column("late", sa.Integer()),
        sa.Column("next_due", sa.String()),
        sa.Column("next_key", sa.String()),
    )
    op.create_index("ix_matter_next_due", "matter", ["next_due"])
    op.create_table(
        "entry",
        sa.Column("matter", sa.String(), sa.ForeignKey("matter.id"), primary_key=True),
        sa.Column("seq", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("at", sa.String(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("track", sa.String(), nullable=False),
        sa.Column("body", sa.Text()),
        sa.Column("salt", sa.String()),
        sa.Column("body_sha256", sa.String(), nullable=False),
        sa.Column("previous", sa.String(), nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
    )
    op.create_index("entry_kind", "entry", ["matter", "kind"])
    op.create_table(
        "blob",
        sa.Column("sha256", sa.String(), primary_key=True),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("packed", sa.LargeBinary(), nullable=False),
    )
