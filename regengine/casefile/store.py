"""Where matters are kept: SQLite by default, PostgreSQL by URL; entries are only ever added.

An entry is acknowledged once its transaction is on disk: SQLite writes its log through before
a commit returns, PostgreSQL commits synchronously even where its default is another. Writers
wait for each other at the head of one matter, so that none overwrites what another said.
"""

from __future__ import annotations

import json
import os
import re
import sqlite3
import stat
import sys
import time
import uuid
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final, NamedTuple, Protocol, Self
from urllib.parse import quote
from weakref import WeakSet

from platformdirs import user_data_path
from sqlalchemy import Connection, Engine, event, insert, inspect, text, update
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, IntegrityError, NoSuchModuleError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
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
_LEAST = 512  # bytes
_OURS: Final = {"alembic_version", "matter", "entry"}
_CONNECT = 15  # seconds that a server may take to answer at all
_NEAR = 200  # references to each side of a name that may have been meant
# Clocks of two machines differ by a little; by more than this one of them is wrong.
_APART: Final = timedelta(seconds=10)
_OPEN: WeakSet[Engine] = WeakSet()
# SQLite's number for files of ours ("regE"), and a lock of PostgreSQL's for changing tables.
_APPLICATION, _LOCK = 0x72656745, 0x7265_6745
_MATTERS = MatterRow.__table__  # type: ignore[attr-defined]  # reason: sqlmodel sets it, untyped
_ENTRIES = EntryRow.__table__  # type: ignore[attr-defined]  # reason: as above
_BLOBS = BlobRow.__table__  # type: ignore[attr-defined]  # reason: as above


class StoreError(InputError):
    """A store that cannot be opened, read or written; the message says what to do."""


