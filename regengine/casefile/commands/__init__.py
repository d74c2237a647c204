"""The commands of a case: ``regengine case ...``; one module for each room of the case file."""

from __future__ import annotations

from regengine.casefile.commands.app import app

__all__ = ["app"]
