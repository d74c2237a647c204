"""Experts of the matter: who does what, for whom, retained by whom, and what is awaited.

Whether counsel retained an expert decides in many places who may see what it writes. It is
a fact to note; what follows from it, counsel judges.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final, Literal
from zoneinfo import ZoneInfo

from pydantic import Field

from regengine.calendars import zone
from regengine.casefile import tasks
from regengine.casefile.case import Case
from regengine.casefile.entries import Track
from regengine.casefile.records import Record, Shelf
from regengine.casefile.standing import Standing
from regengine.casefile.tasks import Instant
from regengine.errors import Fault, InputError

ROLES: Final = (
    "forensic", "hosting", "data_centre", "crisis_communication", "call_centre", "mail_house",
    "negotiator", "credit_monitoring", "recovery", "translation", "review", "outside_counsel",
    "notary", "other",
)  # fmt: skip  # reason: a vocabulary reads better in lines of words
# Those whose writing is asked for first where the matter comes before a court.
_WRITES: Final = ("forensic", "review", "crisis_communication", "negotiator")


class Expert(Record):
    """One expert; ``None`` of a truth value: not known yet.

    ``retained_by_counsel``: whether counsel gave the engagement, ``panel``: whether the
    insurer has accepted it. ``role`` is a word of ``ROLES`` or one of your own.
    """

    name: str = Field(min_length=1)
    role: str = Field(min_length=1)
    state: Literal["considered", "engaged", "ended"] = "engaged"
    retained_by_counsel: bool | None = None
    counsel: str | None = None
    engaged: Instant | None = None
    scope: str | None = None
    report_due: Instant | None = None
    report_to: str | None = None
    reported: Instant | None = None
    panel: bool | None = None
    conflicts: str | None = None
    contact: str | None = None
    why: str | None = None


EXPERTS: Final = Shelf("expert", Expert, "EX")


def home(case: Case) -> ZoneInfo:
    """Give the organisation's zone, else UTC."""
    return zone(case.incident().organisation.home_zone(case.corpus.places) or "UTC")


def add(case: Case, name: str, role: str, *, track: Track = "facts", **fields: Any) -> Expert:
    """Enter an expert, with the tasks that come with it.

    >>> from tempfile import TemporaryDirectory
    >>> from regengine.casefile import Store
    >>> with TemporaryDirectory() as folder, Store.open(f"{folder}/m.db") as store:
    ...     case = Case.new(store, {"reference": "EX-1"}, by="A")
    ...     warnings(case, add(case, "Lab Ltd", "forensic"))[0]
    'whether counsel retained it is not on record: ask before it reports'

    An engagement is recorded even where the insurer's consent is open: then it stands with
    a warning. Raise ``InputError`` for an engagement that is still to come.
    """
    with case.writing():
        expert = EXPERTS.add(case, track=track, name=name, role=role, **fields)
        _refuse_future(case, expert)
        _open_tasks(case, expert, track)
    return expert


def change(case: Case, name: str, **fields: Any) -> Expert:
    """Write an expert again, with what has changed."""
    with case.writing():
        track = EXPERTS.history(case, name)[-1].entry.track
        expert = EXPERTS.change(case, name, **fields)
        _refuse_future(case, expert)
        _open_tasks(case, expert, track)
    return expert


def report(case: Case, name: str, *, at: datetime | None = None, to: str | None = None) -> Expert:
    """Record that an expert's report has come; ends the task that waits for it."""
    with case.writing():
        fields: dict[str, Any] = {"reported": at or case.store.clock()}
        expert = change(case, name, **fields, **({"report_to": to} if to else {}))
        for task in tasks.TASKS.all(case):
            awaited = task.title == _awaits(expert) and task.origin == expert.id
            if awaited and task.state == "open":
                tasks.end(case, task.id)
    return expert


def _refuse_future(case: Case, expert: Expert) -> None:
    now = case.store.clock()
    for field in ("engaged", "reported"):
        at = getattr(expert, field)
        if at is not None and at > now:
            message = f"{at.isoformat()} is after now"
            raise InputError([Fault(case.reference, f"expert.{field}", message)])


def _awaits(expert: Expert) -> str:
    return f"Report of {expert.name}"


def _open_tasks(case: Case, expert: Expert, track: Track) -> None:
    if expert.state == "ended":
        return
    if expert.report_due is not None and expert.reported is None:
        why = f"goes to {expert.report_to}" if expert.report_to else None
        tasks.add(
            case, _awaits(expert), "experts",
            due=expert.report_due, origin=expert.id, why=why, track=track,
        )  # fmt: skip  # reason: the arguments belong together
    if expert.role in _WRITES and expert.retained_by_counsel is None:
        title = f"Find out who retained {expert.name}"
        tasks.add(case, title, "experts", origin=expert.id, track=track)


def warnings(case: Case, expert: Expert, now: datetime | None = None) -> list[str]:
    """Say what is open or doubtful about an expert, in neutral words."""
    moment = now or case.store.clock()
    found = []
    if expert.role in _WRITES and expert.retained_by_counsel is False:
        found.append("not retained by counsel: its reports may have to be disclosed")
    if expert.role in _WRITES and expert.retained_by_counsel is None:
        found.append("whether counsel retained it is not on record: ask before it reports")
    if expert.state == "engaged" and expert.engaged is None:
        found.append("when it was engaged is not on record")
    if expert.conflicts:
        found.append(f"conflict of interest noted: {expert.conflicts}")
    if expert.report_due and expert.reported is None and expert.report_due < moment:
        found.append("its report is overdue")
    if expert.report_due and not expert.report_to:
        found.append("to whom it reports is not on record")
    return found


def standing(case: Case, now: datetime) -> Iterator[Standing]:
    """Tell of every expert that has not ended, with what is open or doubtful about it."""
    for made in {x.record.id: x for x in EXPERTS.versions(case)}.values():
        expert = made.record
        if expert.state == "ended":
            continue
        due = expert.report_due if expert.reported is None else None
        said = "; ".join(warnings(case, expert, now)) or None
        what = f"{expert.name}, {expert.role.replace('_', ' ')}"
        advice = made.entry.track == "advice"
        yield Standing("experts", expert.id, what, expert.state, expert.counsel, due, said, advice)