class Held(Protocol):
    """What the database holds of one entry, unread."""

    @property
    def matter(self) -> str: ...
    @property
    def seq(self) -> int: ...
    @property
    def kind(self) -> str: ...
    @property
    def at(self) -> str: ...
    @property
    def by(self) -> str: ...
    @property
    def track(self) -> str: ...
    @property
    def body(self) -> str | None: ...
    @property
    def salt(self) -> str | None: ...
    @property
    def body_sha256(self) -> str: ...
    @property
    def previous(self) -> str: ...
    @property
    def hash(self) -> str: ...


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
        with _told(url):
            made = cls(_engine(url), clock)
            try:
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
        return _shown(self._engine.url)

    # -- opening ----------------------------------------------------------------------

    def _prepare(self, url: URL) -> None:
        if url.get_backend_name() == _SQLITE:
            revision = _looked(url)
        else:
            with self._engine.begin() as connection:
                revision = _revision(connection, self.name)
        _refuse_newer(revision, self.name)
        if revision == HEAD:
            return
        with self._remaking() as connection:
            # Another may have been quicker while this one waited.
            revision = _revision(connection, self.name)
            _refuse_newer(revision, self.name)
            if revision == HEAD:
                return
            if revision is not None:
                _copy_aside(url, revision)
            from regengine.casefile.migrating import migrate  # noqa: PLC0415  # reason: alembic is heavy, and seldom needed

            migrate(connection)

    @contextmanager
    def _remaking(self) -> Iterator[Connection]:
        """Hold the whole store, to make its tables anew: all of it, or nothing."""
        with self._writing.connect() as connection:
            if connection.dialect.name == _POSTGRESQL:
                with connection.begin():
                    connection.execute(text(f"SELECT pg_advisory_xact_lock({_LOCK})"))
                    yield connection
                return
            # A table of SQLite is changed by being replaced, which must not drop what refers
            # to it; SQLite asks for this outside of a transaction.
            driver: Any = connection.connection.dbapi_connection
            driver.execute("PRAGMA foreign_keys=OFF").close()
            try:
                with connection.begin():
                    yield connection
                    connection.exec_driver_sql(f"PRAGMA application_id={_APPLICATION}")
                    if connection.exec_driver_sql("PRAGMA foreign_key_check").first() is not None:
                        message = "its entries and matters do not belong together; nothing changed"
                        raise StoreError([Fault(self.name, "", message)])
            finally:
                connection.invalidate()  # the next one has its foreign keys again

    # -- reading ----------------------------------------------------------------------

    @contextmanager
    def _reading(self, *, snapshot: bool = False) -> Iterator[Connection]:
        """Read; a snapshot is of one instant over several questions."""
        engine = self._engine
        if snapshot and engine.dialect.name == _POSTGRESQL:
            engine = engine.execution_options(isolation_level="REPEATABLE READ")
        with _told(engine.url), engine.begin() as connection:
            yield connection

    def matters(
        self, *, state: str | None = None, limit: int | None = None, offset: int = 0
    ) -> list[MatterLine]:
        """List the matters, those with the next due instant first.

        ``limit`` and ``offset`` choose a page of the list.
        """
        asked = select(_MATTERS)
        if state is not None:
            asked = asked.where(_MATTERS.c.state == state)
        asked = asked.order_by(
            _MATTERS.c.next_due.is_(None), _MATTERS.c.next_due, _MATTERS.c.number
        )
        if limit is not None or offset:
            asked = asked.limit(limit).offset(offset)
        with self._reading() as connection:
            return [_line(row) for row in connection.execute(asked)]

    def matter(self, name: str) -> MatterLine:
        """Find a matter by its reference or id.

        Raise ``InputError`` with the nearest reference where there is none.
        """
        asked = select(_MATTERS).where((_MATTERS.c.reference == name) | (_MATTERS.c.id == name))
        with self._reading() as connection:
            row = connection.execute(asked).first()
            if row is not None:
                return _line(row)
            known = _near(connection, name)
        message = f'no matter "{name}"{suggest(name, known)}'
        raise InputError([Fault(self.name, "", message)])

    def entries(self, matter: str, *, after: int = 0) -> list[Entry]:
        """List a matter's entries in order, those after a number."""
        with self._reading() as connection:
            return _entries(connection, matter, after)

    def rows(self, matter: str) -> list[EntryRow]:
        """List what the database holds for a matter, unread: what a check of the chain needs."""
        with self._reading() as connection:
            return _rows(connection, matter)

    def held(self, matter: str) -> tuple[MatterLine, list[EntryRow]]:
        """Give a matter's line and its rows as of one instant, so that they can be compared.

        ``matter`` is its id. Raise ``InputError`` where there is none.
        """
        with self._reading(snapshot=True) as connection:
            row = connection.execute(select(_MATTERS).where(_MATTERS.c.id == matter)).first()
            if row is None:
                raise InputError([Fault(self.name, "", f'no matter of the id "{matter}"')])
            return _line(row), _rows(connection, matter)

    def content(self, digest: str) -> bytes:
        """Give the bytes of a kept file; raise ``KeyError`` where there are none."""
        asked = select(_BLOBS.c.packed).where(_BLOBS.c.sha256 == digest)
        with self._reading() as connection:
            packed = connection.execute(asked).scalar()
        if packed is None:
            raise KeyError(digest)
        return zlib.decompress(packed)

    # -- writing ----------------------------------------------------------------------

    def begin_matter(self, reference: str, title: str | None, by: str) -> str:
        """Open a matter and return its id.

        Raise ``InputError`` where the reference is taken.
        """
        with self.opening(reference, title, by) as journal:
            return journal.matter

    @contextmanager
    def opening(self, reference: str, title: str | None, by: str) -> Iterator[Journal]:
        """Open a matter together with its first entries: all of it, or no matter.

        Raise ``InputError`` where the reference is taken.
        """
        identity = uuid.uuid4().hex
        draft = Draft(kind="opened", body={"reference": reference, "title": title})
        with _told(self._engine.url), self._writing.begin() as connection:
            first = chained(draft, identity, 1, self.clock(), by, GENESIS)
            self._place(connection, reference, title, [first])
            journal = Journal(connection, identity, by, self.clock, 1, first.hash, first.at)
            journal.added.append(first)
            yield journal
            journal.finish()

    def take_matter(
        self,
        reference: str,
        title: str | None,
        entries: Sequence[Entry],
        files: Mapping[str, bytes] | None = None,
        *,
        state: str = "open",
        outline: Outline | None = None,
    ) -> None:
        """Take in a matter whose entries were chained already; the caller has checked them.

        ``files`` are the bytes of kept files by their names; ``state`` and ``outline`` are what
        lists show of it. Raise ``InputError`` where the
        reference or the matter is there.
        """
        with _told(self._engine.url), self._writing.begin() as connection:
            self._place(connection, reference, title, entries)
            for content in (files or {}).values():
                _keep(connection, content)
            shown = {"state": state, **(_outlined(outline) if outline is not None else {})}
            connection.execute(
                update(_MATTERS).where(_MATTERS.c.id == entries[0].matter).values(**shown)
            )

    def _place(
        self, connection: Connection, reference: str, title: str | None, entries: Sequence[Entry]
    ) -> None:
        """Put a matter behind the one that was opened last."""
        first, last = entries[0], entries[-1]
        if connection.dialect.name == _POSTGRESQL:
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
            asked = select(_MATTERS.c.head_seq, _MATTERS.c.head_hash, _MATTERS.c.updated_at).where(
                _MATTERS.c.id == matter
            )
            head = connection.execute(asked.with_for_update()).first()
            if head is None:
                raise InputError([Fault(self.name, "", f'no matter of the id "{matter}"')])
            seq, digest, last = int(head[0]), str(head[1]), datetime.fromisoformat(head[2])
            journal = Journal(connection, matter, by, self.clock, seq, digest, last)
            yield journal
            journal.finish()


