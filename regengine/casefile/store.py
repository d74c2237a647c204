"""Where matters are kept: SQLite by default, PostgreSQL by URL; entries are only ever added.

An entry is acknowledged once its transaction is on disk: SQLite writes its log through
(``synchronous=FULL``) before a commit returns, PostgreSQL as it is set up by default. Writers
wait for each other at the head of one matter, so that none overwrites what another said.
"""

from __future__ import annotations

import json
import os
import stat
import sys
import uuid
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, NamedTuple, Self

from platformdirs import user_data_path
from sqlalchemy import Connection, Engine, event, insert, inspect, text, update
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, IntegrityError, NoSuchModuleError
from sqlmodel import create_engine, select

from regengine.casefile.entries import (
    GENESIS,
    Draft,
    Entry,
    KeptFile,
    body_text,
    chained,
    matter_link,
    sha256,
    stamp,
)
from regengine.casefile.tables import HEAD, REVISIONS, BlobRow, EntryRow, MatterRow
from regengine.errors import Fault, InputError, suggest

Clock = Callable[[], datetime]

VARIABLE: Final = "REGENGINE_STORE"
_SQLITE, _POSTGRESQL = "sqlite", "postgresql"
_WAIT = 60  # seconds that a writer waits for another
# SQLite's number for files of ours ("regE"), and a lock of PostgreSQL's for changing tables.
_APPLICATION, _LOCK = 0x72656745, 0x7265_6745
_MATTERS = MatterRow.__table__  # type: ignore[attr-defined]  # reason: sqlmodel sets it, untyped
_ENTRIES = EntryRow.__table__  # type: ignore[attr-defined]  # reason: as above
_BLOBS = BlobRow.__table__  # type: ignore[attr-defined]  # reason: as above


class StoreError(InputError):
    """A store that cannot be opened, read or written; the message says what to do."""


class MatterLine(NamedTuple):
    """What a list of matters shows of one."""

    id: str
    number: int
    reference: str
    title: str | None
    state: str
    opened_at: datetime
    updated_at: datetime
    entries: int
    head: str
    link: str
    required: int | None
    possible: int | None
    late: int | None
    next_due: datetime | None
    next_key: str | None


class Outline(NamedTuple):
    """What the last assessment says of a matter, for lists."""

    required: int
    possible: int
    late: int
    next_due: datetime | None
    next_key: str | None


def utc_now() -> datetime:
    """Read the clock."""
    return datetime.now(UTC)


def default_url() -> str:
    """Name the store of this user: ``REGENGINE_STORE``, else a file in the data folder."""
    return os.environ.get(VARIABLE) or f"sqlite:///{user_data_path('regengine') / 'matters.db'}"


