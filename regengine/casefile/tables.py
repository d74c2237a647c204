"""The tables of the store; what is changed here needs a migration beside it."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Column, Index, LargeBinary, Text
from sqlmodel import Field, SQLModel

# Every revision that was ever released, in order; a store of any other is refused.
REVISIONS: Final = ("0001",)
HEAD: Final = REVISIONS[-1]


class MatterRow(SQLModel, table=True):
    """One matter: its name, the head of its chain, and what a list shows of it.

    ``number`` counts the matters of a store without a gap, and ``link`` hashes the first
    entry over the link of the matter before. What stands below ``head_hash`` is derived from the entries, and can be made anew from them.
    """

    __tablename__ = "matter"

    id: str = Field(primary_key=True)
    number: int = Field(unique=True)
    reference: str = Field(unique=True)
    opened_at: str
    link: str
    head_seq: int
    head_hash: str
    title: str | None = None
    state: str = "open"
    updated_at: str
    required: int | None = None
    possible: int | None = None
    late: int | None = None
    next_due: str | None = Field(default=None, index=True)
    next_key: str | None = None


class EntryRow(SQLModel, table=True):
    """One entry of a chain; ``body`` is the text that was hashed."""

    __tablename__ = "entry"
    __table_args__ = (Index("entry_kind", "matter", "kind"),)

    matter: str = Field(primary_key=True, foreign_key="matter.id")
    seq: int = Field(primary_key=True)
    kind: str
    at: str
    by: str
    track: str
    body: str | None = Field(default=None, sa_column=Column("body", Text))
    salt: str | None = None
    body_sha256: str
    previous: str
    hash: str


class BlobRow(SQLModel, table=True):
    """The bytes of a file, by the hash of what they unpack to; kept once."""

    __tablename__ = "blob"

    sha256: str = Field(primary_key=True)
    size: int
    packed: bytes = Field(sa_column=Column("packed", LargeBinary, nullable=False))
