"""Policies of insurance: notice as an obligation, and consent conditions as gates.

The notice clause of a policy is a promise of the matter (``contracts.ID``): it stands in
every assessment with its deadline and its proof. What the insurer must consent to first is
a gate: it answers allowed, consent missing or unknown, and never guesses. What was done
without consent is recorded all the same, and stands with a warning.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any, Final, Literal, NamedTuple, get_args

from pydantic import Field, field_validator

from regengine.assessment import Result
from regengine.casefile import contracts, experts, filings, tasks
from regengine.casefile.case import Case
from regengine.casefile.records import Record, Shelf
from regengine.casefile.standing import Standing
from regengine.casefile.tasks import Instant
from regengine.counting import instant_of
from regengine.errors import Fault, InputError, suggest
from regengine.facts import CONSENTS
from regengine.promises import PREFIX, consent_words

Action = Literal["spending", "vendors", "ransom", "liability"]
ACTIONS: Final = get_args(Action)
Verdict = Literal["allowed", "consent missing", "unknown"]
AT_RISK: Final = "COVERAGE AT RISK"
# A condition for vendors that are not on the panel is one for vendors of a kind.
_CONDITIONS: Final[dict[str, tuple[str, ...]]] = {
    "vendors": ("vendors", "vendors_outside_panel"),
}


class Policy(Record):
    """One policy; ``consent`` lists what needs consent first, ``None``: not known yet.

    ``within``, ``starts``, ``trigger`` and ``address`` are those of its notice clause;
    ``promise`` is the id under which it stands among the contracts. ``retroactive``: what
    began before that day is not covered. ``panel`` names the vendors that it accepts.
    """

    insurer: str = Field(min_length=1)
    promise: str
    number: str | None = None
    cover: str | None = None
    begins: date | None = None
    ends: date | None = None
    retroactive: date | None = None
    within: str | None = None
    starts: str | None = None
    trigger: Literal["suspected", "confirmed"] | None = None
    address: str | None = None
    clause: str | None = None
    hotline: str | None = None
    broker: str | None = None
    consent: tuple[str, ...] | None = None
    panel: tuple[str, ...] | None = None
    limit: str | None = None
    retention: str | None = None
    state: Literal["held", "withdrawn"] = "held"

    @field_validator("consent")
    @classmethod
    def _known(cls, given: tuple[str, ...] | None) -> tuple[str, ...] | None:
        for word in given or ():
            if word not in CONSENTS:
                message = (
                    f'"{word}" is none; allowed: {", ".join(CONSENTS)}{suggest(word, CONSENTS)}'
                )
                raise ValueError(message)
        return given

    @property
    def title(self) -> str:
        """The insurer, with the number of the policy."""
        return f"{self.insurer}, policy {self.number}" if self.number else self.insurer


class Consent(Record):
    """What an insurer said on one condition; ``about`` names the vendor or the sum."""

    policy: str
    action: str
    state: Literal["asked", "given", "refused", "revoked"]
    at: Instant
    who: str | None = None
    about: str | None = None
    terms: str | None = None
    reference: str | None = None


class Gate(NamedTuple):
    """Whether something may be done without a risk for the cover, and the reason."""

    verdict: Verdict
    why: tuple[str, ...]


POLICIES: Final = Shelf("policy", Policy, "POL")
ANSWERS: Final = Shelf("consent", Consent, "CO")


def add(case: Case, insurer: str, *, source: str | None = None, **fields: Any) -> Policy:
    """Enter a policy: its notice becomes an obligation, its conditions become tasks.

    Raise ``InputError`` for what does not fit; then nothing is recorded.
    """
    with case.writing():
        number = POLICIES.next_id(case).removeprefix(POLICIES.prefix)
        promise = f"policy-{number}"
        policy = POLICIES.add(case, insurer=insurer, promise=promise, **fields)
        _promise(case, policy, source or f"policy {policy.id}")
        _open_tasks(case, policy)
    return policy


def change(case: Case, name: str, *, source: str | None = None, **fields: Any) -> Policy:
    """Write a policy again; the promise of its notice clause follows."""
    with case.writing():
        before = POLICIES.one(case, name)
        policy = POLICIES.change(case, name, **fields)
        if policy.state == "withdrawn":
            # The promise stays in view, as one that holds for nobody.
            case.set({f"contracts.{policy.promise}.covers": []}, why=f"{policy.id} is withdrawn")
            for task in _tasks_of(case, policy):
                tasks.end(case, task.id, "dropped", f"{policy.id} is withdrawn")
        else:
            if before.state == "withdrawn":
                case.set({f"contracts.{policy.promise}.covers": None}, why=f"{policy.id} holds")
            _promise(case, policy, source or f"policy {policy.id}")
            _open_tasks(case, policy)
    return policy


def _promise(case: Case, policy: Policy, source: str) -> None:
    contracts.add(
        case,
        policy.promise,
        source=source,
        party=policy.insurer,
        kind="insurer",
        within=policy.within,
        starts=policy.starts,
        trigger=policy.trigger,
        address=policy.address or policy.hotline,
        clause=policy.clause,
        agreement=f"policy {policy.number}" if policy.number else None,
        consent=list(policy.consent) if policy.consent is not None else None,
    )


def _open_tasks(case: Case, policy: Policy) -> None:
    """Open what a policy asks for, each once: what has ended stays ended."""
    opened = {task.title for task in tasks.TASKS.all(case) if task.origin == policy.id}
    notice = notice_of(case, policy)
    wanted: dict[str, tuple[datetime | None, str | None]] = {}
    if notice is not None and not notice.went_out:
        wanted[_notice_task(policy)] = notice.deadline.due_at, notice.deadline.text
    if policy.consent is None:
        wanted[f"Read what {_short(policy)} must consent to"] = None, None
    for action in policy.consent or ():
        wanted[_consent_task(policy, action)] = None, f"due {consent_words(action)}"
    for title, (due, why) in wanted.items():
        if title not in opened:
            tasks.add(case, title, "experts", due=due, origin=policy.id, why=why)


def _short(policy: Policy) -> str:
    return f"{policy.insurer} ({policy.id})"


def _notice_task(policy: Policy) -> str:
    return f"Notify {_short(policy)}"


def _consent_task(policy: Policy, action: str) -> str:
    return f"Ask {_short(policy)} for consent {consent_words(action)}"


def _tasks_of(case: Case, policy: Policy) -> list[tasks.Task]:
    return [
        task for task in tasks.TASKS.all(case) if task.origin == policy.id and task.state == "open"
    ]


def notice_of(case: Case, policy: Policy, now: datetime | None = None) -> Result | None:
    """Work out the notice that a policy asks for; ``None`` once the promise is taken away."""
    name = PREFIX + policy.promise
    return next((x for x in contracts.owed(case, now) if x.id == name), None)


def notify(
    case: Case,
    name: str,
    *,
    state: filings.State = "sent",
    at: datetime | None = None,
    **told: Any,
) -> filings.Marked:
    """Record that the insurer was notified, as a filing of its obligation; ends the task.

    ``told`` are the other fields of ``filings.mark``: channel, reference, receipt, reasons.
    """
    policy = POLICIES.one(case, name)
    with case.writing():
        marked = filings.mark(case, PREFIX + policy.promise, state, at=at, **told)
        if state in ("sent", "received"):
            _end(case, policy, _notice_task(policy))
    return marked


def _end(case: Case, policy: Policy, title: str) -> None:
    for task in _tasks_of(case, policy):
        if task.title == title:
            tasks.end(case, task.id)


# -- consent ---------------------------------------------------------------------------


def consent(
    case: Case,
    name: str,
    action: str,
    state: Literal["asked", "given", "refused", "revoked"] = "given",
    *,
    at: datetime | None = None,
    **fields: Any,
) -> Consent:
    """Record what an insurer said on one of its conditions.

    ``about`` names the vendor or the sum for which alone it was said. Raise ``InputError``
    for an instant that is still to come, and for a condition that is none.
    """
    policy = POLICIES.one(case, name)
    if action not in CONSENTS:
        message = f'"{action}" is no condition; allowed: {", ".join(CONSENTS)}'
        raise InputError([Fault(case.reference, policy.id, message + suggest(action, CONSENTS))])
    now = case.store.clock()
    moment = at or now
    if moment.utcoffset() is None or moment > now:
        message = f"{moment.isoformat()} is after now or has no offset"
        raise InputError([Fault(case.reference, policy.id, message)])
    with case.writing():
        made = ANSWERS.add(case, policy=policy.id, action=action, state=state, at=moment, **fields)
        if state == "given" and made.about is None:
            _end(case, policy, _consent_task(policy, action))
    return made


def gate(
    case: Case,
    action: str,
    *,
    at: datetime | None = None,
    vendor: str | None = None,
    panel: bool | None = None,
) -> Gate:
    """Tell whether something may be done, by every policy on record.

    >>> from tempfile import TemporaryDirectory
    >>> from regengine.casefile import Store
    >>> with TemporaryDirectory() as folder, Store.open(f"{folder}/m.db") as store:
    ...     case = Case.new(store, {"reference": "EX-1"}, by="A")
    ...     before = gate(case, "ransom").verdict
    ...     _ = add(case, "Insurer SA", consent=("ransom",))
    ...     before, gate(case, "ransom").verdict
    ('unknown', 'consent missing')

    ``at``: consents given by then count, without it all. ``vendor`` is who is engaged and
    ``panel`` whether the insurer has accepted it. Without a policy on record nothing is known.
    """
    if action not in ACTIONS:
        message = f'"{action}" is no such thing; allowed: {", ".join(ACTIONS)}'
        raise InputError([Fault(case.reference, "", message + suggest(action, ACTIONS))])
    held = [policy for policy in POLICIES.all(case) if policy.state == "held"]
    if not held:
        return Gate("unknown", ("no policy is on record",))
    found = [_by_policy(case, policy, action, at, vendor, panel) for policy in held]
    for verdict in ("consent missing", "unknown"):
        why = tuple(dict.fromkeys(x for each in found if each.verdict == verdict for x in each.why))
        if why:
            return Gate(verdict, why)
    return Gate("allowed", tuple(x for each in found for x in each.why))


def _by_policy(
    case: Case,
    policy: Policy,
    action: str,
    at: datetime | None,
    vendor: str | None,
    panel: bool | None,
) -> Gate:
    if policy.consent is None:
        return Gate("unknown", (f"{policy.title}: its conditions are not on record",))
    conditions = [x for x in _CONDITIONS.get(action, (action,)) if x in policy.consent]
    why = [f"{policy.title}: no condition on record"]
    for condition in conditions:
        given = _said(case, policy, condition, at, vendor)
        accepted = panel if panel is not None else _on_panel(policy, vendor)
        if given == "given":
            why.append(f"{policy.title}: consent given {consent_words(condition)}")
        elif condition == "vendors_outside_panel" and accepted:
            why.append(f"{policy.title}: on its panel")
        elif condition == "vendors_outside_panel" and accepted is None:
            unsure = f"{policy.title}: whether the vendor is on its panel is not known"
            return Gate("unknown", (unsure,))
        else:
            said = f", which it {_WORDS[given]}" if given else ""
            missing = f"{policy.title} must consent {consent_words(condition)}{said}"
            return Gate("consent missing", (missing,))
    return Gate("allowed", tuple(why[1:] or why))


_WORDS: Final = {"asked": "was asked for", "refused": "refused", "revoked": "revoked"}


def _on_panel(policy: Policy, vendor: str | None) -> bool | None:
    if policy.panel is None or vendor is None:
        return None
    return vendor.casefold() in [name.casefold() for name in policy.panel]


def _said(
    case: Case, policy: Policy, action: str, at: datetime | None, vendor: str | None
) -> str | None:
    """Find the last word of the insurer on a condition by an instant."""
    fitting = [
        answer
        for answer in ANSWERS.all(case)
        if (answer.policy, answer.action) == (policy.id, action)
        and (at is None or answer.at <= at)
        and (answer.about is None or answer.about.casefold() == (vendor or "").casefold())
    ]
    return max(fitting, key=lambda answer: answer.at).state if fitting else None


# -- what counsel should see -----------------------------------------------------------


def _done(case: Case) -> Iterator[tuple[str, str, Gate]]:
    """List what was done that a policy may make depend on consent, each with its gate."""
    for expert in experts.EXPERTS.all(case):
        if expert.state != "considered":
            found = gate(case, "vendors", at=expert.engaged, vendor=expert.name, panel=expert.panel)
            yield expert.id, f"{expert.name} was engaged", found
    for candidate in case.incident().timeline.get("ransom_paid") or ():
        at = instant_of(candidate.at, experts.home(case))
        yield "timeline.ransom_paid", "a ransom was paid", gate(case, "ransom", at=at)


def at_risk(case: Case) -> list[tuple[str, str]]:
    """List what was done while a consent was open: the record, and why cover is at risk."""
    found = [
        (name, f"{what}, and {why}")
        for name, what, answer in _done(case)
        for why in answer.why
        if answer.verdict == "consent missing"
    ]
    return list(dict.fromkeys(found))


def standing(case: Case, now: datetime) -> Iterator[Standing]:
    """Tell of every policy, of each open condition, and of what puts cover at risk."""
    for name, risk in at_risk(case):
        yield Standing("experts", name, risk, "done", warning=f"{AT_RISK}: {risk}")
    for name, what, answer in _done(case):
        if answer.verdict == "unknown":
            open_ = f"not known whether consent was needed: {'; '.join(answer.why)}"
            yield Standing("experts", name, what, "done", warning=open_)
    held = [policy for policy in POLICIES.all(case) if policy.state == "held"]
    notices = {result.id: result for result in contracts.owed(case, now)} if held else {}
    for policy in held:
        notice = notices.get(PREFIX + policy.promise)
        went = notice is not None and bool(notice.went_out)
        due = notice.deadline.due_at if notice and not went else None
        warning = "; ".join(_doubts(case, policy, notice, now)) or None
        state = "notified" if went else "not notified"
        yield Standing("experts", policy.id, policy.title, state, policy.broker, due, warning)
        for action in policy.consent or ():
            said = _said(case, policy, action, None, None)
            if said != "given":
                what = f"{policy.title}: consent {consent_words(action)}"
                words = f"consent was {said}" if said else f"{AT_RISK} without it"
                yield Standing("experts", policy.id, what, said or "open", warning=words)


def _doubts(case: Case, policy: Policy, notice: Result | None, now: datetime) -> Iterator[str]:
    if notice is not None and not notice.went_out and notice.deadline.late_by is not None:
        yield f"{AT_RISK}: the notice is late"
    if policy.consent is None:
        yield "its consent conditions are not on record"
    if policy.within is None:
        yield "its notice period is not on record"
    today = now.astimezone(experts.home(case)).date()
    if policy.ends is not None and policy.ends < today:
        yield f"the period ended on {policy.ends}: see whether notice can still be given"
    began = case.incident().timeline.get("occurred_from") or ()
    zone = experts.home(case)
    days = [instant_of(x.at, zone).astimezone(zone).date() for x in began]
    if policy.retroactive is not None and days and min(days) < policy.retroactive:
        yield f"the incident began before the retroactive date {policy.retroactive}"
