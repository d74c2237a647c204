"""The matters that are timed, and the rules without law for the engines alone."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from random import Random

from regengine import Incident, load_incident
from regengine.assess import matter_of
from regengine.corpus import Corpus
from regengine.duties import Unit, verdicts
from regengine.facts import Group
from regengine.inference import Proposition, Rule, Ruleset
from regengine.truth import Range

NOW = datetime(2026, 11, 21, 9, tzinfo=UTC)
HERE = Path(__file__).parent
EXAMPLES = HERE.parent / "examples"
_PER_LEVEL = 100
_FACTS = 60

Evaluation = tuple[Ruleset, tuple[Proposition, ...]]


def typical(corpus: Corpus) -> Incident:
    """Read the typical matter: the Union, Britain, the United States, twelve groups."""
    return load_incident(HERE / "typical.yaml", corpus=corpus)


def laptop(corpus: Corpus) -> Incident:
    """Read the small matter of the examples."""
    return load_incident(EXAMPLES / "lost-laptop.yaml", corpus=corpus)


def world(corpus: Corpus) -> Incident:
    """Put people of one group in every place that has law of its own."""
    return _everywhere(corpus, "")


def united_states(corpus: Corpus) -> Incident:
    """Put people of one group in every state and territory of the United States."""
    return _everywhere(corpus, "US-")


def _everywhere(corpus: Corpus, prefix: str) -> Incident:
    base = typical(corpus)
    lawful = sorted(corpus.places_with_law & corpus.places.listed.keys())
    places = [place for place in lawful if place.startswith(prefix)]
    data = ("name", "email", "dob", "ssn", "national_id", "financial_account", "medical")
    group = Group(
        group="customers",
        people={place: Range.exactly(1200) for place in places},
        data=data,
        encrypted=False,
        redacted=False,
    )
    return base.model_copy(update={"affected": (group,)})


def evaluations(incident: Incident, corpus: Corpus) -> list[Evaluation]:
    """Collect what a matter asks of inference: each unit's rules with the atoms that hold."""
    matter = matter_of(incident, corpus, None, NOW, "chainer", check=False)
    units: dict[int, Unit] = {id(found.unit): found.unit for found in verdicts(matter)}
    return [
        (unit.instrument.ruleset, tuple(sorted(unit.instrument.ruleset.wanted & unit.proved)))
        for unit in units.values()
    ]


def synthetic(cases: int) -> list[Evaluation]:
    """Make 300 rules in three levels over 60 facts that may be true, false or unknown."""
    random = Random(60)  # noqa: S311  # reason: the same rules in every run
    below = [f"fact::{number}" for number in range(_FACTS)]
    rules: list[Rule] = []
    for level in range(3):
        names = [f"level{level}::{number}" for number in range(_PER_LEVEL)]
        for name in names:
            chosen = random.sample(below, random.randint(2, 3))
            premises = tuple((each, random.choice("TF")) for each in chosen)
            if level:
                premises = tuple((each, "T") for each, _ in premises)
            rules.append(Rule(f"{name} T", premises, (name, "T")))
        below = [*below, *names] if level else [*below[:20], *names]
    ruleset = Ruleset("synthetic", tuple(rules))
    return [(ruleset, _atoms(random)) for _ in range(cases)]


def _atoms(random: Random) -> tuple[Proposition, ...]:
    drawn = ((f"fact::{number}", random.choice("TTFFU")) for number in range(_FACTS))
    return tuple(sorted(item for item in drawn if item[1] != "U"))
