"""The layout of the incident file: every field, its kind, and what it means.

The reader, the writer and the published schema all walk this one description, so that no
field can be known to one of them alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from regengine import facts, leaves
from regengine.facts import Candidate
from regengine.law import LONGEST, Period
from regengine.leaves import (
    Count,
    Either,
    Field,
    Form,
    Keyed,
    Leaf,
    Number,
    PlaceCode,
    Reading,
    Record,
    Several,
    Text,
    Truth,
    When,
    Word,
    Zone,
    is_unknown,
    not_a_word,
    or_unknown,
)
from regengine.plain import inside, kind, shown
from regengine.timeline import MUST_HAVE_HAPPENED
from regengine.truth import Range

if TYPE_CHECKING:
    from regengine.facts import JudgementGiven, JudgementWords, Vocabulary

_LINE, _TEXT, _TRUTH, _WHEN, _COUNT = Text(), Text(lines=True), Truth(), When(), Count()
_ID = Form(r"[a-z0-9_-]{1,64}", "an id of a to z, 0 to 9, _ and - (64 at most)")
_KEY = Form(
    r"[^\x00-\x1f\x7f-\x9f\u202a-\u202e\ud800-\udfff]{1,200}",
    "a key of one line (200 characters at most)",
)
_STAGE = Form(r"[a-z][a-z0-9_]{0,63}", "the name of a stage (a to z, 0 to 9, _)")
_RECIPIENT = Form(r"[a-z][a-z_]{0,63}", "the end of a key after ~ (a to z, _)")
_CURRENCY = Form(r"[A-Z]{3}", 'a currency of three capitals ("EUR")')
_ELEMENT = Word("element", facts.ELEMENTS)
_ROLE = Word("role", facts.ROLES)
_REGIME = Word("regime", of=lambda words: words.regimes)
_EVENT = Word("event", facts.EVENTS)
_PLACE = PlaceCode()
_EEA_PLACE = PlaceCode(within="EEA")
_HOW = ("sent", "received", "refused", "withdrawn")
_TRIGGERS, _FIRST_DAYS = ("suspected", "confirmed"), ("next_day", "same_day")
_HOUR = Form(r"([01][0-9]|2[0-3]):[0-5][0-9]", 'an hour of the day like "17:00"')
# Duties of the file's own contracts are named by this and the contract's id.
_CONTRACT = "contract-"


# -- kinds of value that only this file has -----------------------------------------


class _Prefix(Leaf):
    """The beginning of obligation ids, up to a hyphen: which laws something holds for."""

    def read(self, reading: Reading, place: str, value: Any) -> str | None:
        known = reading.words.obligations
        if not isinstance(value, str):
            reading.fault(place, f"expected the beginning of an obligation id, found {kind(value)}")
            return None
        head = value.rstrip("-.")
        family = (f"{head}-", f"{head}.")
        if value.startswith(_CONTRACT) or any(
            name == head or name.startswith(family) for name in known
        ):
            return value
        reading.fault(place, not_a_word("law", value, _prefixes(known)))
        return None

    def schema(self, words: Vocabulary | None) -> leaves.Schema:  # noqa: ARG002  # reason: a prefix of many
        return {"type": "string", "pattern": r"^[a-z][a-z0-9.-]*$"}


def _prefixes(known: frozenset[str]) -> frozenset[str]:
    parts = [name.split("-") for name in known]
    return frozenset("-".join(part[:size]) for part in parts for size in range(1, len(part) + 1))


class _Obligation(Leaf):
    """An obligation: its id, or id@PLACE, id/stage, id@PLACE/stage; each with ~recipient."""

    def read(self, reading: Reading, place: str, value: Any) -> str | None:
        if not isinstance(value, str):
            reading.fault(place, f"expected the id of an obligation, found {kind(value)}")
            return None
        name = re.split("[@/~]", value, maxsplit=1)[0]
        if name in reading.words.obligations or name.startswith(_CONTRACT):
            return value
        reading.fault(place, not_a_word("obligation", name, reading.words.obligations))
        return None

    def schema(self, words: Vocabulary | None) -> leaves.Schema:  # noqa: ARG002  # reason: ids take suffixes
        return {"type": "string", "pattern": r"^[a-z][^@/~]*(@[^@/~]+)?(/[^@/~]+)?(~[^@/~]+)?$"}


class _EventTime(Leaf):
    """When an event happened: one moment, candidates, or ``false`` for "it did not".

    An event that did not happen has no candidates. What must have happened cannot be denied.
    """

    def __init__(self) -> None:
        fields = {
            "at": Field(_WHEN, "when, in this view", required=True),
            "why": Field(_TEXT, "what speaks for this view"),
            "chosen": Field(_TRUTH, "true: deadlines count from this one"),
            "laws": Field(
                Several(_Prefix()),
                "laws for which alone it is chosen, by the beginning of their ids",
            ),
        }
        self.listed = Several(Record(fields), fold=False, least=1)

    def read(self, reading: Reading, place: str, value: Any) -> Any:
        if isinstance(value, Mapping):
            reading.fault(place, "expected a moment or a list of candidates, found a table")
            return None
        if value is False:
            if place.rpartition(".")[2] in MUST_HAVE_HAPPENED:
                reading.fault(place, "must have happened at some time; give it, or leave it out")
            return ()
        if not isinstance(value, list | tuple):
            at = _WHEN.read(reading, place, value)
            return None if at is None else ({"at": at},)
        candidates = self.listed.read(reading, place, value) or ()
        self._check(reading, place, candidates)
        return candidates

    def _check(self, reading: Reading, place: str, candidates: tuple[Any, ...]) -> None:
        taken: dict[str, int] = {}
        for index, candidate in enumerate(candidates):
            if candidate is None:
                continue
            laws = candidate.get("laws") or ()
            if laws and candidate.get("chosen") is False:
                message = "laws says for which laws it is chosen, but chosen is false"
                reading.fault(f"{place}[{index}]", message)
            for law in laws or (("",) if candidate.get("chosen") else ()):
                if law in taken:
                    scope = f"for {law}" if law else "for all laws"
                    message = f"chosen {scope}, and so is candidate {taken[law]}; choose one"
                    reading.fault(f"{place}[{index}]", message)
                taken[law] = index

    def write(self, value: tuple[Candidate, ...]) -> Any:
        if not value:
            return False
        if len(value) == 1 and value[0] == Candidate(at=value[0].at):
            return _WHEN.write(value[0].at)
        return self.listed.write(value)

    def schema(self, words: Vocabulary | None) -> leaves.Schema:
        denied = {"const": False, "description": "it did not happen"}
        return {"anyOf": [_WHEN.schema(words), self.listed.schema(words), denied]}


class _Judgements(Leaf):
    """Conclusions by name, each with a value of its own vocabulary."""

    def __init__(self) -> None:
        consulted = Record(
            {
                "authority": Field(_LINE, "who was consulted", required=True),
                "at": Field(_WHEN, "when"),
            }
        )
        self.fields = {
            "by": Field(_LINE, "who drew the conclusion"),
            "at": Field(_WHEN, "when it was drawn"),
            "why": Field(_TEXT, "its grounds"),
            "written": Field(_TRUTH, "whether it is documented in writing"),
            "consulted": Field(
                Several(consulted, fold=False), "authorities consulted before it was drawn"
            ),
        }

    def read(self, reading: Reading, place: str, value: Any) -> Any:
        if not isinstance(value, Mapping):
            reading.fault(place, f"expected a table, found {kind(value)}")
            return None
        made = {}
        for name, held in value.items():
            at = inside(place, name)
            known = reading.words.judgements.get(name) if isinstance(name, str) else None
            if known is None:
                reading.fault(at, not_a_word("judgement", str(name), [*reading.words.judgements]))
            elif isinstance(held, Mapping):
                made[name] = self._record(known).read(reading, at, held)
            elif not is_unknown(held):
                made[name] = {"value": _Answer(known).read(reading, at, held)}
        return made

    def _record(self, known: JudgementWords | None) -> Record:
        return Record({"value": Field(_Answer(known), "the conclusion"), **self.fields})

    def write(self, value: Mapping[str, JudgementGiven]) -> Any:
        return {name: self._write_one(given) for name, given in value.items()}

    def _write_one(self, given: JudgementGiven) -> Any:
        written = self._record(None).write(given)
        return written["value"] if written.keys() == {"value"} else written

    def schema(self, words: Vocabulary | None) -> leaves.Schema:
        if words is None:
            names = {"type": "string", "pattern": r"^[a-z][a-z0-9_]*(\.[a-z0-9_]+)+$"}
            return {
                "type": "object",
                "propertyNames": names,
                "additionalProperties": self._one(None, None),
            }
        known = {name: self._one(kept, words) for name, kept in sorted(words.judgements.items())}
        return {"type": "object", "properties": known, "additionalProperties": False}

    def _one(self, known: JudgementWords | None, words: Vocabulary | None) -> leaves.Schema:
        answer = _Answer(known).schema(words)
        return or_unknown({"anyOf": [answer, self._record(known).schema(words)]})


class _Answer(Leaf):
    """The value of a judgement; kept as text, a truth value as ``true`` or ``false``."""

    def __init__(self, known: JudgementWords | None) -> None:
        self.known = known

    def read(self, reading: Reading, place: str, value: Any) -> str | None:
        if self.known is not None and self.known.type == "date":
            at = _WHEN.read(reading, place, value)
            return None if at is None else _WHEN.write(at)
        if self.known is not None and self.known.type == "number":
            number = Number().read(reading, place, value)
            return None if number is None else str(Number().write(number))
        if isinstance(value, bool):
            value = "true" if value else "false"
        elif isinstance(value, int) and abs(value) <= leaves.MAX_NUMBER:
            value = str(value)
        return Word("answer", self.known.values if self.known else ()).read(reading, place, value)

    def write(self, value: str) -> Any:
        if value in ("true", "false"):
            return value == "true"
        if re.fullmatch(r"[0-9]{1,16}", value):
            return int(value)
        return float(value) if re.fullmatch(r"[0-9]+\.[0-9]+|[0-9.]+e-?[0-9]+", value) else value

    def schema(self, words: Vocabulary | None) -> leaves.Schema:
        if self.known is None:
            return {"type": ["string", "boolean", "number"]}
        if self.known.type == "date":
            return _WHEN.schema(words)
        if self.known.type == "number":
            return Number().schema(words)
        return {
            "enum": list(dict.fromkeys(form for word in self.known.values for form in _forms(word)))
        }


def _forms(word: str) -> Iterator[Any]:
    """List how a file may write one answer: as text, and as the value that it spells."""
    yield word
    if word in ("true", "false"):
        yield word == "true"
    elif word.isdigit() and str(int(word)) == word:
        yield int(word)


class _Free(Leaf):
    """Whatever one form asks: text, numbers, truth values, lists and tables of them."""

    def read(self, reading: Reading, place: str, value: Any) -> Any:
        if isinstance(value, Mapping):
            return Keyed(_KEY, self).read(reading, place, value)
        if isinstance(value, list | tuple):
            members = [self.read(reading, f"{place}[{i}]", held) for i, held in enumerate(value)]
            return [member for member in members if member is not None]
        if isinstance(value, str):
            return _TEXT.read(reading, place, value)
        if isinstance(value, date):
            at = _WHEN.read(reading, place, value)
            return None if at is None else _WHEN.write(at)
        if isinstance(value, int | float) and abs(value) > leaves.MAX_NUMBER:
            reading.fault(place, f"a number beyond {leaves.MAX_NUMBER:,}")
            return None
        return value

    def schema(self, words: Vocabulary | None) -> leaves.Schema:  # noqa: ARG002  # reason: anything
        return {}


class _RegimesPossible(Leaf):
    """Regimes that may apply; the word ``unknown`` alone opens all of them."""

    listed = Several(_REGIME)

    def read(self, reading: Reading, place: str, value: Any) -> Any:
        return value if value == leaves.UNKNOWN else self.listed.read(reading, place, value)

    def write(self, value: Any) -> Any:
        return value if value == leaves.UNKNOWN else self.listed.write(value)

    def schema(self, words: Vocabulary | None) -> leaves.Schema:
        return self.listed.schema(words)


class _Within(Leaf):
    """The period of a promise: a number and a unit, or words without a number."""

    def read(self, reading: Reading, place: str, value: Any) -> str | None:
        text = _LINE.read(reading, place, value)
        if text is None or not re.search(r"\d", text):
            return text
        try:
            period = Period.read(text)
        except ValueError as error:
            reading.fault(place, str(error).splitlines()[0])
            return None
        if period.unit == "year" and period.amount > LONGEST:
            reading.fault(place, f"{period} is longer than {LONGEST} years")
            return None
        return str(period)

    def schema(self, words: Vocabulary | None) -> leaves.Schema:
        return _LINE.schema(words)


# -- checks of fields together ------------------------------------------------------


def _check_group(reading: Reading, place: str, made: dict[str, Any]) -> None:
    data, possible = made.get("data"), made.get("data_possible") or ()
    if data and "none" in data and len(data) > 1:
        reading.fault(f"{place}.data", '"none" stands alone; leave it or the other elements out')
    if "none" in possible:
        reading.fault(f"{place}.data_possible", '"none" is no element that may be involved')
    listed = made.get("encrypted")
    if data is None or not isinstance(listed, tuple):
        return
    for index, element in enumerate(listed):
        if element is not None and element not in (*data, *possible):
            message = f'"{element}" is encrypted, but not among the data of the group'
            reading.fault(f"{place}.encrypted[{index}]", message)


def _check_filing(reading: Reading, place: str, made: dict[str, Any]) -> None:
    """Split id@PLACE/stage~recipient, so that the model holds each part once."""
    named = made.get("obligation")
    if named is None:
        return
    match = re.fullmatch(r"([^@/~]+)(?:@([^@/~]+))?(?:/([^@/~]+))?(?:~([^@/~]+))?", named)
    if match is None:
        message = f"expected id@PLACE/stage~recipient or less of it, found {shown(named)}"
        reading.fault(f"{place}.obligation", message)
        return
    made["obligation"] = match[1]
    at = f"{place}.obligation"
    parts = {
        "jurisdiction": (PlaceCode(areas=True), match[2]),
        "stage": (_STAGE, match[3]),
        "recipient": (_RECIPIENT, match[4]),
    }
    for name, (leaf, text) in parts.items():
        found = None if text is None else leaf.read(reading, at, text)
        if found is not None and made.setdefault(name, found) != found:
            reading.fault(at, f"names {name} {found}, but {name} says {made[name]}")


def _check_incident(reading: Reading, place: str, made: dict[str, Any]) -> None:  # noqa: ARG001  # reason: the shape of a check
    _once(reading, "affected", "group", made.get("affected"))
    contracts = made.get("contracts")
    _once(reading, "contracts", "id", contracts)
    own = {entry.get("id") for entry in contracts or () if entry}
    for index, filing in enumerate(made.get("filings") or ()):
        named = (filing or {}).get("obligation") or ""
        if named.startswith(_CONTRACT) and named.removeprefix(_CONTRACT) not in own:
            known = sorted(f"{_CONTRACT}{name}" for name in own if name)
            reading.fault(f"filings[{index}].obligation", not_a_word("obligation", named, known))


def _once(reading: Reading, field: str, key: str, entries: tuple[Any, ...] | None) -> None:
    seen: dict[str, int] = {}
    for index, entry in enumerate(entries or ()):
        name = entry.get(key) if entry else None
        if name is not None and seen.setdefault(name, index) != index:
            message = f'"{name}" is already the {key} of {field}[{seen[name]}]'
            reading.fault(f"{field}[{index}].{key}", message)


# -- the layout -----------------------------------------------------------------------

_PERSON = Record(
    {
        "name": Field(_LINE, "name"),
        "title": Field(_LINE, "office or title"),
        "email": Field(_LINE, "electronic mail address"),
        "phone": Field(_LINE, "telephone number"),
        "address": Field(_TEXT, "postal address"),
    }
)
_ORGANISATION = Record(
    {
        "name": Field(_LINE, "name of the organisation that is bound"),
        "country": Field(_PLACE, "place of the seat"),
        "zone": Field(Zone(), "IANA zone; default: the easternmost zone of the country"),
        "establishments": Field(Several(_PLACE), "places of establishment; default: the country"),
        "operates_in": Field(
            Several(PlaceCode(areas=True)), "places where it does business besides"
        ),
        "eu_main_establishment": Field(_EEA_PLACE, "main establishment of a group in the EEA"),
        "eu_representative": Field(_EEA_PLACE, "place of the representative in the Union"),
        "role": Field(Several(_ROLE, alone=True), "role towards the data; a list where several"),
        "sector": Field(_LINE, "line of business"),
        "regimes": Field(Several(_REGIME), "statuses under special law; complete where given"),
        "regimes_possible": Field(
            _RegimesPossible(), "statuses that may apply; unknown opens all", keeps_unknown=True
        ),
        "public": Field(_TRUTH, "a public body"),
        "employees": Field(_COUNT, "number of employees"),
        "turnover_eur": Field(Number(), "yearly turnover in euro"),
        "address": Field(_TEXT, "postal address"),
        "identifiers": Field(Keyed(_KEY, _LINE), "registration numbers by kind (lei, vat, ...)"),
        "dpo": Field(_PERSON, "data protection officer"),
    }
)
_HAPPENED: dict[str, str] = {
    "malicious": "done on purpose",
    "accessed": "seen by someone without authority",
    "acquired": "taken, or reasonably believed taken",
    "exfiltrated": "moved out of the organisation's systems",
    "disclosed": "sent or shown to the wrong person",
    "altered": "changed without authority",
    "lost": "destroyed or lost without a copy",
    "unavailable": "not reachable for a time",
    "good_faith": "acquired in good faith by own staff, not used further",
    "misuse_seen": "misuse of the data was seen",
    "recovered": "data or device back, with proof that it was not used",
}
_HAPPENING = Record(
    {
        "kinds": Field(Several(Word("kind", facts.KINDS)), "kinds of incident"),
        "kinds_possible": Field(Several(Word("kind", facts.KINDS)), "kinds that it may be"),
        **{name: Field(_TRUTH, means) for name, means in _HAPPENED.items()},
        "media": Field(Several(Word("medium", facts.MEDIA)), "media that held the data"),
        "ongoing": Field(_TRUTH, "not over yet"),
        "outage": Field(
            Record(
                {
                    "hours": Field(Number(), "length in hours"),
                    "scheduled": Field(_TRUTH, "planned beforehand"),
                    "restored_from_backup": Field(_TRUTH, "restored from a backup"),
                }
            ),
            "how long a service was not reachable",
        ),
        "vulnerability": Field(
            Record({"actively_exploited": Field(_TRUTH, "known to be exploited")}),
            "the weakness that was used",
        ),
        "vendor": Field(
            Record(
                {
                    "name": Field(_LINE, "name"),
                    "role": Field(_ROLE, "role towards the data"),
                    "agent": Field(_TRUTH, "acts as an agent of the organisation"),
                }
            ),
            "the vendor at whom it happened",
        ),
        "loss": Field(
            Record(
                {
                    "currency": Field(_CURRENCY, "ISO 4217 code"),
                    "amount": Field(Number(), "amount"),
                }
            ),
            "money lost",
        ),
        "contact_data_missing": Field(_TRUTH, "addresses of people are missing or out of date"),
        "notice_cost": Field(Number(), "what telling each person would cost, in US dollars"),
    }
)
_DESCRIPTION = Record(
    {
        "nature": Field(_TEXT, "what happened"),
        "cause": Field(_TEXT, "why it happened"),
        "systems": Field(_TEXT, "systems concerned"),
        "consequences": Field(_TEXT, "likely consequences"),
        "measures_taken": Field(_TEXT, "measures taken"),
        "measures_proposed": Field(_TEXT, "measures proposed"),
        "advice_to_people": Field(_TEXT, "what people can do"),
    }
)
_GROUP = Record(
    {
        "group": Field(_ID, "id of the group, unique in the file", required=True),
        "label": Field(_LINE, "name of the group for readers"),
        "people": Field(
            Keyed(PlaceCode(areas=True, unknown_too=True), _COUNT, unknown=Range()),
            "people by place; unknown: anywhere",
        ),
        "data": Field(Several(_ELEMENT), "elements involved; complete where given"),
        "data_possible": Field(Several(_ELEMENT), "elements perhaps involved"),
        "encrypted": Field(Either(Several(_ELEMENT)), "encrypted, or the elements that were"),
        "key_taken": Field(_TRUTH, "the key was taken or within reach"),
        "redacted": Field(_TRUTH, "redacted or truncated"),
        "children": Field(_TRUTH, "children are among them"),
        "role": Field(
            Several(_ROLE, alone=True), "role towards this data, if not the organisation's"
        ),
        "overlaps": Field(_TRUTH, "people may be in another group as well"),
    },
    _check_group,
)
_DELAY = Record(
    {
        "requested_by": Field(_LINE, "agency that asked"),
        "granted_by": Field(_LINE, "authority that granted it"),
        "granted": Field(_TRUTH, "granted"),
        "written": Field(_TRUTH, "asked in writing"),
        "oral": Field(_TRUTH, "asked orally"),
        "from": Field(_WHEN, "begin", attribute="from_"),
        "until": Field(_WHEN, "end"),
        "laws": Field(Several(_Prefix()), "laws whose notices it holds; none: all"),
    }
)
_FILING = Record(
    {
        "obligation": Field(_Obligation(), "obligation id, or its key in full", required=True),
        "jurisdiction": Field(PlaceCode(areas=True), "place, where the id has several"),
        "stage": Field(_STAGE, "stage"),
        "recipient": Field(_RECIPIENT, "which of several, as its key ends; else the first"),
        "at": Field(_WHEN, "when", required=True),
        "how": Field(Word("way", _HOW), "sent unless stated"),
        "reference": Field(_LINE, "reference that the recipient gave"),
        "people": Field(Number(whole=True), "how many people it told"),
    },
    _check_filing,
)
_CONTRACT_RECORD = Record(
    {
        "id": Field(_ID, "id of the promise, unique in the file", required=True),
        "party": Field(_LINE, "to whom"),
        "kind": Field(
            _LINE,
            "customer, partner, processor, controller, card_brand, card_acquirer, insurer, bank, "
            "landlord, regulator, or words of your own",
        ),
        "within": Field(_Within(), 'period ("24 hours"), or words without a number'),
        "starts": Field(_EVENT, "event from which it counts"),
        "address": Field(_LINE, "where the notice goes"),
        "clause": Field(_LINE, "clause of the contract"),
        "agreement": Field(_LINE, "the agreement that holds the clause"),
        "ends": Field(_WHEN, "when the agreement ends, or ended"),
        "trigger": Field(Word("trigger", _TRIGGERS), "whether suspicion is enough"),
        "counts": Field(Word("first day", _FIRST_DAYS), "which day is day one; else next_day"),
        "business_days": Field(_PLACE, "place whose working days count"),
        "business_hours": Field(_HOUR, 'hour at which a day of the other side ends ("17:00")'),
        "zone": Field(Zone(), "zone in which its days end"),
        "receipt": Field(Word("receipt", ("sent", "received")), "what meets it: sent or received"),
        "deemed": Field(_LINE, "when a notice counts as received, in the clause's words"),
        "covers": Field(Several(_ID), "groups of people for which alone it holds"),
        "confidential": Field(_TRUTH, "forbids telling others"),
        "flow_down": Field(_TRUTH, "must be passed on to sub-contractors"),
        "consent": Field(
            Several(Word("consent", facts.CONSENTS)), "what needs the other side's consent first"
        ),
    }
)
INCIDENT = Record(
    {
        "schema": Field(
            Word("schema", (facts.SCHEMA,)), "version of this shape", attribute="schema_"
        ),
        "reference": Field(_LINE, "the matter's own reference", required=True),
        "title": Field(_LINE, "short title"),
        "summary": Field(_TEXT, "free text"),
        "reporter": Field(_PERSON, "who reports"),
        "signatory": Field(_PERSON, "who signs"),
        "organisation": Field(_ORGANISATION, "the organisation that is bound"),
        "timeline": Field(Keyed(_EVENT, _EventTime()), "events and when they happened"),
        "incident": Field(_HAPPENING, "what happened to the data"),
        "description": Field(_DESCRIPTION, "free text for the filings"),
        "affected": Field(
            Several(_GROUP, fold=False), "groups of people about whom the same data was involved"
        ),
        "records": Field(_COUNT, "number of records, where it differs from people"),
        "judgements": Field(_Judgements(), "legal conclusions that counsel draws"),
        "law_enforcement": Field(
            Record(
                {
                    "delays": Field(Several(_DELAY, fold=False), "holds, in order"),
                    "agency": Field(_LINE, "agency in charge"),
                    "reference": Field(_LINE, "its reference"),
                    "contact": Field(_LINE, "how to reach it"),
                }
            ),
            "contacts with law enforcement",
        ),
        "filings": Field(Several(_FILING, fold=False), "what has been sent already"),
        "contracts": Field(
            Several(_CONTRACT_RECORD, fold=False), "promises to customers, insurers, card brands"
        ),
        "answers": Field(Keyed(_KEY, _Free()), "anything that one form alone asks"),
    },
    _check_incident,
)