class Store:
    """The matters of one database.

    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     with Store.open(Path(folder, "matters.db")) as store:
    ...         store.matters()
    []
    """

    def __init__(self, engine: Engine, clock: Clock = utc_now) -> None:
        self._engine = engine
        self._writing = engine.execution_options(writing=True)
        self.clock = clock

    @classmethod
    def open(cls, where: str | Path | None = None, *, clock: Clock = utc_now) -> Self:
        """Open a store, make it where there is none, bring an older one up to date.

        ``where`` is a URL (``sqlite:///…``, ``postgresql://…``) or the path of a file; without
        it, that of ``REGENGINE_STORE`` or the user's data folder. ``clock`` gives the instant
        at which entries are recorded. Raise ``StoreError`` for a store of a newer release, for
        what is no store of ours, and where the database cannot be reached.
        """
        url = _url(where)
        made = cls(_engine(url), clock)
        try:
            with _told(url):
                made._prepare(url)
        except BaseException:
            made.close()
            raise
        return made

    def close(self) -> None:
        """Let go of the database."""
        self._engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def name(self) -> str:
        """Name the store, without a password."""
        return self._engine.url.render_as_string(hide_password=True)

    # -- opening ----------------------------------------------------------------------

    def _prepare(self, url: URL) -> None:
        revision = self._revision()
        if revision == HEAD:
            return
        if revision is not None and revision not in REVISIONS:
            message = (
                f"was written by a newer regengine (tables of revision {revision}, this one knows "
                f"{HEAD}): upgrade regengine; nothing was changed"
            )
            raise StoreError([Fault(self.name, "", message)])
        if revision is not None:
            _copy_aside(url, revision)
        with self._writing.begin() as connection:
            if url.get_backend_name() == _POSTGRESQL:
                connection.execute(text(f"SELECT pg_advisory_xact_lock({_LOCK})"))
            from regengine.casefile.migrating import migrate  # noqa: PLC0415  # reason: alembic is heavy, and seldom needed

            migrate(connection)
            if url.get_backend_name() == _SQLITE:
                connection.exec_driver_sql(f"PRAGMA application_id={_APPLICATION}")

    def _revision(self) -> str | None:
        """Read which revision the tables have; ``None`` for an empty database."""
        with self._engine.begin() as connection:
            tables = set(inspect(connection).get_table_names())
            if "alembic_version" in tables:
                found = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
                return None if found is None else str(found)
            if tables:
                names = ", ".join(sorted(tables)[:3])
                message = f"is no store of regengine: it holds other tables ({names})"
                raise StoreError([Fault(self.name, "", message)])
        return None

    # -- reading ----------------------------------------------------------------------

    def matters(self, *, state: str | None = None) -> list[MatterLine]:
        """List the matters, those with the next due instant first."""
        asked = select(_MATTERS)
        if state is not None:
            asked = asked.where(_MATTERS.c.state == state)
        asked = asked.order_by(
            _MATTERS.c.next_due.is_(None), _MATTERS.c.next_due, _MATTERS.c.number
        )
        with self._engine.begin() as connection:
            return [_line(row) for row in connection.execute(asked)]

    def matter(self, name: str) -> MatterLine:
        """Find a matter by its reference or id.

        Raise ``InputError`` with the nearest reference where there is none.
        """
        asked = select(_MATTERS).where((_MATTERS.c.reference == name) | (_MATTERS.c.id == name))
        with self._engine.begin() as connection:
            row = connection.execute(asked).first()
            if row is not None:
                return _line(row)
            known = [str(x) for x in connection.execute(select(_MATTERS.c.reference)).scalars()]
        message = f'no matter "{name}"{suggest(name, known)}'
        raise InputError([Fault(self.name, "", message)])

    def entries(self, matter: str, *, after: int = 0) -> list[Entry]:
        """List a matter's entries in order, those after a number."""
        with self._engine.begin() as connection:
            return _entries(connection, matter, after)

    def rows(self, matter: str) -> list[EntryRow]:
        """List what the database holds for a matter, unread: what a check of the chain needs."""
        asked = select(_ENTRIES).where(_ENTRIES.c.matter == matter).order_by(_ENTRIES.c.seq)
        with self._engine.begin() as connection:
            return [EntryRow(**row._mapping) for row in connection.execute(asked)]  # noqa: SLF001  # reason: SQLAlchemy's own public name

    def content(self, digest: str) -> bytes:
        """Give the bytes of a kept file; raise ``KeyError`` where there are none."""
        asked = select(_BLOBS.c.packed).where(_BLOBS.c.sha256 == digest)
        with self._engine.begin() as connection:
            packed = connection.execute(asked).scalar()
        if packed is None:
            raise KeyError(digest)
        return zlib.decompress(packed)

    # -- writing ----------------------------------------------------------------------

    def begin_matter(self, reference: str, title: str | None, by: str) -> str:
        """Open a matter and return its id.

        Raise ``InputError`` where the reference is taken.
        """
        identity = uuid.uuid4().hex
        draft = Draft(kind="opened", body={"reference": reference, "title": title})
        first = chained(draft, identity, 1, self.clock(), by, GENESIS)
        self.take_matter(reference, title, [first])
        return identity

    def take_matter(
        self,
        reference: str,
        title: str | None,
        entries: Sequence[Entry],
        files: Mapping[str, bytes] | None = None,
    ) -> None:
        """Take in a matter whose entries were chained already; the caller has checked them.

        ``files`` are the bytes of kept files by their names. Raise ``InputError`` where the
        reference or the matter is there.
        """
        first, last = entries[0], entries[-1]
        with _told(self._engine.url), self._writing.begin() as connection:
            if self._engine.dialect.name == _POSTGRESQL:
                connection.execute(text(f"SELECT pg_advisory_xact_lock({_LOCK})"))
            self._refuse_taken(connection, reference, first.matter)
            number, previous = _last_matter(connection)
            connection.execute(
                insert(_MATTERS).values(
                    id=first.matter,
                    number=number + 1,
                    reference=reference,
                    opened_at=stamp(first.at),
                    link=matter_link(number + 1, first.matter, first.hash, previous),
                    head_seq=last.seq,
                    head_hash=last.hash,
                    title=title,
                    state="open",
                    updated_at=stamp(last.at),
                )
            )
            connection.execute(insert(_ENTRIES), [_row(entry) for entry in entries])
            for content in (files or {}).values():
                _keep(connection, content)

    def _refuse_taken(self, connection: Connection, reference: str, identity: str) -> None:
        asked = select(_MATTERS.c.id).where(
            (_MATTERS.c.reference == reference) | (_MATTERS.c.id == identity)
        )
        if connection.execute(asked).first() is not None:
            message = f'a matter "{reference}" is there already'
            raise InputError([Fault(self.name, "", message)])

    @contextmanager
    def writing(self, matter: str, by: str) -> Iterator[Journal]:
        """Hold the head of a matter and add entries to it: all of them, or none.

        Another writer of the same matter waits. What was read before may be old: the journal
        gives the entries that have come since.
        """
        with _told(self._engine.url), self._writing.begin() as connection:
            asked = select(_MATTERS.c.head_seq, _MATTERS.c.head_hash).where(_MATTERS.c.id == matter)
            head = connection.execute(asked.with_for_update()).first()
            if head is None:
                raise InputError([Fault(self.name, "", f'no matter of the id "{matter}"')])
            journal = Journal(connection, matter, by, self.clock, int(head[0]), str(head[1]))
            yield journal
            journal.finish()