class Journal:
    """The one writer of a matter, for the length of one transaction."""

    def __init__(
        self,
        connection: Connection,
        matter: str,
        by: str,
        clock: Clock,
        seq: int,
        head: str,
        last: datetime,
    ) -> None:
        self._connection = connection
        self._clock = clock
        self._last = last
        self.matter, self.by = matter, by
        self.seq, self.head = seq, head
        self.added: list[Entry] = []
        self._outline: dict[str, Any] = {}

    def entries(self, *, after: int = 0) -> list[Entry]:
        """List the matter's entries as they are under this lock."""
        return _entries(self._connection, self.matter, after)

    @property
    def line(self) -> MatterLine:
        """What a list showed of the matter before this journal."""
        asked = select(_MATTERS).where(_MATTERS.c.id == self.matter)
        return _line(self._connection.execute(asked).one())

    def add(self, draft: Draft) -> Entry:
        """Chain one entry to the head."""
        entry = chained(draft, self.matter, self.seq + 1, self._instant(), self.by, self.head)
        self.take(entry)
        return entry

    def _instant(self) -> datetime:
        """Read the clock; where it is a little behind the last entry's, keep to that one.

        A clock that was set back by more is told by what it says, and by the check of the chain.
        """
        now = self._clock().astimezone(UTC)
        return self._last if now < self._last <= now + _APART else now

    def take(self, entry: Entry) -> None:
        """Append an entry that was chained elsewhere, as it is; the caller has checked it."""
        self._connection.execute(insert(_ENTRIES).values(**_row(entry)))
        self.seq, self.head, self._last = entry.seq, entry.hash, entry.at
        self.added.append(entry)

    def keep(self, name: str, content: bytes) -> KeptFile:
        """Keep the bytes of a file; the same bytes are kept once."""
        digest = _keep(self._connection, content)
        return KeptFile(name=name, sha256=digest, size=len(content))

    def outline(self, found: Outline) -> None:
        """Say what lists show of the matter from now on."""
        self._outline |= _outlined(found)

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


def _outlined(found: Outline) -> dict[str, Any]:
    due = stamp(found.next_due) if found.next_due else None
    return {**found._asdict(), "next_due": due}


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


def entry_of(row: Held) -> Entry:
    """Read a row; raise ``ValueError`` where somebody has made it unreadable."""
    try:
        return _entry_of(row)
    except (KeyError, TypeError, RecursionError) as error:
        message = f"its content cannot be read ({type(error).__name__})"
        raise ValueError(message) from None


def _entry_of(row: Held) -> Entry:
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
    return [entry_of(row) for row in connection.execute(asked)]


def _rows(connection: Connection, matter: str) -> list[EntryRow]:
    asked = select(_ENTRIES).where(_ENTRIES.c.matter == matter).order_by(_ENTRIES.c.seq)
    return [EntryRow(**row._mapping) for row in connection.execute(asked)]  # noqa: SLF001  # reason: SQLAlchemy's own public name


