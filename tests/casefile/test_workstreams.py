"""Every workstream at one instant: no room is forgotten, warnings first, advice kept apart."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from pathlib import Path

import pytest
from conftest import Clock

from regengine import casefile
from regengine.casefile import tasks
from regengine.casefile.case import Case
from regengine.casefile.standing import Stream
from regengine.casefile.workstreams import rooms, standings


def test_every_room_that_tells_where_it_stands_is_asked() -> None:
    folder = Path(casefile.__path__[0])
    telling = {
        path.stem
        for path in folder.glob("*.py")
        if re.search(r"^def standing\(", path.read_text(encoding="utf-8"), re.MULTILINE)
    }
    assert telling == set(rooms())
    assert "tasks" in telling


def test_warnings_stand_first_then_what_is_due_first(case: Case, clock: Clock) -> None:
    for title, owner, hours in (("Late", "B", 1), ("Soon", "B", 4), ("Sooner", "B", 3)):
        tasks.add(case, title, "evidence", owner=owner, due=clock.at + timedelta(hours=hours))
    rows = standings(case, clock.move(hours=2), streams=["evidence"])
    mine = [(row.what, row.warning) for row in rows if row.record.startswith("T")]
    assert rows[0].warning is not None
    assert mine == [
        ("Late", "overdue"),
        ("Sooner", None),
        ("Soon", None),
    ]


def test_advice_is_left_out_where_it_is_not_asked_for(case: Case, clock: Clock) -> None:
    tasks.add(case, "Weigh the opinion", "legal", owner="A", track="advice")
    titles = [row.what for row in standings(case, clock.at)]
    assert "Weigh the opinion" in titles
    facts = standings(case, clock.at, advice=False)
    assert "Weigh the opinion" not in [row.what for row in facts]
    assert not any(row.advice for row in facts)


@pytest.mark.parametrize("stream", tasks.STREAMS)
def test_a_workstream_can_be_seen_alone(case: Case, clock: Clock, stream: Stream) -> None:
    for word in tasks.STREAMS:
        tasks.add(case, f"Do {word}", word, owner="B")
    rows = standings(case, clock.at, streams=[stream])
    assert f"Do {stream}" in [row.what for row in rows]
    assert {row.stream for row in rows} == {stream}


def test_the_terminal_shows_hostile_text_as_it_is_and_json_holds_every_row(
    url: str, case: Case, clock: Clock, capsys: pytest.CaptureFixture[str]
) -> None:
    from regengine.casefile.commands import streams  # noqa: PLC0415  # reason: typer, for this alone
    from regengine.options import Listing  # noqa: PLC0415  # reason: as above

    tasks.add(case, "[red]x[/red] [/]", "legal", due=clock.at + timedelta(hours=1))
    now = (clock.at + timedelta(hours=3)).isoformat()
    place = url
    streams.streams(case.reference, place, now=now)
    said = capsys.readouterr().out
    assert "[red]x[/red] [/]" in said
    assert "! overdue" in said
    assert "late by 2 h" in said
    streams.streams(case.reference, place, now=now, form=Listing.json)
    rows = json.loads(capsys.readouterr().out)
    assert next(row["record"] for row in rows if row["stream"] == "legal") == "T1"
