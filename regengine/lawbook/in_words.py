"""Conditions, deadlines and definitions of the law in plain words."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any as Anything

from regengine.conditions import All, Any, Atom, Condition, Name, Not, parse
from regengine.documents.outputs import label, table
from regengine.documents.wording import start_text
from regengine.law import Combination, Due, Extension, Hold, NamedCondition, Period, Protected
from regengine.timeline import words_of

_AMOUNTS = {">=": "at least", ">": "more than", "<=": "at most", "<": "fewer than", "=": "exactly"}
_OPPOSITE = {">=": "<", ">": "<=", "<=": ">", "<": ">="}


@dataclass(frozen=True, slots=True)
class Wording:
    """What the words of a condition mean: the names and questions of the law files."""

    conditions: Mapping[str, NamedCondition] = field(default_factory=dict)
    questions: Mapping[str, str] = field(default_factory=dict)  # of judgements and regimes
    place: str = ""

    def condition(self, text: str) -> str:
        """Say a condition of a law file in words.

        >>> Wording(place="Ohio").condition("incident.acquired and people > 1_000")
        'data were taken without authority, or that is reasonably believed; and more than 1,000 \
people of Ohio whose protected data are concerned'
        """
        return self._say(parse(text), sure=True)

    def _say(self, tree: Condition, *, sure: bool) -> str:
        if isinstance(tree, Not):
            return self._say(tree.term, sure=not sure)
        if isinstance(tree, All | Any):
            together = isinstance(tree, All) == sure
            terms = [term for term in tree.terms if not _repeats(term, tree)]
            said = [self._inner(term, sure=sure, alone=len(terms) == 1) for term in terms]
            return ("; and " if together else "; or ").join(said)
        if isinstance(tree, Name):
            return self._name(tree, sure=sure)
        said_by: Callable[[Atom, bool], str | None] | None
        said_by = getattr(self, f"_{tree.kind}", None)
        text = said_by(tree, sure) if said_by is not None else None
        return text if text is not None else _as_written(tree, sure=sure)

    def _inner(self, tree: Condition, *, sure: bool, alone: bool) -> str:
        """Say a part of a condition; one that has parts itself stands in parentheses."""
        said = self._say(tree, sure=sure)
        return said if alone or not re.search(r"; (and|or) ", said) else f"({said})"

    def _name(self, tree: Name, *, sure: bool) -> str:
        if tree.kind == "owed":
            return f"`{tree.name}` is {'' if sure else 'not '}owed"
        held = self.conditions.get(tree.name)
        if held is not None and held.says:
            return held.says if sure else f"not: {held.says}"
        if held is not None:
            return self._say(held.tree, sure=sure)
        atom = Atom("fact", tree.name, "=", "true", text=tree.name)
        return self._fact(atom, sure) or _as_written(atom, sure=sure)

    # -- atoms, by kind ---------------------------------------------------------------

    def _fact(self, atom: Atom, sure: bool) -> str | None:
        words = _words()
        positive = sure == (atom.operator != "!=")
        if atom.subject in words["numbers"]:
            return _measured(atom, sure, words["numbers"][atom.subject])
        if atom.subject in self.questions:
            said = "" if positive else "anything but "
            return f"{said}{_answer(atom)}: “{self.questions[atom.subject]}”"
        truth = (str(atom.value) == "true") == positive
        if atom.subject in words["facts"] and str(atom.value) in ("true", "false"):
            if truth:
                return str(words["facts"][atom.subject])
            no = words["facts_not"].get(atom.subject)
            return str(no) if no else f"not: {words['facts'][atom.subject]}"
        if atom.subject == "organisation.sector":
            return f"the sector is {'' if positive else 'not '}{atom.value}"
        return None

    def _regime(self, atom: Atom, sure: bool) -> str:
        question = self.questions.get(atom.subject, atom.subject)
        return f"{'yes' if sure else 'no'}: “{question}”"

    def _role(self, atom: Atom, _sure: bool) -> str:
        return bound_text(atom.words)

    def _people(self, atom: Atom, sure: bool) -> str:
        where = {"here": f" of {self.place}" if self.place else "", "everywhere": " anywhere"}
        place = where.get(atom.subject, f" in {atom.subject}")
        if sure and (atom.operator, atom.value) in ((">=", 1), (">", 0)):
            return f"protected data of anybody{place} are concerned"
        return f"{_amount(atom, sure)} people{place} whose protected data are concerned"

    def _reach(self, atom: Atom, sure: bool) -> str:
        return f"{_amount(atom, sure)} people told under `{atom.subject}`"

    def _data(self, atom: Atom, sure: bool) -> str:
        listed = _listed(
            (label("elements", word) if word != "*" else "personal data" for word in atom.words),
            "or" if atom.subject == "any" else "and",
        )
        return f"the data {'' if sure else 'do not '}include {listed}"

    def _kind(self, atom: Atom, sure: bool) -> str:
        listed = _listed((word.replace("_", " ") for word in atom.words), "or")
        return f"the incident is {'' if sure else 'not '}of the kind {listed}"

    def _media(self, atom: Atom, sure: bool) -> str:
        return f"the data are {'' if sure else 'not '}{_listed(atom.words, 'or')}"

    def _happened(self, atom: Atom, sure: bool) -> str:
        return f"{'' if sure else 'not: '}{label('events', atom.subject)}".lower()

    def _dated(self, atom: Atom, sure: bool) -> str:
        first, last = atom.words
        # The day of the matter: of awareness or of discovery.
        said = f"it became known {'from ' + first + ' on' if not last else 'until ' + last}"
        if first != "unknown" and last:
            said = f"it became known between {first} and {last}"
        return said if sure else f"not: {said}"

    def _answered(self, atom: Atom, sure: bool) -> str:
        question = self.questions.get(atom.subject, atom.subject)
        return f"counsel has {'' if sure else 'not '}answered: “{question}”"

    def _filed(self, atom: Atom, sure: bool) -> str:
        names = _listed((f"`{word}`" for word in atom.words), "or")
        return f"{names} was {'' if sure else 'not '}filed"

    # -- deadlines --------------------------------------------------------------------

    def due(self, due: Due) -> str:
        """Say when an act is owed.

        >>> from regengine.law import Due
        >>> Wording().due(Due(within="30 days", starts="discovered", soft="without delay"))
        'within 30 days of discovery; without delay'
        """
        parts = [*self._limits(due)]
        if due.soft:
            parts.append(due.soft)
        parts += [self._extension(item) for item in due.extend]
        if due.met == "received":
            parts.append("met when it is received")
        if due.derived:
            parts.append("a number borrowed from another duty")
        return "; ".join(parts)

    def _limits(self, due: Due) -> Iterator[str]:
        if due.within is not None:
            most = f" to {period_text(due.latest_within)}" if due.latest_within else ""
            yield f"within {period_text(due.within)}{most} {_since(due.starts or '')}"
        elif due.by is not None:
            yield f"by {due.by} (month-day) {_since(due.starts or '')}"
        elif due.with_ is not None:
            yield f"together with `{due.with_}`"
        elif due.before is not None:
            yield f"before `{due.before}`"
        for word, limbs in (("the earlier of", due.earliest), ("the later of", due.latest)):
            if limbs:
                yield f"{word} " + ", ".join(f"({self.due(limb)})" for limb in limbs)
        for case in due.cases:
            when = f"if {self.condition(case.if_)}" if case.if_ else "otherwise"
            yield f"{when}: {self.due(case)}"
        if due.cutoff is not None:
            yield f"before {due.cutoff}{f' ({due.zone})' if due.zone else ''}"

    def _extension(self, item: Extension) -> str:
        more = f"{period_text(item.by)} more" if item.by else "as long as needed"
        return f"{more} if {self.condition(item.if_)} ({item.cite})"

    def hold(self, hold: Hold) -> str:
        """Say how a delay for law enforcement suspends a duty."""
        parts = [
            "a law-enforcement agency asks for it"
            if not hold.granted_by
            else f"granted by {hold.granted_by}"
        ]
        if hold.form == "written":
            parts.append("in writing")
        if hold.oral_days:
            parts.append(f"an oral request holds {hold.oral_days} days")
        if hold.written_days:
            parts.append(f"a written one holds {hold.written_days} days")
        if hold.then is not None:
            after = period_text(hold.then.within)
            how = {
                "later": f"then until the original limit or {after} after its end, the later",
                "replace": f"then within {after} of its end",
                "if_past": f"the original limit still binds; {after} only where it has passed",
            }
            parts.append(how[hold.then.mode])
        return "; ".join([*parts, hold.cite])

    # -- protected data ---------------------------------------------------------------

    def combination(self, item: Combination) -> str:
        """Say which elements are protected together.

        >>> from regengine.law import Combination
        >>> Wording().combination(Combination(with_=("name",), one_of=("ssn", "passport")))
        'with the name, one of: Social Security number; passport number'
        """
        head = _listed((f"the {_element(word)}" for word in item.with_), "and")
        body = "; ".join(_element(word) for word in item.one_of)
        body = f"one of: {body}" if len(item.one_of) > 1 else body
        if item.and_one_of:
            body += ", together with one of: " + "; ".join(map(_element, item.and_one_of))
        said = f"with {head}, {body}" if head and body else head or f"even without a name, {body}"
        return f"{said} (if {self.condition(item.when)})" if item.when else said

    def protected(self, definition: Protected) -> Iterator[str]:
        """Say what a law protects, a line for each combination and each safe harbour."""
        yield from (capital(self.combination(item)) for item in definition.any)
        for safe in definition.safe:
            yield f"Not where {self.condition(safe.if_)} ({safe.cite})"
        if definition.safe and definition.safe_needs == "every":
            yield "A name in clear beside such data is still protected."
        yield "Paper counts as well." if definition.paper else "Computerised data only."


def period_text(period: Period) -> str:
    """Say a length of time.

    >>> period_text(Period.read("4 working days")), period_text(Period.read("1 month"))
    ('4 business days', '1 month')
    """
    unit = period.unit.replace("working", "business")
    return f"{period.amount} {unit}{'' if period.amount == 1 else 's'}"


def capital(text: str) -> str:
    """Begin with a capital."""
    return text[:1].upper() + text[1:]


def threshold(operator: str, value: float) -> str:
    """Say a head-count that a law asks.

    >>> threshold(">", 1000), threshold(">=", 1)
    ('more than 1,000', 'one or more')
    """
    if (operator, value) in ((">=", 1), (">", 0)):
        return "one or more"
    return f"{_AMOUNTS.get(operator, operator)} {value:,.10g}"


def bound_text(roles: Iterable[str]) -> str:
    """Say who is bound.

    >>> bound_text(["processor"])
    'whoever keeps or processes the data for another'
    """
    said = _words()["roles"]
    return ", or ".join(said[role] for role in roles if role in said)


def _words() -> Mapping[str, Mapping[str, Anything]]:
    return table("lawbook/words.toml")


def _since(starts: str) -> str:
    """Say from what a period runs.

    >>> _since("earlier(discovered, processor_told)")
    "of discovery or, if earlier, the processor's notice"
    >>> _since("filed(us-xx-ag)")
    'of the filing of us-xx-ag'
    """
    call, _, inside = starts.partition("(")
    if not inside:
        return f"of {words_of(starts)}"
    plain = not any(word in inside for word in ("filed(", "received(", "due(", "year_end("))
    return (
        f"of {words_of(starts) if call in ('earlier', 'later') and plain else start_text(starts)}"
    )


def _repeats(term: Condition, tree: All | Any) -> bool:
    """Tell whether "it is owed" stands beside the number of people that it tells."""
    told = {
        other.subject for other in tree.terms if isinstance(other, Atom) and other.kind == "reach"
    }
    return isinstance(term, Name) and term.kind == "owed" and term.name in told


def _amount(atom: Atom, sure: bool) -> str:
    operator = atom.operator if sure else _OPPOSITE.get(atom.operator, atom.operator)
    return threshold(operator, float(atom.value or 0))


def _measured(atom: Atom, sure: bool, what: str) -> str:
    """Say an amount of something; parts of an hour in minutes."""
    value = float(atom.value or 0)
    operator = atom.operator if sure else _OPPOSITE.get(atom.operator, atom.operator)
    if what.startswith("hours ") and value < 1:
        what, value = what.replace("hours", "minutes", 1), round(value * 60)
    if (operator, value) == (">", 0):
        return f"any {what}"
    return f"{threshold(operator, value)} {what}"


def _answer(atom: Atom) -> str:
    value = f"{atom.value:,.10g}" if isinstance(atom.value, float) else str(atom.value)
    said = {"true": "yes", "false": "no"}.get(value, value.replace("_", " "))
    return said if atom.operator in ("=", "!=") else f"{_AMOUNTS[atom.operator]} {said}"


def _as_written(atom: Atom, *, sure: bool) -> str:
    return f"{'' if sure else 'not '}`{atom.text}`"


def _element(word: str) -> str:
    return "any personal data" if word == "*" else str(label("elements", word))


def _listed(items: Iterable[str], last: str) -> str:
    said = list(items)
    return (
        said[0] if len(said) == 1 else f"{', '.join(said[:-1])} {last} {said[-1]}" if said else ""
    )
