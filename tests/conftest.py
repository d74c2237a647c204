"""What several tests share: the command line, run inside this process."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable
from dataclasses import dataclass

import pytest

from regengine import cli


@dataclass(frozen=True)
class Ran:
    """What one command left behind."""

    status: int
    raw: bytes
    err: str

    @property
    def out(self) -> str:
        return self.raw.decode()

    @property
    def faults(self) -> list[str]:
        return self.err.splitlines()


Terminal = Callable[..., Ran]


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> Terminal:
    """Run ``regengine`` with the given words; the packaged law is opened once."""
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.delenv("COLUMNS", raising=False)

    def run(*words: object) -> Ran:
        out, err = (io.TextIOWrapper(io.BytesIO(), "utf-8", write_through=True) for _ in "12")
        with monkeypatch.context() as swap:
            swap.setattr(sys, "argv", ["regengine", *map(str, words)])
            swap.setattr(sys, "stdout", out)
            swap.setattr(sys, "stderr", err)
            try:
                cli.run()
            except SystemExit as end:
                status = end.code if isinstance(end.code, int) else int(end.code is not None)
            else:
                status = 0
        out.seek(0)
        err.seek(0)
        return Ran(status, out.buffer.read(), err.read())

    return run