class UnreadableError(StoreError):
    """The row of a matter that somebody has made unreadable."""


def _line(row: Any) -> MatterLine:  # reason: a row of SQLAlchemy
    """Read the row of a matter; raise ``UnreadableError``, which names it, where it is none."""
    held = row._mapping  # noqa: SLF001  # reason: SQLAlchemy's own public name
    try:
        return MatterLine(
            id=held["id"],
            number=int(held["number"]),
            reference=held["reference"],
            title=held["title"],
            state=held["state"],
            opened_at=_aware(held["opened_at"]),
            updated_at=_aware(held["updated_at"]),
            entries=int(held["head_seq"]),
            head=held["head_hash"],
            link=held["link"],
            required=held["required"],
            possible=held["possible"],
            late=held["late"],
            next_due=_aware(held["next_due"]) if held["next_due"] else None,
            next_key=held["next_key"],
        )
    except (ValueError, TypeError) as error:
        message = f"its row in the list of matters cannot be read: {str(error).lower()}"
        raise UnreadableError([Fault(str(held["reference"]), "", message)]) from None


def _aware(written: str) -> datetime:
    at = datetime.fromisoformat(written)
    if at.utcoffset() is None:
        message = f"{written} has no offset"
        raise ValueError(message)
    return at


def _near(connection: Connection, name: str) -> list[str]:
    """List references that may have been meant: its neighbours, and the newest ones.

    Not all of them: a store may have ten thousand.
    """
    reference = _MATTERS.c.reference
    asked = [select(reference).order_by(_MATTERS.c.number.desc()).limit(2 * _NEAR)]
    for word in {name, name.upper(), name.lower()}:
        asked.append(select(reference).where(reference >= word).order_by(reference).limit(_NEAR))
        asked.append(
            select(reference).where(reference < word).order_by(reference.desc()).limit(_NEAR)
        )
    found = (str(each) for one in asked for each in connection.execute(one).scalars())
    return list(dict.fromkeys(found))


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


# -- opening ------------------------------------------------------------------------------


def _url(where: str | Path | None) -> URL:
    given = str(where) if where is not None else default_url()
    if "://" not in given:
        return URL.create(_SQLITE, database=str(Path(given).expanduser().absolute()))
    try:
        url = make_url(given)
    except (ArgumentError, ValueError):
        message = "is no URL of a database; write sqlite:///FILE or postgresql://USER@HOST/NAME"
        bare = re.sub(
            r"//.*@", "//***@", re.sub(r"\?.*", "", given, flags=re.DOTALL), flags=re.DOTALL
        )
        raise StoreError([Fault(bare, "", message)]) from None
    name = url.get_backend_name()
    if name not in (_SQLITE, _POSTGRESQL):
        message = f'"{name}" is no database for matters; SQLite and PostgreSQL are'
        raise StoreError([Fault(_shown(url), "", message)])
    # psycopg is the driver that is tested; another may be named in full.
    return url.set(drivername="postgresql+psycopg") if url.drivername == _POSTGRESQL else url


def _shown(url: URL) -> str:
    """Write a URL without what is secret in it, wherever that stands."""
    secret = [name for name in url.query if "pass" in name.lower()]
    return url.difference_update_query(secret).render_as_string(hide_password=True)


def _engine(url: URL) -> Engine:
    if url.get_backend_name() == _POSTGRESQL:
        engine = _server(url)
    else:
        _make_file(url)
        # A thread that waits for the writers' lock holds its connection: no upper bound.
        engine = create_engine(url, connect_args={"timeout": _WAIT}, max_overflow=-1)
        event.listen(engine, "connect", _set_up)
    event.listen(engine, "begin", _begin)
    _OPEN.add(engine)
    return engine


def _server(url: URL) -> Engine:
    given = {} if "connect_timeout" in url.query else {"connect_timeout": _CONNECT}
    psycopg = url.get_driver_name().startswith("psycopg")
    try:
        return create_engine(
            url,
            connect_args=given if psycopg else {},
            isolation_level="READ COMMITTED",  # what a lock waited for is read anew
            pool_pre_ping=True,
            pool_timeout=_WAIT,
        )
    except (ModuleNotFoundError, NoSuchModuleError):
        message = "PostgreSQL needs its driver: pip install 'regengine[postgresql]'"
        raise StoreError([Fault("casefile", "", message)]) from None


