"""``regengine case``: every command of the case file under one name."""

from __future__ import annotations

import typer

from regengine.casefile.commands import answers, contain, decision, filing, matter, retention, task

app = typer.Typer(
    no_args_is_help=True,
    help="A matter from the first hour to the last report: what was known, decided and sent.",
)
for _name, _command in (matter.COMMANDS | answers.COMMANDS | retention.COMMANDS).items():
    app.command(_name)(_command)
app.command()(filing.filing)
app.add_typer(decision.app, name="decision")
app.add_typer(contain.app, name="contain")
app.add_typer(task.app, name="task")