class Journal:
    """The one writer of a matter, for the length of one transaction."""

    def __init__(
        self, connection: Connection, matter: str, by: str, clock: Clock, seq: int, head: str
    ) -> None:
        self._connection = connection
        self._clock = clock
        self.matter, self.by = matter, by
        self.seq, self.head = seq, head
        self.added: list[Entry] = []
        self._outline: dict[str, Any] = {}

    def entries(self, *, after: int = 0) -> list[Entry]:
        """List the matter's entries as they are under this lock."""
        return _entries(self._connection, self.matter, after)

    def add(self, draft: Draft) -> Entry:
        """Chain one entry to the head."""
        entry = chained(draft, self.matter, self.seq + 1, self._clock(), self.by, self.head)
        self._connection.execute(insert(_ENTRIES).values(**_row(entry)))
        self.seq, self.head = entry.seq, entry.hash
        self.added.append(entry)
        return entry

    def take(self, entry: Entry) -> None:
        """Append an entry that was chained elsewhere, as it is; the caller has checked it."""
        self._connection.execute(insert(_ENTRIES).values(**_row(entry)))
        self.seq, self.head = entry.seq, entry.hash
        self.added.append(entry)

    def keep(self, name: str, content: bytes) -> KeptFile:
        """Keep the bytes of a file; the same bytes are kept once."""
        digest = _keep(self._connection, content)
        return KeptFile(name=name, sha256=digest, size=len(content))

    def outline(self, found: Outline) -> None:
        """Say what lists show of the matter from now on."""
        self._outline |= found._asdict()
        self._outline["next_due"] = stamp(found.next_due) if found.next_due else None

    def rename(self, *, title: str | None = None, state: str | None = None) -> None:
        """Change the title or the state that lists show."""
        named = {"title": title, "state": state}
        self._outline |= {key: value for key, value in named.items() if value is not None}

    def finish(self) -> None:
        """Write the new head, where anything was added."""
        if not self.added:
            return
        last = self.added[-1]
        values = {"head_seq": last.seq, "head_hash": last.hash, "updated_at": stamp(last.at)}
        self._connection.execute(
            update(_MATTERS).where(_MATTERS.c.id == self.matter).values(**values, **self._outline)
        )