def _leave_behind() -> None:
    """Leave the connections of a parent process to it: two cannot speak on one."""
    for engine in tuple(_OPEN):
        _PARENTS.append(engine.pool)
        engine.dispose(close=False)


# Held so that nothing closes them in the child: that would end them for the parent too.
_PARENTS: Final[list[object]] = []
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_leave_behind)


def _make_file(url: URL) -> None:
    """Make the file of a new store for its owner alone: it holds what was told in confidence."""
    if not url.database or url.database == ":memory:" or url.database.startswith("file:"):
        message = "matters are kept in a file: write sqlite:///FILE"
        raise StoreError([Fault(_shown(url), "", message)])
    path = Path(url.database)
    try:
        _make_folder(path.parent)
        # Never opened where it is there: to close it again would drop SQLite's locks on it.
        if path.exists():
            _refuse_other(path, url)
            return
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, stat.S_IRUSR | stat.S_IWUSR))
        _sync_folder(path.parent)
    except FileExistsError:
        if path.is_file():  # another made it meanwhile
            return
        message = f"cannot be made: {path.parent} is no folder"
        raise StoreError([Fault(_shown(url), "", message)]) from None
    except OSError as error:
        message = f"cannot be made: {(error.strerror or str(error)).lower()}"
        raise StoreError([Fault(_shown(url), "", message)]) from None


def _refuse_other(path: Path, url: URL) -> None:
    if not path.is_file():
        raise StoreError([Fault(_shown(url), "", "is no file")])


def _make_folder(folder: Path) -> None:
    if folder.is_dir():
        return
    _make_folder(folder.parent)
    folder.mkdir(mode=stat.S_IRWXU, exist_ok=True)
    _sync_folder(folder.parent)


def _sync_folder(folder: Path) -> None:
    """Write a folder through: a file whose name is lost is lost."""
    if os.name != "posix":
        return
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


def _looked(url: URL) -> str | None:
    """Read the revision of an SQLite file without changing a byte of it."""
    path = str(Path(str(url.database)).absolute())
    # After a crash in the first moment of a store only one who may write can roll it back.
    mode = "rw" if Path(f"{path}-journal").exists() else "ro"
    with closing(
        sqlite3.connect(f"file:{quote(path)}?mode={mode}", uri=True, timeout=_WAIT)
    ) as file:
        asked = "SELECT name FROM sqlite_master WHERE type = 'table'"
        tables = {str(row[0]) for row in file.execute(asked)}
        (application,) = file.execute("PRAGMA application_id").fetchone()
        if not tables:
            # SQLite would write over what is shorter than the least of its files.
            if 0 < Path(path).stat().st_size < _LEAST:
                raise StoreError([Fault(_shown(url), "", "is no SQLite file")])
            return None
        if application != _APPLICATION or not tables >= _OURS:
            _refuse_foreign(tables, _shown(url))
        found = file.execute("SELECT version_num FROM alembic_version").fetchone()
    return None if found is None else str(found[0])


def _revision(connection: Connection, name: str) -> str | None:
    """Read which revision the tables have; ``None`` for an empty database."""
    tables = set(inspect(connection).get_table_names())
    if not tables:
        return None
    if not tables >= _OURS:
        _refuse_foreign(tables, name)
    found = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    return None if found is None else str(found)


def _refuse_foreign(tables: set[str], name: str) -> None:
    names = ", ".join(sorted(tables)[:3])
    message = f"is no store of regengine: it holds other tables ({names}); nothing was changed"
    raise StoreError([Fault(name, "", message)])


def _refuse_newer(revision: str | None, name: str) -> None:
    if revision is None or revision in REVISIONS:
        return
    message = (
        f"was written by a newer regengine (tables of revision {revision}, this one knows "
        f"{HEAD}): upgrade regengine; nothing was changed"
    )
    raise StoreError([Fault(name, "", message)])


def _set_up(connection: Any, _: object) -> None:  # reason: a connection of the driver's
    connection.isolation_level = None  # transactions are begun by us, see _begin
    _log_ahead(connection)
    for line in (
        "PRAGMA synchronous=EXTRA",  # as FULL, and safe where a file system has no WAL
        "PRAGMA foreign_keys=ON",
        *(("PRAGMA fullfsync=ON",) if sys.platform == "darwin" else ()),
    ):
        connection.execute(line).close()


