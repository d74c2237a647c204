"""What an answer under unknown facts is worth: it holds however the facts turn out.

Every incident here is made at random and then completed at random. The seeds are fixed, so
that a failure repeats; other seeds may be tried by hand.
"""

from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime
from random import Random

import pytest
from incidents import Generator

from regengine.assess import matter_of, open_corpus
from regengine.duties import Verdict, verdicts
from regengine.explain import open_facts, presumed
from regengine.facts import Incident
from regengine.truth import Truth

T, F, U = Truth.TRUE, Truth.FALSE, Truth.UNKNOWN
NOW = datetime(2026, 11, 23, tzinfo=UTC)
Answers = dict[str, Verdict]
# What incidents here leave open, or cannot settle: law in doubt, places only by country.
_UNSETTLED = (
    "law.",
    "organisation.country",
    "organisation.establishments",
    "organisation.operates_in",
    "timeline.",
)


@pytest.fixture(scope="module")
def generator() -> Generator:
    return Generator(open_corpus())


def answers(incident: Incident) -> Answers:
    matter = matter_of(incident, open_corpus(), None, NOW, "chainer", check=False, everything=True)
    found = {}
    for verdict in verdicts(matter):
        stage = f"/{verdict.stage.name}" if verdict.stage else ""
        found[f"{verdict.obligation.id}@{verdict.place}{stage}"] = verdict
    return found


def settles(generator: Generator, slot: str, fact: str) -> bool:
    """Tell whether learning one fact says something of another, as results name them."""
    if slot == fact or slot.startswith(f"{fact}.") or fact.startswith(f"{slot}."):
        return True
    if fact == "affected":
        return slot.startswith("affected")
    group = fact.partition(".people")[0]
    if ".people" in fact and slot.startswith(f"{group}.people"):
        return True
    regimes = "organisation.regimes."
    if slot.startswith(regimes) and fact.startswith(regimes):
        return fact.removeprefix(regimes) in generator.implied((slot.removeprefix(regimes),))
    declared = generator.corpus.judgements.get(fact.removeprefix("judgements."))
    return declared is not None and slot.removeprefix("judgements.") in declared.falls_back


def _holds(
    generator: Generator, incident: Incident, key: str, before: Verdict, seeds: Iterable[int]
) -> bool:
    """Try completions that leave alone what the answer lists as presumed."""
    facts = [item.fact for item in presumed(before)]

    def keep(slot: str) -> bool:
        return any(settles(generator, slot, fact) for fact in facts)

    for seed in seeds:
        after = answers(generator.completion(incident, Random(seed), keep)).get(key)  # noqa: S311  # reason: repeatable
        if after is not None and after.truth is not before.truth:
            return False
    return True


@pytest.mark.parametrize("seed", range(40))
def test_an_answer_holds_however_the_unknown_facts_turn_out(
    generator: Generator, seed: int
) -> None:
    random = Random(seed)  # noqa: S311  # reason: repeatable
    incident = generator.incident(random)
    before = answers(incident)
    wrong = []
    for trial in range(2):
        after = answers(generator.completion(incident, random))
        for key, verdict in before.items():
            later = after.get(key)
            if verdict.truth is U or later is None or later.truth is verdict.truth:
                continue
            seeds = range(seed * 100 + trial * 10, seed * 100 + trial * 10 + 3)
            if not (presumed(verdict) and _holds(generator, incident, key, verdict, seeds)):
                wrong.append(f"{key}: {verdict.truth} became {later.truth}")
    assert wrong == []


@pytest.mark.parametrize("seed", range(100, 112))
def test_one_more_fact_never_takes_a_duty_away_unless_its_absence_was_presumed(
    generator: Generator, seed: int
) -> None:
    random = Random(seed)  # noqa: S311  # reason: repeatable
    incident = generator.incident(random)
    before = answers(incident)
    for _ in range(8):
        open_ = generator.slots(incident)
        if not open_:
            break
        slot = random.choice(open_)
        incident = slot.settle(random)
        after = answers(incident)
        for key, verdict in before.items():
            later = after.get(key)
            if later is None or verdict.truth is U or later.truth is verdict.truth:
                continue
            listed = [item.fact for item in presumed(verdict)]
            told = any(settles(generator, slot.path, fact) for fact in listed)
            assert told, f"{slot.path} made {key} {later.truth}; presumed: {listed}"
        before = after


@pytest.mark.parametrize("seed", range(200, 212))
def test_nothing_but_doubtful_law_stays_open_once_all_is_known(
    generator: Generator, seed: int
) -> None:
    random = Random(seed)  # noqa: S311  # reason: repeatable
    full = generator.completion(generator.incident(random), random)
    for key, verdict in answers(full).items():
        facts = [item.fact for item in open_facts(verdict)]
        assert all(fact.startswith(_UNSETTLED) for fact in facts), f"{key} is open on {facts}"


def _follow(generator: Generator, incident: Incident, key: str, random: Random) -> str:
    """Learn what the result says is open until it is settled, and say how."""
    place = key.partition("@")[2].partition("/")[0]
    for _ in range(60):
        verdict = answers(incident).get(key)
        if verdict is None:
            return "out of play"
        if verdict.truth is not U:
            return verdict.truth.name
        facts = [item.fact for item in open_facts(verdict)]
        assert facts, f"{key} is possible, and nothing is open"
        slots = [
            slot
            for slot in generator.slots(incident, (place,))
            if any(settles(generator, slot.path, fact) for fact in facts)
        ]
        if not slots:
            assert all(fact.startswith(_UNSETTLED) for fact in facts), f"{key}: {facts}"
            return "unsettled"
        incident = random.choice(slots).settle(random)
    return "long"


@pytest.mark.parametrize("seed", range(300, 312))
def test_the_open_facts_of_a_possible_duty_settle_it(generator: Generator, seed: int) -> None:
    random = Random(seed)  # noqa: S311  # reason: repeatable
    incident = generator.incident(random)
    possible = [key for key, verdict in answers(incident).items() if verdict.truth is U]
    for key in random.sample(possible, min(4, len(possible))):
        assert _follow(generator, incident, key, random) != "long", key


@pytest.mark.parametrize(
    ("key", "facts"),
    [
        ("us-ca-residents@US-CA", {}),
        ("us-tx-residents@US-TX", {}),
        ("us-tx-ag@US-TX", {}),
        ("sg-pdpc@SG", {}),
        ("br-anpd@BR/initial", {}),
    ],
)
def test_a_possible_duty_can_still_turn_out_either_way(
    generator: Generator, key: str, facts: dict[str, object]
) -> None:
    place = key.partition("@")[2].partition("/")[0]
    blank = Incident.model_validate(
        {
            "reference": "R",
            "organisation": {"country": place, "zone": "UTC"},
            "affected": [{"group": "g", "people": {place: {"at_least": 0}}}],
            "timeline": {"discovered": [{"at": {"day": "2026-11-02", "precision": "day"}}]},
            **facts,
        }
    )
    assert answers(blank)[key].truth is U
    found: Counter[str] = Counter()
    random = Random(key)  # noqa: S311  # reason: repeatable
    for _ in range(60):
        found[_follow(generator, blank, key, random)] += 1
        if found["TRUE"] and found["FALSE"] + found["out of play"]:
            return
    pytest.fail(f"{key} only turned out {dict(found)}")