# -- rows and entries -------------------------------------------------------------------


def _row(entry: Entry) -> dict[str, Any]:
    return {
        "matter": entry.matter,
        "seq": entry.seq,
        "kind": entry.kind,
        "at": stamp(entry.at),
        "by": entry.by,
        "track": entry.track,
        "body": None if entry.body is None else body_text(entry.body, entry.files),
        "salt": entry.salt,
        "body_sha256": entry.body_sha256,
        "previous": entry.previous,
        "hash": entry.hash,
    }


def entry_of(row: EntryRow) -> Entry:
    """Read a row; raise ``ValueError`` where somebody has made it unreadable."""
    told = json.loads(row.body) if row.body is not None else None
    return Entry(
        matter=row.matter,
        seq=row.seq,
        kind=row.kind,
        at=datetime.fromisoformat(row.at),
        by=row.by,
        track=row.track,  # type: ignore[arg-type]  # reason: pydantic checks the word
        body=None if told is None else told["body"],
        files=() if told is None else tuple(map(KeptFile.model_validate, told["files"])),
        salt=row.salt,
        body_sha256=row.body_sha256,
        previous=row.previous,
        hash=row.hash,
    )


def _entries(connection: Connection, matter: str, after: int) -> list[Entry]:
    asked = (
        select(_ENTRIES)
        .where(_ENTRIES.c.matter == matter, _ENTRIES.c.seq > after)
        .order_by(_ENTRIES.c.seq)
    )
    return [entry_of(EntryRow(**row._mapping)) for row in connection.execute(asked)]  # noqa: SLF001  # reason: SQLAlchemy's own public name


def _line(row: Any) -> MatterLine:  # reason: a row of SQLAlchemy
    held = row._mapping  # noqa: SLF001  # reason: SQLAlchemy's own public name
    due = held["next_due"]
    return MatterLine(
        id=held["id"],
        number=held["number"],
        reference=held["reference"],
        title=held["title"],
        state=held["state"],
        opened_at=datetime.fromisoformat(held["opened_at"]),
        updated_at=datetime.fromisoformat(held["updated_at"]),
        entries=held["head_seq"],
        head=held["head_hash"],
        link=held["link"],
        required=held["required"],
        possible=held["possible"],
        late=held["late"],
        next_due=datetime.fromisoformat(due) if due else None,
        next_key=held["next_key"],
    )


def _last_matter(connection: Connection) -> tuple[int, str]:
    """Find the number and the link of the matter that was opened last."""
    asked = select(_MATTERS.c.number, _MATTERS.c.link).order_by(_MATTERS.c.number.desc()).limit(1)
    found = connection.execute(asked).first()
    return (0, GENESIS) if found is None else (int(found[0]), str(found[1]))


def _keep(connection: Connection, content: bytes) -> str:
    """Keep bytes once, under their hash."""
    digest = sha256(content)
    there = select(_BLOBS.c.sha256).where(_BLOBS.c.sha256 == digest)
    if connection.execute(there).first() is None:
        row = {"sha256": digest, "size": len(content), "packed": zlib.compress(content)}
        connection.execute(_or_ignore(connection, insert(_BLOBS)).values(**row))
    return digest


