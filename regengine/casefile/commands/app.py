"""``regengine case``: every command of the case file under one name."""

from __future__ import annotations

import typer

from regengine.casefile.commands import answers, filing, matter

app = typer.Typer(
    no_args_is_help=True,
    help="A matter from the first hour to the last report: what was known, decided and sent.",
)
for _name, _command in (matter.COMMANDS | answers.COMMANDS).items():
    app.command(_name)(_command)
app.command()(filing.filing)
