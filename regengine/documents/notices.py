"""Which notices are written, and what each says.

A duty that was filed already gets a supplement; one that is no longer owed after it was
filed, a withdrawal. Each act is a notice of its own, which says what has changed since the
one before it, where that is at hand. Nothing here lays out a page.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Literal, NamedTuple

from regengine.assessment import Assessment, Readiness, Result, named_results
from regengine.documents.composing import compose
from regengine.documents.content import Matter
from regengine.documents.outputs import phrase
from regengine.documents.paper import Paper
from regengine.documents.records import FilingRecord, base_of, readiness_of
from regengine.documents.templates import american, route, template_at
from regengine.documents.variant_papers import names_of, variant_paper
from regengine.documents.variants import Variant, variants
from regengine.documents.wording import joined
from regengine.errors import Fault, InputError
from regengine.facts import Incident

RUNNING = ("fixed", "soft")
Act = Literal["initial", "supplement", "withdrawal"]
_WITHDRAWAL = "filing/withdrawal"


class Notice(NamedTuple):
    """One notice to be written; ``name`` is that of its files, without their ending.

    A letter to people is of a ``variant``, which may serve several duties; ``result`` is the
    first of them.
    """

    result: Result
    act: Act
    name: str
    variant: Variant | None = None

    @property
    def keys(self) -> tuple[str, ...]:
        """The results that it serves."""
        return self.variant.results if self.variant is not None else (self.result.key,)


def choose(
    assessment: Assessment, only: Collection[str] = (), *, all_: bool = False
) -> list[Result]:
    """Choose the results that are filed, in the order of the assessment.

    Required ones whose clock runs; with ``all_`` also possible and not started ones, and
    those that were filed and are no longer owed. Raise ``InputError`` for a name that the
    assessment does not have, and where nothing that is named can be filed.
    """
    found = [result for name in only for result in named_results(assessment, name)]
    wanted = {result.key for result in found}
    chosen = [
        result
        for result in assessment.obligations
        if _fileable(result, all_=all_) and (not only or result.key in wanted)
    ]
    if only and not chosen:
        states = joined(sorted({f"{x.status}, clock {x.deadline.kind}" for x in found}))
        message = f"nothing to file ({states})" + ("" if all_ else "; --all also writes open ones")
        raise InputError([Fault("--only", ", ".join(only), message)])
    return chosen


def _fileable(result: Result, *, all_: bool) -> bool:
    if result.status == "not_required":
        return all_ and to_withdraw(result)
    if result.deadline.kind == "none":
        return False
    return all_ or (result.status == "required" and result.deadline.kind in RUNNING)


def _went_out(result: Result) -> int:
    return len(result.went_out)


def to_withdraw(result: Result) -> bool:
    """Say whether a notice went out for a duty that is not owed, and still stands."""
    withdrawn = any(filed.how == "withdrawn" for filed in result.filed)
    return result.status == "not_required" and _went_out(result) > 0 and not withdrawn


def act_of(result: Result) -> Act:
    """Say what the next notice is: the first, one that follows, or one that takes it back."""
    if to_withdraw(result):
        return "withdrawal"
    return "supplement" if _went_out(result) else "initial"


def file_name(key: str) -> str:
    """Make a file name of a key; different keys give different names.

    >>> file_name("xx-office@XX/final")
    'xx-office@XX--final'
    """
    return key.replace("/", "--")


def notices(incident: Incident, assessment: Assessment, results: Iterable[Result]) -> list[Notice]:
    """List the notices of results: one each, and the fewest letters that tell all people.

    Letters stand after the filings.
    """
    results = tuple(results)
    found: list[Notice] = []
    for result in results:
        if result.recipient.kind == "individuals" and act_of(result) != "withdrawal":
            continue
        act = act_of(result)
        name = file_name(result.key)
        if act != "initial":
            number = f"-{_went_out(result)}" if act == "supplement" else ""
            name = f"{name}--{act}{number}"
        found.append(Notice(result, act, name))
    owed = [result for result in results if result.status != "not_required"]
    letters = variants(incident, assessment, owed)
    names = names_of(letters, assessment)
    for variant, name in zip(letters, names, strict=True):
        first = assessment.result(variant.results[0])
        found.append(Notice(first, act_of(first), name, variant))
    return found


def folder_of(notice: Notice) -> str:
    """Choose the template: a form that serves to withdraw is used for that, too."""
    folder = route(notice.result)
    if notice.act == "withdrawal" and not template_at(folder).withdraws:
        return _WITHDRAWAL
    return folder


def matter_of(incident: Incident, assessment: Assessment, notice: Notice) -> Matter:
    """Bring together what a notice is written from."""
    return Matter(
        incident,
        notice.result,
        assessment,
        american(notice.result),
        withdrawn=notice.act == "withdrawal",
    )


def paper_of(
    incident: Incident,
    assessment: Assessment,
    notice: Notice,
    before: Mapping[str, FilingRecord] | None = None,
) -> Paper:
    """Compose one notice; ``before`` are the records of the run that it follows."""
    if notice.variant is not None:
        return variant_paper(incident, assessment, notice.variant)
    earlier = (before or {}).get(base_of(notice.result.key))
    told = None
    if earlier is not None and notice.act != "initial":
        told = {field.key: field.lines for field in earlier.fields}
    matter = matter_of(incident, assessment, notice)
    return compose(template_at(folder_of(notice)), matter, told)


def withdrawal_waits(assessment: Assessment) -> str | None:
    """Name the filed duties that are no longer owed; ``None`` where there are none."""
    keys = [result.key for result in assessment.obligations if to_withdraw(result)]
    return phrase("withdrawal_waits", keys=joined(keys)) if keys else None


def with_readiness(incident: Incident, assessment: Assessment) -> Assessment:
    """Say of each duty that would be filed now how much of its notice is known.

    A notice that cannot be composed, for an answer that its form does not take, has none:
    ``file`` tells the fault.
    """
    ready: dict[str, Readiness] = {}
    for notice in notices(incident, assessment, choose(assessment)):
        try:
            found = readiness_of(paper_of(incident, assessment, notice))
        except InputError:
            continue
        for key in notice.keys:
            ready[key] = _worse(ready[key], found) if key in ready else found
    obligations = tuple(
        result.model_copy(update={"readiness": ready[result.key]})
        if result.key in ready
        else result
        for result in assessment.obligations
    )
    return assessment.model_copy(update={"obligations": obligations})


def _worse(one: Readiness, other: Readiness) -> Readiness:
    """Of the letters to several groups of a place, take the one that lacks more."""
    return max(one, other, key=lambda found: len(found.missing))
