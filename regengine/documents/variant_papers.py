"""What the letter of one variant says: a body for all its places, and inserts for some."""

from __future__ import annotations

import re
from collections.abc import Sequence

from regengine.assessment import Assessment
from regengine.documents.composing import compose
from regengine.documents.content import Matter
from regengine.documents.merging import merged, with_shared
from regengine.documents.outputs import in_language, table
from regengine.documents.paper import Paper
from regengine.documents.templates import TemplateShape, template_at
from regengine.documents.translation import letter_word, place_words
from regengine.documents.variants import Variant
from regengine.facts import Incident

_NAME = 40  # characters of a group's name in the name of a file


def names_of(found: Sequence[Variant], assessment: Assessment, stem: str = "letter") -> list[str]:
    """Name the files of letters: number, where, for whom, language."""
    names = []
    for number, variant in enumerate(found, 1):
        places = {assessment.result(key).jurisdiction for key in variant.results}
        countries = {place.partition("-")[0] for place in places}
        where = places if len(places) == 1 else countries if len(countries) == 1 else {"several"}
        group = re.sub(r"[^\w.-]+", "_", variant.group or "").strip("._-")[:_NAME]
        tongue = "-".join((variant.language.text, *variant.language.wanted[:2]))
        reader = "" if variant.reader in ("person", "everyone") else variant.reader
        parts = (f"{stem}-{number:02d}", *where, group, tongue, reader)
        names.append("--".join(part for part in parts if part))
    return names


def variant_paper(
    incident: Incident,
    assessment: Assessment,
    variant: Variant,
    template: TemplateShape | None = None,
) -> Paper:
    """Compose the text of one variant: a body for all its places, and inserts for some."""
    shape = template or template_at(variant.template)
    with in_language(variant.language.text):
        papers: dict[str, list[Paper]] = {}
        for matter in matters_of(incident, assessment, variant):
            place = place_words(matter.result.jurisdiction)
            papers.setdefault(place, []).append(compose(shape, matter))
        headings = table("letter/variants.toml")["inserts"]
        key = headings.get(variant.template, headings["other"])
        return merged(papers, letter_word(key, places="{places}"))


def matters_of(incident: Incident, assessment: Assessment, variant: Variant) -> list[Matter]:
    """Bring together what each duty of a variant is composed from, in its order."""
    results = [assessment.result(key) for key in variant.results]
    several = any(len(Matter(incident, result).groups()) > 1 for result in results)
    group = variant.group if several else None
    return [
        Matter(
            incident,
            with_shared(result, results),
            assessment,
            variant.american,
            group=group,
            reader=variant.reader,
        )
        for result in results
    ]
