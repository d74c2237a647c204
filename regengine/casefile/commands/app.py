"""``regengine case``: every command of the case file under one name."""

from __future__ import annotations

import typer

from regengine.casefile.commands import (
    answers,
    contain,
    contract,
    counts,
    decision,
    diff,
    evidence,
    expert,
    filing,
    hold,
    legal,
    matter,
    message,
    picture,
    proof,
    retention,
    streams,
    task,
)

app = typer.Typer(
    no_args_is_help=True,
    help="A matter from the first hour to the last report: what was known, decided and sent.",
)
for _name, _command in (matter.COMMANDS | answers.COMMANDS | retention.COMMANDS).items():
    app.command(_name)(_command)
app.command()(filing.filing)
app.command()(streams.streams)
app.add_typer(decision.app, name="decision")
app.add_typer(contain.app, name="contain")
app.add_typer(contract.app, name="contract")
app.add_typer(expert.app, name="expert")
app.add_typer(expert.policy, name="policy")
app.command()(counts.counts)
app.add_typer(task.app, name="task")
app.add_typer(evidence.app, name="evidence")
app.add_typer(hold.app, name="hold")
app.add_typer(legal.note, name="note")
app.add_typer(legal.engagement, name="engagement")
app.add_typer(legal.conflict, name="conflict")
app.add_typer(legal.privilege, name="privilege")
for _name, _command in diff.COMMANDS.items():
    app.command(_name)(_command)
for _name, _command in proof.COMMANDS.items():
    app.command(_name)(_command)
app.add_typer(proof.keys, name="keys")
app.add_typer(message.app, name="message")
app.command()(picture.picture)
