"""Each entry of the record in one line of plain words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from regengine.casefile.entries import Entry

Told = Callable[[Mapping[str, Any]], str]
_LONG = 160


def told(entry: Entry) -> str:
    """Say what an entry records.

    >>> from datetime import UTC, datetime
    >>> from regengine.casefile.entries import GENESIS, Draft, chained
    >>> draft = Draft(kind="opened", body={"reference": "EX-1", "title": None})
    >>> told(chained(draft, "m", 1, datetime.now(UTC), "A", GENESIS))
    'EX-1 was opened'
    """
    if entry.body is None:
        return "left out of this copy"
    text = _KINDS.get(entry.kind, _record)(entry.body)
    text = " ".join(text.split())
    return text if len(text) <= _LONG else text[: _LONG - 1] + "…"


def _opened(body: Mapping[str, Any]) -> str:
    return f"{body['reference']} was opened"


def _fact(body: Mapping[str, Any]) -> str:
    value, before = _value(body["value"]), _value(body["before"])
    was = "" if body["before"] is None else f" (was {before})"
    source = f", from {body['source']}" if body["source"] else ""
    undone = f", takes entry {body['undoes']} back" if body["undoes"] else ""
    return f"{body['path']} = {value}{was}{source}{undone}"


def _value(value: object) -> str:
    if value is None:
        return "unknown"
    if isinstance(value, Mapping):
        said = value.get("value", value)
        listed = ", ".join(f"{k}: {_value(v)}" for k, v in value.items())
        return listed if said is value else _value(said)
    if isinstance(value, list):
        return ", ".join(map(_value, value))
    return str(value).lower() if isinstance(value, bool) else str(value)


def _assessment(body: Mapping[str, Any]) -> str:
    due = f", next {body['next_key']} by {body['next_due']}" if body["next_due"] else ""
    late = f", {body['late']} late" if body["late"] else ""
    return f"{body['required']} required, {body['possible']} possible{late}{due}"


def _filing(body: Mapping[str, Any]) -> str:
    reference = f", reference {body['reference']}" if body.get("reference") else ""
    return f"{body['key']}: {body['state']} at {body['at']}{reference}"


def _documents(body: Mapping[str, Any]) -> str:
    papers = body["documents"]
    notices = [key for paper in papers for key in paper["keys"] if paper["kind"] == "filing"]
    named = f", notices of {', '.join(dict.fromkeys(notices))}" if notices else ""
    return f"{len(papers)} paper{'' if len(papers) == 1 else 's'} written and kept{named}"


def _decision(body: Mapping[str, Any]) -> str:
    change = f"{_value(body['before'])} → {_value(body['chosen'])}"
    return f"{body['id']} {body['subject']}: {change}, decided by {body['by']}: {body['why']}"


def _presumption(body: Mapping[str, Any]) -> str:
    return (
        f"{body['id']} {body['fact']} presumed {_value(body['value'])}, confirmed by {body['by']}"
    )


def _candidate(body: Mapping[str, Any]) -> str:
    return f"{body['id']} {body['event']} at {body['at']}, says {body['says']}: {body['why']}"


def _retention(body: Mapping[str, Any]) -> str:
    return f"{body['id']} {body['paper']} to be kept until {body['until']}, says {body['by']}"


def _closed(body: Mapping[str, Any]) -> str:
    unmet = ", ".join(row["key"] for row in body["unmet"])
    despite = f"; despite {unmet}: {body['despite']}" if body["despite"] else ""
    return f"closed: {body['why']}{despite}"


def _reopened(body: Mapping[str, Any]) -> str:
    return f"opened again: {body['why']}"


def _record(body: Mapping[str, Any]) -> str:
    """Tell any other record by the first words that it has."""
    said = (body.get(name) for name in ("id", "title", "what", "name", "text", "state"))
    return " ".join(str(word) for word in said if word)


def _law_change(body: Mapping[str, Any]) -> str:
    words = {"same_answer": "the same answer", "error": "no answer could be given"}
    rows = len(body["rows"])
    said = words.get(body["verdict"], f"{rows} obligations differ")
    return f"law {body['before']['version']} became {body['now']['version']}: {said}"


def _evidence_check(body: Mapping[str, Any]) -> str:
    return f"{body['id']} the file of {body['item']} is {body['outcome']}, at {body['where']}"


def _handover(body: Mapping[str, Any]) -> str:
    signed = f", acknowledged by {body['acknowledged_by']}" if body["acknowledged_by"] else ""
    went = f"from {body['giver']} to {body['taker']} at {body['at']}"
    return f"{body['id']} {body['item']} {went}: {body['why']}{signed}"


def _log_source(body: Mapping[str, Any]) -> str:
    kept = body["keeps"] or body["overwritten"] or "unknown"
    secured = f", secured by {body['secured_by']}" if body["secured_by"] else ""
    return f"{body['id']} log {body['name']}, kept: {kept}{secured}"


def _litigation_hold(body: Mapping[str, Any]) -> str:
    if body["released"]:
        return f"{body['id']} released: {body['released_why']}"
    people = body["custodians"]
    yes = sum(each["acknowledged"] is not None for each in people)
    return f"{body['id']} {body['scope']}, {yes} of {len(people)} acknowledged"


def _hold_notice(body: Mapping[str, Any]) -> str:
    return f"{body['hold']} was sent to {', '.join(body['to'])}"


def _engagement(body: Mapping[str, Any]) -> str:
    ended = f", ended {body['ended']}" if body["ended"] else ""
    return f"{body['id']} {body['firm']} ({body['role']}), engaged by {body['engaged_by']}{ended}"


def _distribution(body: Mapping[str, Any]) -> str:
    return f"{body['note']} went to {body['to']} at {body['at']}"


def _conflict(body: Mapping[str, Any]) -> str:
    done = f": {body['decision']}, by {body['decided_by']}" if body["decision"] else " is open"
    return f"{body['id']} {body['advice']} against {body['message']}{done}"


def _exported(body: Mapping[str, Any]) -> str:
    without = f", without the content of {len(body['left_out'])}" if body["left_out"] else ""
    sealed = ", encrypted" if body["encrypted"] else ""
    return f"{body['name']}: {body['entries']} entries{without}{sealed}, key {body['key'][:16]}"


def _stamped(body: Mapping[str, Any]) -> str:
    return f"entry {body['covers']} stood at {body['at']}, says {body['authority']}"


def _expert(body: Mapping[str, Any]) -> str:
    return f"{body['id']} {body['name']}, {body['role'].replace('_', ' ')}: {body['state']}"


def _policy(body: Mapping[str, Any]) -> str:
    number = f", policy {body['number']}" if body["number"] else ""
    return f"{body['id']} {body['insurer']}{number}: {body['state']}"


def _consent(body: Mapping[str, Any]) -> str:
    about = f" for {body['about']}" if body["about"] else ""
    return f"{body['id']} consent of {body['policy']} on {body['action']}{about}: {body['state']}"


def _count(body: Mapping[str, Any]) -> str:
    return f"{body['people']:,} people counted in {body['file']}, SHA-256 {body['sha256'][:16]}"


def _message(body: Mapping[str, Any]) -> str:
    loud = ", despite a refusal" if body["despite"] else ""
    return f"{body['id']} to {body['audience']}: {body['title']}, {body['state']}{loud}"


def _isolation(body: Mapping[str, Any]) -> str:
    return f"{body['id']} {body['system']} isolated, evidence secured before: {body['secured']}"


def _service(body: Mapping[str, Any]) -> str:
    word = "limited" if body["limited"] else "down"
    ended = f" to {body['down_until']}" if body["down_until"] else ""
    span = f": {word} from {body['down_from']}{ended}" if body["down_from"] else ""
    up = ", stayed up" if body["up"] else ""
    return f"{body['id']} {body['name']}{span}{up}"


def _step(body: Mapping[str, Any]) -> str:
    without = ", without the evidence" if body["state"] == "done" and body["lacking"] else ""
    step = str(body["step"]).replace("_", " ")
    return f"{body['id']} {step} {body['system']}: {body['state']}{without}"


_KINDS: Final[Mapping[str, Told]] = {
    "law_change": _law_change,
    "opened": _opened,
    "fact": _fact,
    "assessment": _assessment,
    "filing": _filing,
    "documents": _documents,
    "decision": _decision,
    "presumption": _presumption,
    "candidate": _candidate,
    "retention": _retention,
    "closed": _closed,
    "reopened": _reopened,
    "evidence_check": _evidence_check,
    "handover": _handover,
    "log_source": _log_source,
    "litigation_hold": _litigation_hold,
    "hold_notice": _hold_notice,
    "engagement": _engagement,
    "distribution": _distribution,
    "conflict": _conflict,
    "exported": _exported,
    "stamp": _stamped,
    "expert": _expert,
    "policy": _policy,
    "consent": _consent,
    "count": _count,
    "message": _message,
    "isolation": _isolation,
    "service": _service,
    "destructive_step": _step,
}
