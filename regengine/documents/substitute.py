"""Notice in place of letters: a posting, an e-mail and a press notice, by each law's terms.

The texts are those of the letters, to nobody in particular. Which ways a law wants, and for
how long, stands in outputs/letter/substitute.toml.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from fnmatch import fnmatchcase
from functools import cache
from typing import Literal

from pydantic import BaseModel, ConfigDict

from regengine.assessment import Assessment, Result
from regengine.documents.correspondence import Letter, letter
from regengine.documents.outputs import table
from regengine.documents.templates import BlockShape, TemplateShape, template_at
from regengine.documents.translation import place_words
from regengine.documents.variant_papers import names_of
from regengine.documents.variants import Variant, variants
from regengine.documents.wording import joined
from regengine.facts import Incident

Way = Literal["website", "email", "media", "social", "regulator", "public"]
_PAPERS: dict[str, tuple[Way, ...]] = {
    "website": ("website", "public"),
    "email": ("email",),
    "press": ("media", "public"),
}


class Terms(BaseModel):
    """How one law lets people be told without letters.

    ``days`` is the shortest time of a posting. ``choose``: the ways are alternatives.
    Without ``citation`` the duty's own stands.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    ids: tuple[str, ...]
    ways: tuple[Way, ...]
    choose: Literal["all", "either", "any_two"] = "all"
    days: int | None = None
    toll_free: bool = False
    citation: str | None = None


@cache
def _laws() -> tuple[Terms, ...]:
    return tuple(Terms.model_validate(row) for row in table("letter/substitute.toml")["law"])


def terms_of(result: Result) -> Terms | None:
    """Find the terms of a duty's substitute notice; ``None`` where its law knows none."""
    for row in _laws():
        if any(fnmatchcase(result.id, pattern) for pattern in row.ids):
            return row if row.ways else None
    return None


def substitute_notices(
    incident: Incident, assessment: Assessment, results: Iterable[Result], *, prepared: bool = True
) -> list[Letter]:
    """Write the substitute notices to people: for the website, by e-mail, for the press.

    None where addresses are on record as complete and counsel does not go that way for
    another reason. Where that is not known yet, they are marked as prepared, or left out
    without ``prepared``. Raise what
    ``letters`` raises.
    """
    if not _wanted(incident, prepared=prepared):
        return []
    served = [x for x in results if x.recipient.kind == "individuals" and terms_of(x)]
    found: list[Letter] = []
    for paper, ways in _PAPERS.items():
        chosen = [x for x in served if set(ways) & set(_terms(x).ways)]
        parts = variants(incident, assessment, chosen, to_everyone=True)
        names = names_of(parts, assessment, f"substitute-{paper}")
        found += [
            _notice(incident, assessment, _addressed(variant, paper), name, paper)
            for variant, name in zip(parts, names, strict=True)
        ]
    return found


def _wanted(incident: Incident, *, prepared: bool) -> bool:
    judged = incident.judgements.get("us.substitute_notice")
    chosen = judged is not None and judged.value == "true"
    missing = incident.incident.contact_data_missing
    return chosen or (missing is not False if prepared else missing is True)


def _terms(result: Result) -> Terms:
    found = terms_of(result)
    if found is None:  # pragma: no cover  # reason: only results with terms come here
        message = f"no terms of substitute notice for {result.id}"
        raise LookupError(message)
    return found


def _addressed(variant: Variant, paper: str) -> Variant:
    """Drop what holds only of a paper that everybody can read."""
    return replace(variant, conflicts=()) if paper == "email" else variant


def _notice(
    incident: Incident, assessment: Assessment, variant: Variant, name: str, paper: str
) -> Letter:
    results = [assessment.result(key) for key in variant.results]
    shape = _shape(template_at(variant.template), paper, results)
    marks = list(_marks(incident, results))
    return letter(incident, assessment, variant, name, template=shape, marks=marks)


def _shape(base: TemplateShape, paper: str, results: Sequence[Result]) -> TemplateShape:
    """Turn the letter's template into one for a posting, an e-mail or a press notice."""
    days = max((_terms(x).days or 0 for x in results), default=0)
    intro = list(_intro(paper, results, days))
    update: dict[str, object] = {"intro": "\n".join(intro)}
    if paper == "press":
        update |= {"title": "{{ say('press_title') }}", "closing": _ORGANISATION}
    elif paper == "website":
        update["closing"] = _ORGANISATION
    if any(_terms(x).toll_free for x in results):
        update["section"] = _with_number(base)
    return base.model_copy(update=update)


_ORGANISATION = "{{ fact('organisation.name') or gap('the name of the organisation') }}"


def _intro(paper: str, results: Sequence[Result], days: int) -> Iterator[str]:
    if paper == "website":
        yield "{{ say('website_intro', people=group_labels | join('; ') or gap('the people concerned')) }}"
        yield "{{ say('website_learn') }}"
        if days:
            yield f"{{{{ say('website_until', days={days}) }}}}"
    elif paper == "email":
        yield "{{ say('dear') }}"
        yield "{{ say('email_intro') }}"
    else:
        codes = list(dict.fromkeys(x.jurisdiction for x in results))
        yield f"{{{{ say('press_intro', places=places_named({codes!r})) }}}}"
        yield "{{ say('press_begin', organisation=fact('organisation.name') or gap('the name of the organisation')) }}"
        yield "{{ say('press_learn', contact=fill('contact')) }}"


def _with_number(base: TemplateShape) -> tuple[object, ...]:
    """Ask for a toll-free number in the last section."""
    number = BlockShape(
        text="{{ say('toll_free', number=toll_free() or gap('a toll-free number')) }}",
        answers="toll-free number",
    )
    last = base.section[-1]
    kept = tuple(x for x in last.block if "toll_free()" not in (x.text or ""))
    return (*base.section[:-1], last.model_copy(update={"block": (*kept, number)}))


def _marks(incident: Incident, results: Sequence[Result]) -> Iterator[str]:
    """Tell counsel what each law wants of a notice without letters."""
    words = table("letter/variants.toml")["mark"]
    if incident.incident.contact_data_missing is None:
        yield words["prepared"]
    lines: dict[str, list[str]] = {}
    for result in results:
        terms = _terms(result)
        place = place_words(result.jurisdiction)
        own = terms.citation or result.citation
        lines.setdefault(_ways(terms), []).append(f"{place} ({own})")
    for ways, places in lines.items():
        yield words["terms"].format(places=joined(places), ways=ways)


def _ways(terms: Terms) -> str:
    words = table("letter/variants.toml")["channel"]
    named = [
        words["website_days"].format(days=terms.days)
        if way == "website" and terms.days
        else words[way]
        for way in terms.ways
    ]
    ways = joined(named)
    if terms.choose != "all":
        ways = words[terms.choose].format(ways=ways)
    if not terms.toll_free:
        return ways
    number = words["toll_free_days"].format(days=terms.days) if terms.days else words["toll_free"]
    return joined((ways, number))
