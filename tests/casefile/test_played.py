"""The played matter of the tutorial prints what the page says."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

PAGE = Path("docs/tutorial/a-whole-matter.md")
SCRIPT = Path("examples/matter/play.py")


def test_a_whole_matter_is_played_as_its_page_tells_it(tmp_path: Path) -> None:
    environment = {**os.environ, "HOME": str(tmp_path), "XDG_DATA_HOME": str(tmp_path)}
    done = subprocess.run(  # noqa: S603  # reason: our own script
        [sys.executable, str(SCRIPT)],
        check=False,
        capture_output=True,
        encoding="utf-8",
        env=environment,
        timeout=300,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout == PAGE.read_text(encoding="utf-8")
    assert not list(tmp_path.iterdir()), "a play leaves nothing in the user's folder"