def _log_ahead(connection: Any) -> None:  # reason: as above
    """Choose SQLite's log; of two who do so at once one is refused without a wait."""
    end = time.monotonic() + _WAIT
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL").close()
        except sqlite3.OperationalError as error:
            if not str(error.sqlite_errorname).startswith("SQLITE_BUSY") or time.monotonic() > end:
                raise
            time.sleep(0.005)
        else:
            return


def _begin(connection: Connection) -> None:
    """Begin a transaction as its work needs it."""
    writing = connection.get_execution_options().get("writing", False)
    if connection.dialect.name == _SQLITE:
        # The writers' lock is taken at once: one that is taken later may come too late.
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")
    elif writing:
        connection.exec_driver_sql(_WRITTEN_THROUGH).close()


# What a server's settings must not take away: a commit that is on disk, and a wait that ends.
_WRITTEN_THROUGH: Final = (
    f"SELECT set_config('lock_timeout', '{_WAIT}s', true), set_config('synchronous_commit', "
    "CASE current_setting('synchronous_commit') WHEN 'off' THEN 'on' "
    "ELSE current_setting('synchronous_commit') END, true)"
)


def _copy_aside(url: URL, revision: str) -> None:
    """Keep an older store beside the one that is brought up to date: whole, or not at all."""
    if url.get_backend_name() != _SQLITE or url.database is None:
        return
    aside = Path(f"{url.database}.before-{revision}")
    if aside.exists():
        return
    partial = Path(f"{aside}.partial")
    partial.unlink(missing_ok=True)
    os.close(os.open(partial, os.O_CREAT | os.O_EXCL | os.O_WRONLY, stat.S_IRUSR | stat.S_IWUSR))
    with closing(sqlite3.connect(url.database)) as old, closing(sqlite3.connect(partial)) as copy:
        old.backup(copy)
        # One file, which can be carried away and opened alone.
        copy.execute("PRAGMA journal_mode=DELETE").close()
    partial.replace(aside)
    _sync_folder(aside.parent)


# What SQLite (names of its errors) and PostgreSQL (SQLSTATE) say, in plain words.
_SAID: Final = (
    ("SQLITE_FULL", "the disk is full: nothing was written; make room and try again"),
    ("53100", "the disk of the server is full: nothing was written; make room and try again"),
    ("SQLITE_BUSY", f"another has held the store for more than {_WAIT} seconds; try again"),
    ("55P03", f"another has held the matter for more than {_WAIT} seconds; try again"),
    ("SQLITE_READONLY", "cannot be written: the file or its folder is read-only"),
    (
        "SQLITE_CANTOPEN",
        "cannot be opened: its folder or file is missing, read-only or closed to you",
    ),
    ("SQLITE_NOTADB", "is no SQLite file"),
    ("SQLITE_CORRUPT", "is broken: restore the last copy of it, or of its matters"),
    ("SQLITE_IOERR", "the disk does not read or write; nothing was acknowledged"),
    ("28P01", "the server refuses the password"),
    ("25006", "cannot be written: the server is read-only"),
)


@contextmanager
def _told(url: URL) -> Iterator[None]:
    """Say in one line what the database refused."""
    try:
        yield
    except IntegrityError:
        raise
    except DBAPIError as error:
        message = _plainly(error.orig)
        if error.connection_invalidated:
            message += "; whether the last entries were kept shows when the store is opened again"
        raise StoreError([Fault(_shown(url), "", message)]) from error
    except sqlite3.Error as error:
        raise StoreError([Fault(_shown(url), "", _plainly(error))]) from error
    except PoolTimeoutError as error:
        message = f"no connection was free for {_WAIT} seconds; try again"
        raise StoreError([Fault(_shown(url), "", message)]) from error


def _plainly(error: object) -> str:
    name = getattr(error, "sqlite_errorname", None) or getattr(error, "sqlstate", None) or ""
    for start, words in _SAID:
        if str(name).startswith(start):
            return words
    return " ".join(str(error).split())[:300]