def _or_ignore(connection: Connection, statement: Any) -> Any:  # reason: an insert, by dialect
    """Let two writers keep the same bytes at once."""
    if connection.dialect.name == _POSTGRESQL:
        from sqlalchemy.dialects.postgresql import insert as upsert  # noqa: PLC0415  # reason: one of two

        return upsert(_BLOBS).on_conflict_do_nothing()
    return statement.prefix_with("OR IGNORE")


# -- engines ------------------------------------------------------------------------------


def _url(where: str | Path | None) -> URL:
    given = str(where) if where is not None else default_url()
    text_ = given if "://" in given else f"sqlite:///{Path(given).expanduser().absolute()}"
    try:
        url = make_url(text_)
    except ArgumentError:
        message = "is no URL of a database; write sqlite:///FILE or postgresql://USER@HOST/NAME"
        raise StoreError([Fault(given, "", message)]) from None
    name = url.get_backend_name()
    if name not in (_SQLITE, _POSTGRESQL):
        message = f'"{name}" is no database for matters; SQLite and PostgreSQL are'
        raise StoreError([Fault(url.render_as_string(hide_password=True), "", message)])
    # psycopg is the driver that is tested; another may be named in full.
    return url.set(drivername="postgresql+psycopg") if url.drivername == _POSTGRESQL else url


def _engine(url: URL) -> Engine:
    if url.get_backend_name() == _POSTGRESQL:
        try:
            return create_engine(url, pool_pre_ping=True)
        except (ModuleNotFoundError, NoSuchModuleError):
            message = "PostgreSQL needs its driver: pip install 'regengine[postgresql]'"
            raise StoreError([Fault("casefile", "", message)]) from None
    _make_file(url)
    engine = create_engine(url, connect_args={"timeout": _WAIT})
    event.listen(engine, "connect", _set_up)
    event.listen(engine, "begin", _begin)
    return engine


def _make_file(url: URL) -> None:
    """Make the file of a new store for its owner alone: it holds what was told in confidence."""
    if not url.database or url.database == ":memory:":
        message = "matters are kept in a file, not in memory"
        raise StoreError([Fault(str(url), "", message)])
    path = Path(url.database)
    path.parent.mkdir(mode=stat.S_IRWXU, parents=True, exist_ok=True)
    if not path.exists():
        path.touch(mode=stat.S_IRUSR | stat.S_IWUSR)


def _set_up(connection: Any, _: object) -> None:  # reason: a connection of the driver's
    connection.isolation_level = None  # transactions are begun by us, see _begin
    cursor = connection.cursor()
    for line in (
        "PRAGMA journal_mode=WAL",
        "PRAGMA synchronous=FULL",
        "PRAGMA foreign_keys=ON",
        *(("PRAGMA fullfsync=ON",) if sys.platform == "darwin" else ()),
    ):
        cursor.execute(line)
    cursor.close()


def _begin(connection: Connection) -> None:
    """Take the writers' lock at once: one that is taken later may come too late."""
    writing = connection.get_execution_options().get("writing", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")


def _copy_aside(url: URL, revision: str) -> None:
    """Keep an older store beside the one that is brought up to date."""
    if url.get_backend_name() != _SQLITE or url.database is None:
        return
    import sqlite3  # noqa: PLC0415  # reason: for this alone

    aside = Path(f"{url.database}.before-{revision}")
    if not aside.exists():
        with sqlite3.connect(url.database) as old, sqlite3.connect(aside) as copy:
            old.backup(copy)


@contextmanager
def _told(url: URL) -> Iterator[None]:
    """Say in one line what the database refused."""
    try:
        yield
    except IntegrityError:
        raise
    except DBAPIError as error:
        first = " ".join(str(error.orig).split())
        where = url.render_as_string(hide_password=True)
        raise StoreError([Fault(where, "", first[:300])]) from error
