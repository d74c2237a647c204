"""What one sentence claims: patterns of outputs/claims.toml, with their negations and hedges.

A sentence is read once for all papers that hold it. What it says is compared with the facts
elsewhere (``consistency``).
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import Any, Literal, NamedTuple

from regengine.documents.mentions import CountSaid, DateSaid, bare_count, counts, dates
from regengine.documents.outputs import table

Polarity = Literal["stated", "denied"]
_CLAUSE = 90  # characters before a claim in which a hedge or a negation bears on it
_AFTER = 70
_REACH = 120  # characters between a date and the words that say what it is the date of
_CLOSE = 24  # characters between a date and a verb that ends the clause
_BARE = 16  # letters that a line may hold beside its date and still be a field's value
_SEVERAL = 2
_VALUE = 12  # characters before the number that is the value of a field ("At least 10,780 people")


class ClaimSaid(NamedTuple):
    """A claim of claims.toml that a sentence states or denies."""

    claim: str
    polarity: Polarity


class DataSaid(NamedTuple):
    """A kind of data that a sentence names as involved, or denies."""

    element: str
    polarity: Polarity


class When(NamedTuple):
    """A date with the cue that says what it is the date of; no date where it is in words.

    ``labelled``: the cue stands in the label before it.
    """

    cue: str
    date: DateSaid | None
    labelled: bool = False


class Number(NamedTuple):
    """A number of people, and whether the sentence speaks of those affected, or of all."""

    said: CountSaid
    affected: bool
    total: bool
    follows: str


class Said(NamedTuple):
    """Everything that one sentence says and that can be compared."""

    claims: tuple[ClaimSaid, ...] = ()
    data: tuple[DataSaid, ...] = ()
    dates: tuple[When, ...] = ()
    counts: tuple[Number, ...] = ()


def rows(name: str) -> dict[str, dict[str, Any]]:
    """Return the rows of one table of claims.toml by their id or name.

    >>> rows("claim")["misuse"]["fact"]
    ['incident.misuse_seen']
    """
    return {row.get("id") or row["name"]: row for row in table("claims.toml")[name]}


def word(group: str, name: str, /, **values: object) -> str:
    """Fill one phrase of claims.toml.

    >>> word("words", "also", names="a, b")
    'also in a, b'
    """
    return str(table("claims.toml")[group][name]).format(**values)


def _compiled(source: str) -> re.Pattern[str]:
    macros = table("claims.toml")["macros"]
    return re.compile(
        re.sub(r"(?<!\?)<([a-z]+)>", lambda match: str(macros[match[1]]), source), re.IGNORECASE
    )


@cache
def _pattern(*path: str) -> re.Pattern[str]:
    found: Any = table("claims.toml")
    for part in path:
        found = found[part]
    return _compiled(found)


@cache
def _claims() -> tuple[tuple[str, Polarity, re.Pattern[str]], ...]:
    polarities: tuple[Polarity, ...] = ("stated", "denied")
    return tuple(
        (name, polarity, _compiled("|".join(f"(?:{one})" for one in row[polarity])))
        for name, row in rows("claim").items()
        for polarity in polarities
        if row[polarity]
    )


# -- reading ----------------------------------------------------------------------------


@lru_cache(maxsize=65536)
def read(sentence: str, label: str = "", listed: bool = False) -> Said:
    """Read what a sentence says; ``label`` stands before it, as in a form.

    >>> read("There is no evidence of misuse.").claims
    (ClaimSaid(claim='misuse', polarity='denied'),)
    >>> read("We cannot exclude that data were misused.").claims
    ()

    ``listed``: the sentence lists data under a label that says so.
    """
    if sentence.endswith("?"):
        return Said()
    return Said(
        tuple(_claims_in(sentence)),
        tuple(_data_in(sentence, listed)),
        tuple(_dates_in(sentence, label)),
        tuple(_counts_in(sentence, label)),
    )


def _clause_before(sentence: str, start: int) -> str:
    """Take what stands before a place in the same clause."""
    before = sentence[max(0, start - _CLAUSE) : start]
    breaks = (
        r"[;:]|, (?!that|dass|que|whether|or)|\b(?:but|however|although|aber|jedoch|mais|pero)\b"
    )
    return re.split(breaks, before)[-1]


def _hedged(sentence: str, start: int, end: int) -> bool:
    """Tell whether a claim is only asked, supposed or left open."""
    before = _clause_before(sentence, start)
    return bool(
        _pattern("hedges", "before").search(before)
        or _pattern("hedges", "within").search(before + sentence[start:end])
        or _pattern("hedges", "after").match(sentence[end : end + _AFTER].lstrip(" ,"))
        or _pattern("hedges", "after").search(sentence[start : end + _AFTER])
    )


def _negated(sentence: str, start: int, end: int) -> bool:
    return bool(
        _pattern("negators", "any").search(_clause_before(sentence, start) + sentence[start:end])
    )


def _claims_in(sentence: str) -> list[ClaimSaid]:
    found = []
    for name, polarity, pattern in _claims():
        for match in pattern.finditer(sentence):
            if _hedged(sentence, match.start(), match.end()):
                continue
            if polarity == "stated" and _negated(sentence, match.start(), match.end()):
                continue
            # A denial that is itself denied ("it is not so that no data were taken") is left.
            if polarity == "denied" and re.search(
                r"\b(?:not|nicht|pas)\b[^,]{0,30}$", _clause_before(sentence, match.start())
            ):
                continue
            found.append(ClaimSaid(name, polarity))
    return list(dict.fromkeys(found))


# -- kinds of data ----------------------------------------------------------------------


@cache
def _elements() -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple(
        (name, re.compile(rf"\b(?:{row['pattern']})", re.IGNORECASE))
        for name, row in rows("element").items()
    )


@cache
def _any_element() -> re.Pattern[str]:
    return re.compile("|".join(pattern.pattern for _, pattern in _elements()), re.IGNORECASE)


@cache
def _data_patterns() -> dict[str, re.Pattern[str]]:
    data = table("claims.toml")["data"]
    flags = re.IGNORECASE
    return {
        "none_before": re.compile(
            rf"\b(?:{data['nothing']})\s(?:[\w'\u2019-]+[, ]{{1,2}}){{0,4}}$", flags
        ),
        "holds_not": re.compile(rf"\b(?:{data['holds_not']})\b[^.;:]{{0,80}}$", flags),
        "not_after": re.compile(
            rf"^[^.;:]{{0,50}}?\b(?:{data['be']})\s(?:not|nicht|pas)\s(?:\w+\s){{0,2}}(?:{data['verb']})\b",
            flags,
        ),
        "after": re.compile(
            rf"^[^.;:]{{0,80}}?\b(?:{data['be']})\s(?:\w+\s){{0,2}}(?:{data['verb']})\b", flags
        ),
        "holds": re.compile(rf"\b(?:{data['holds']})\b[^.;:]{{0,120}}$", flags),
    }


def opens_list(line: str) -> bool:
    """Tell whether a line is the label of a list of data.

    >>> opens_list("Which type of personal information is concerned"), opens_list("Contact")
    (True, False)
    """
    return bool(_pattern("data", "label").search(line))


def lists_data(line: str) -> bool:
    """Tell whether a line names kinds of data as a list does.

    >>> lists_data("Staff: name, date of birth and passport number")
    True
    """
    return len(_any_element().findall(line)) >= _SEVERAL and not re.search(r"[.!?]$", line)


def _data_in(sentence: str, listed: bool) -> list[DataSaid]:
    if listed:  # "Basic data (name, date of birth)": a form's own option with its examples
        sentence = re.sub(r"\([^()]{0,200}\)", lambda match: " " * len(match[0]), sentence)
    if not _any_element().search(sentence):
        return []
    found = []
    for name, pattern in _elements():
        for match in pattern.finditer(sentence):
            polarity = _element_is(sentence, match.start(), match.end(), listed)
            if polarity is not None and not _hedged(sentence, match.start(), match.end()):
                found.append(DataSaid(name, polarity))
    return list(dict.fromkeys(found))


def _element_is(sentence: str, start: int, end: int, listed: bool) -> Polarity | None:
    patterns = _data_patterns()
    before, after = _clause_of_list(sentence[:start]), sentence[end:]
    touched = patterns["after"].match(after) is not None
    if patterns["none_before"].search(before) and (touched or patterns["holds"].search(before)):
        return "denied"
    if patterns["holds_not"].search(before) or patterns["not_after"].match(after):
        return "denied"
    if re.search(_pattern("negators", "any"), before + after[:_AFTER]):
        return None
    return "stated" if touched or listed or patterns["holds"].search(before) else None


def _clause_of_list(before: str) -> str:
    """Take the clause before a place; commas of a list do not end it."""
    return re.split(r"[;:]|\b(?:but|however|although|aber|jedoch|mais|pero)\b", before[-200:])[-1]


# -- dates ------------------------------------------------------------------------------


@cache
def _cues() -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple(
        (name, re.compile(row["pattern"], re.IGNORECASE)) for name, row in rows("cue").items()
    )


def _cue_spans(text: str) -> list[tuple[int, int, str]]:
    """Find the cues of a text; of two that overlap the earlier in the table stands."""
    spans: list[tuple[int, int, str]] = []
    for name, pattern in _cues():
        for match in pattern.finditer(text):
            if not any(match.start() < end and start < match.end() for start, end, _ in spans):
                spans.append((match.start(), match.end(), name))
    return sorted(spans)


def _dates_in(sentence: str, label: str) -> list[When]:
    said = dates(sentence)
    relative = _pattern("relative", "pattern").search(sentence)
    if not said and relative is None:
        return []
    spans = _cue_spans(sentence)
    found = []
    free = spans
    for index, one in enumerate(said):
        span = _cue_of(sentence, said, index, free)
        cue = span[2] if span else None
        if span is not None and not _ranges_on(sentence, said, index + 1):
            free = [other for other in free if other != span]  # said of this date, so of no other
        labelled = cue is None and not spans and _is_value(sentence, said)
        cue = _cue_of_label(label) if labelled else cue
        if cue is not None:
            found.append(When(cue, one, labelled))
    if (
        relative is not None
        and not said
        and spans
        and not _hedged(sentence, relative.start(), relative.end())
    ):
        found.append(When(spans[0][2], None))
    return found


def _is_value(sentence: str, said: list[DateSaid]) -> bool:
    """Tell whether a line is a date and little else: the value of a field."""
    rest = sentence[: said[0].start] + sentence[said[-1].end :]
    return len(said) == 1 and sum(mark.isalpha() for mark in rest) <= _BARE


def _cue_of_label(label: str) -> str | None:
    spans = _cue_spans(label)
    names = {name for _, _, name in spans}
    return names.pop() if len(names) == 1 else None


def _ranges_on(sentence: str, said: list[DateSaid], index: int) -> bool:
    """Tell whether a date is the end of a range that the one before it begins."""
    if not 0 < index < len(said):
        return False
    between = sentence[said[index - 1].end : said[index].start]
    links = r"\W{0,3}(?:to|and|until|through|bis|und|au|et|al?|y|\u2013|-)\W{0,3}(?:\w{1,3}\W)?"
    return re.fullmatch(links, between, re.IGNORECASE) is not None


def _cue_of(
    sentence: str, said: list[DateSaid], index: int, spans: list[tuple[int, int, str]]
) -> tuple[int, int, str] | None:
    """Find what a date is the date of: what was said before it, else what follows.

    "We discovered it on ..." and "On ..., we discovered it" are both written.
    """
    one = said[index]
    floor = said[index - 1].end if index else 0
    if _ranges_on(sentence, said, index):
        # A range takes its cue from its first date; that of an end stays open.
        return _cue_of(sentence, said, index - 1, spans)
    before = [span for span in spans if floor <= span[0] and span[1] <= one.start]
    ceiling = said[index + 1].start if index + 1 < len(said) else len(sentence)
    after = [span for span in spans if one.end <= span[0] and span[1] <= ceiling]
    if before and one.start - before[-1][1] <= _REACH:
        between = sentence[before[-1][1] : one.start]
        opens = re.search(
            r"(?:[;,]|\bthat|\bdass|\bque)\s(?:\w{1,4}\s)?(?:on|am|le|el|since|from)?\s?$", between
        )
        if not (opens and after and after[0][0] - one.end <= _REACH):
            return before[-1]
    opens = re.search(
        r"(?:^|[;:,(]|\bthat|\band|\bdass|\bque)\s?(?:\w{2,12}\s){0,2}$", sentence[: one.start]
    )
    distance = after[0][0] - one.end if after else _REACH + 1
    if opens and distance <= _REACH:
        return after[0]
    # "den Vorfall am 18. November entdeckt": the verb comes last.
    close = distance <= _CLOSE and not re.search(r"[.,;:]", sentence[one.end : after[0][0]])
    return after[0] if close else None


# -- counts -----------------------------------------------------------------------------


@cache
def _count_words() -> dict[str, re.Pattern[str]]:
    count = table("claims.toml")["count"]
    nouns = "|".join(count[x] for x in ("people", "customers", "accounts"))
    return {
        "affected": re.compile(rf"\b(?:{count['affected']})\b", re.IGNORECASE),
        "own": re.compile(rf"\b(?:{count['own']})\b", re.IGNORECASE),
        "total": re.compile(count["total"], re.IGNORECASE),
        "asks": re.compile(rf"(?:{count['asks']})\b.{{0,60}}\b(?:{nouns})\b", re.IGNORECASE),
    }


def _supposed(sentence: str, start: int) -> bool:
    """Tell whether a number is a condition ("if more than 500 people are affected")."""
    return _pattern("hedges", "condition").search(_clause_before(sentence, start)) is not None


def _counts_in(sentence: str, label: str) -> list[Number]:
    words = _count_words()
    asked = words["asks"].search(label) is not None
    found = [x for x in counts(sentence) if not _supposed(sentence, x.start)]
    if not found and asked:
        bare = bare_count(sentence)
        found = [bare] if bare is not None else []
    text = f"{label}\n{sentence}" if asked else sentence
    total = words["total"].search(text) is not None
    # "Number of staff" asks how large the organisation is, unless it says of whom.
    asks = asked and not words["own"].search(label)
    here = asks or words["affected"].search(sentence) is not None
    under = words["affected"].search(label) is not None
    return [
        Number(
            count,
            here or (under and count.start <= _VALUE),
            total,
            sentence[count.end : count.end + _AFTER],
        )
        for count in found
    ]
