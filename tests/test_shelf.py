"""Files on disk: all of them, or none."""

from __future__ import annotations

from pathlib import Path

import pytest

from regengine.documents.shelf import put
from regengine.errors import InputError

FILES = {"a.pdf": b"new", "json/a.json": b"new", "z.pdf": b"new"}


@pytest.mark.parametrize(("name", "folder"), [("z.pdf", True), ("json", False)])
def test_what_is_in_the_way_of_one_file_leaves_all_others_as_they_were(
    name: str, folder: bool, tmp_path: Path
) -> None:
    target = tmp_path / "out"
    target.mkdir()
    (target / "a.pdf").write_bytes(b"old")
    (target / name).mkdir() if folder else (target / name).write_bytes(b"")
    with pytest.raises(InputError, match=name):
        put(target, FILES)
    assert (target / "a.pdf").read_bytes() == b"old"
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_files_take_the_place_of_earlier_ones_and_leave_the_rest(tmp_path: Path) -> None:
    target = tmp_path / "out"
    put(target, {"a.pdf": b"old", "note.txt": b"own"})
    put(target, FILES)
    found = {x.relative_to(target).as_posix(): x.read_bytes() for x in target.rglob("*.*")}
    assert found == {**FILES, "note.txt": b"own"}
