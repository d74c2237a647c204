"""Files on disk: all of them, or none."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path, PurePosixPath

from regengine.errors import Fault, InputError


def folder_at(out_dir: str | Path) -> Path:
    """Take a folder to write to; raise ``InputError`` where a file is in its place."""
    target = Path(out_dir)
    if target.exists() and not target.is_dir():
        raise InputError([Fault(str(target), "", "is a file; --out needs a folder")])
    return target


def put(target: Path, files: Mapping[str, bytes]) -> None:
    """Let all files appear, or none where the folder is new.

    Names may hold folders. In a folder that exists each file takes its place by one atomic
    replacement; what else stands there is left alone. Raise ``InputError`` where a folder is
    in a file's place, or a file in a folder's; then nothing is replaced.
    """
    _refuse_what_is_in_the_way(target, files)
    target.parent.mkdir(parents=True, exist_ok=True)
    beside = Path(tempfile.mkdtemp(prefix=f".{target.name}-", dir=target.parent))
    try:
        for name, content in files.items():
            path = beside / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        beside.chmod(0o755)
        if not target.exists():
            beside.rename(target)
            return
        for name in files:
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            os.replace(beside / name, target / name)  # noqa: PTH105  # reason: atomic by contract
    finally:
        shutil.rmtree(beside, ignore_errors=True)


def _refuse_what_is_in_the_way(target: Path, files: Iterable[str]) -> None:
    """Look before the first file is replaced, so that no run ends half-way."""
    rooms = {parent for name in files for parent in PurePosixPath(name).parents}
    faults = [
        Fault(str(target / name), "", "is a folder; a file is to be written there")
        for name in files
        if (target / name).is_dir()
    ]
    faults += [
        Fault(str(target / room), "", "is a file; a folder is needed there")
        for room in sorted(rooms)
        if (target / room).exists() and not (target / room).is_dir()
    ]
    if faults:
        raise InputError(faults)


def put_file(target: Path, content: bytes) -> None:
    """Let one file appear whole, or not at all."""
    target.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=f".{target.name}-", dir=target.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        Path(name).chmod(0o644)
        Path(name).replace(target)
    finally:
        Path(name).unlink(missing_ok=True)
