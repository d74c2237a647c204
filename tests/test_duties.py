from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from regengine.assess import assess, matter_of
from regengine.assessment import Assessment
from regengine.corpus import Corpus
from regengine.duties import Verdict, verdicts
from regengine.errors import LawError
from regengine.facts import Incident
from regengine.intake import read_incident
from regengine.law import Each
from regengine.selection import places_in_play, selected
from regengine.truth import Truth

T, F, U = Truth.TRUE, Truth.FALSE, Truth.UNKNOWN
ROOT = Path(__file__).parents[1]
HEAD = """
place = "{place}"
title = "Xland"
law = "Xland Act"
{extra}
"""
DUTY = """
[[obligation]]
id = "{id}"
title = "Tell"
to = {{ kind = "regulator" }}
{terms}
sources = ["https://law.example/"]
verified = 2026-11-23
confidence = "high"
{versions}
"""
VERSION = """
[[obligation.version]]
from = {first}
cite = "s 1"
due = {{ within = "3 days", starts = "discovered" }}
{more}
"""
NOW = datetime(2026, 11, 23, tzinfo=UTC)


def duty(name: str, terms: str = "", *versions: str) -> str:
    made = versions or (version("2020-01-01"),)
    return DUTY.format(id=name, terms=terms, versions="".join(made))


def version(first: str, more: str = "") -> str:
    return VERSION.format(first=first, more=more)


def law(folder: Path, *duties: str, place: str = "SG", extra: str = "") -> Corpus:
    """Write one law file and open it as a corpus."""
    rules, places = folder / "rules", folder / "jurisdictions"
    rules.mkdir(exist_ok=True)
    places.mkdir(exist_ok=True)
    text = HEAD.format(place=place, extra=extra) + "".join(duties)
    (rules / f"{place.lower()}.toml").write_text(text, encoding="utf-8")
    for name in ("places.toml", "aliases.toml"):
        copied = (ROOT / "jurisdictions" / name).read_text(encoding="utf-8")
        (places / name).write_text(copied, encoding="utf-8")
    return Corpus.open(folder)


def incident(corpus: Corpus, **facts: Any) -> Incident:
    base: dict[str, Any] = {
        "schema": "regengine.incident/1",
        "reference": "R",
        "organisation": {"country": "SG", "role": "controller"},
        "timeline": {"discovered": "2026-11-02"},
    }
    for key, value in facts.items():
        held = base.get(key)
        base[key] = {**held, **value} if isinstance(held, dict) else value
    return read_incident(base, corpus.vocabulary)


def verdict_of(
    corpus: Corpus, name: str, as_of: date | None = None, now: datetime | None = NOW, **facts: Any
) -> Verdict:
    matter = matter_of(incident(corpus, **facts), corpus, as_of, now, "chainer", everything=True)
    return next(each for each in verdicts(matter) if each.obligation.id == name)


def assessed(corpus: Corpus, **facts: Any) -> Assessment:
    return assess(incident(corpus, **facts), now=NOW, corpus=corpus, everything=True)


# -- versions -------------------------------------------------------------------------------

TWO = (
    version("2020-01-01", "until = 2025-12-31"),
    version("2026-01-01", "until = 2026-06-30"),
)


@pytest.mark.parametrize(
    ("discovered", "first", "in_force"),
    [
        ("2019-12-31", "2020-01-01", False),
        ("2020-01-01", "2020-01-01", True),
        ("2025-12-31", "2020-01-01", True),
        ("2026-01-01", "2026-01-01", True),
        ("2026-06-30", "2026-01-01", True),
        ("2026-07-01", "2026-01-01", False),
    ],
)
def test_the_version_in_force_on_the_day_of_the_event_applies(
    tmp_path: Path, discovered: str, first: str, *, in_force: bool
) -> None:
    corpus = law(tmp_path, duty("sg-office", "", *TWO))
    found = verdict_of(corpus, "sg-office", timeline={"discovered": discovered})
    assert (found.edition.label, found.in_force) == (first, in_force)
    assert found.truth is (T if in_force else F)


def test_the_day_given_by_the_user_overrides_the_event(tmp_path: Path) -> None:
    corpus = law(tmp_path, duty("sg-office", "", *TWO))
    found = verdict_of(corpus, "sg-office", as_of=date(2021, 5, 1))
    assert found.edition.label == "2020-01-01"


def test_another_event_may_choose_the_version(tmp_path: Path) -> None:
    corpus = law(tmp_path, duty("sg-office", 'applies_by = "occurred_from"', *TWO))
    times = {"occurred_from": "2025-03-01", "discovered": "2026-03-01"}
    assert verdict_of(corpus, "sg-office", timeline=times).edition.label == "2020-01-01"


THEN_NONE = 'when = ["incident.lost"]\ntransition = "both"'
THEN_ALL = 'when = ["incident.accessed"]\ntransition = "both"'


@pytest.mark.parametrize(
    ("lost", "accessed", "truth"),
    [(True, False, T), (False, True, U), (False, None, U), (False, False, F), (True, True, T)],
)
def test_where_no_clause_says_which_version_binds_neither_frees_alone(
    tmp_path: Path, lost: bool | None, accessed: bool | None, truth: Truth
) -> None:
    versions = (version("2020-01-01", THEN_NONE), version("2026-11-10", THEN_ALL))
    corpus = law(tmp_path, duty("sg-office", "", *versions))
    found = verdict_of(corpus, "sg-office", incident={"lost": lost, "accessed": accessed})
    assert found.edition.label == "2020-01-01"
    assert found.also is not None
    assert found.truth is truth


# -- law in doubt -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "truth", "second"),
    [
        ("in_force", T, F),
        ("in_force_start_unknown", T, F),
        ("adopted_maybe_not_effective", U, T),
        ("proposed", F, T),
        ("pending", F, T),
        ("not_transposed", F, T),
        ("no_duty", F, T),
    ],
)
def test_only_law_that_binds_requires_and_displaces(
    tmp_path: Path, status: str, truth: Truth, second: Truth
) -> None:
    first = duty("sg-first", f'status = "{status}"')
    unless = (
        'unless = [ { if = "owed(sg-first)", burden = "claimant", cite = "s 2", '
        'instead = ["sg-first"] } ]'
    )
    corpus = law(tmp_path, first, duty("sg-second", unless))
    assert verdict_of(corpus, "sg-first").truth is truth
    assert verdict_of(corpus, "sg-second").truth is second


def test_a_duty_of_an_unverified_rule_is_at_most_possible(tmp_path: Path) -> None:
    corpus = law(tmp_path, duty("sg-office-unverified"))
    assert verdict_of(corpus, "sg-office-unverified").truth is U


# -- duties that hang on each other -----------------------------------------------------------

OPEN_TEST = 'unless = [ { if = "incident.recovered", cite = "s 3" } ]'
CLAIM = 'unless = [ { if = "incident.recovered", burden = "claimant", cite = "s 3" } ]'


@pytest.mark.parametrize(
    ("terms", "recovered", "first", "copy"),
    [
        (OPEN_TEST, True, F, F),
        (OPEN_TEST, False, T, T),
        (OPEN_TEST, None, U, U),
        (CLAIM, None, T, T),
    ],
)
def test_a_copy_follows_the_notice_that_it_copies(
    tmp_path: Path, terms: str, recovered: bool | None, first: Truth, copy: Truth
) -> None:
    corpus = law(tmp_path, duty("sg-first", terms), duty("sg-copy", 'when = ["owed(sg-first)"]'))
    facts = {"incident": {"recovered": recovered}}
    assert verdict_of(corpus, "sg-first", **facts).truth is first
    assert verdict_of(corpus, "sg-copy", **facts).truth is copy


def test_a_copy_tells_the_presumption_on_which_the_notice_rests(tmp_path: Path) -> None:
    corpus = law(tmp_path, duty("sg-first", CLAIM), duty("sg-copy", 'when = ["owed(sg-first)"]'))
    found = assessed(corpus).result("sg-copy@SG")
    assert [item.fact for item in found.presumed] == ["incident.recovered"]


def test_a_duty_that_gives_way_to_a_presumed_one_tells_that_presumption(tmp_path: Path) -> None:
    unless = 'unless = [ { if = "owed(sg-first)", cite = "s 2", instead = ["sg-first"] } ]'
    corpus = law(tmp_path, duty("sg-first", CLAIM), duty("sg-second", unless))
    found = assessed(corpus).result("sg-second@SG")
    assert (found.status, found.instead) == ("not_required", ("sg-first@SG",))
    assert [item.fact for item in found.presumed] == ["incident.recovered"]


def test_a_claim_that_has_failed_is_not_told_as_presumed(tmp_path: Path) -> None:
    corpus = law(tmp_path, duty("sg-first", CLAIM))
    found = assessed(corpus, incident={"recovered": False}).result("sg-first@SG")
    assert (found.status, found.presumed) == ("required", ())


def test_a_claim_is_not_told_where_another_ground_requires_the_duty(tmp_path: Path) -> None:
    grounds = (
        'grounds = [ { name = "copy", if = "owed(sg-first)", cite = "s 4" }, '
        '{ name = "own", if = "incident.lost", cite = "s 5" } ]'
    )
    corpus = law(tmp_path, duty("sg-first", CLAIM), duty("sg-second", grounds))
    told = assessed(corpus, incident={"lost": True}).result("sg-second@SG")
    assert (told.status, told.presumed) == ("required", ())
    hanging = assessed(corpus, incident={"lost": False}).result("sg-second@SG")
    assert [item.fact for item in hanging.presumed] == ["incident.recovered"]


def test_files_that_depend_on_each_other_in_a_circle_are_told(tmp_path: Path) -> None:
    law(tmp_path, duty("sg-first", 'when = ["owed(my-first)"]'))
    corpus = law(tmp_path, duty("my-first", 'when = ["owed(sg-first)"]'), place="MY")
    with pytest.raises(LawError, match="depend on each other"):
        verdict_of(corpus, "sg-first", organisation={"operates_in": ["MY"]})


@pytest.mark.parametrize(
    "text", ["owed(my-first | ph-second)", "us.elsewhere", "(us.elsewhere and us.elsewhere)"]
)
def test_each_duty_of_other_files_that_is_asked_for_is_decided_before(
    tmp_path: Path, text: str
) -> None:
    law(tmp_path, duty("my-first", "when = []"), place="MY")
    law(tmp_path, duty("ph-second", "when = []"), place="PH")
    shared = (
        '[[condition]]\nname = "us.elsewhere"\nif = "us.other"\ncite = "s 1"\n'
        '[[condition]]\nname = "us.other"\nif = "owed(my-first | ph-second)"\ncite = "s 1"\n'
    )
    law(tmp_path, shared, duty("th-third", "when = []"), place="TH")
    corpus = law(tmp_path, duty("sg-first", f'when = ["{text}"]'))
    assert corpus.files_before("sg") == ["my", "ph"]


# -- places -----------------------------------------------------------------------------------


def _matter(corpus: Corpus, **facts: Any) -> Any:
    return matter_of(incident(corpus, **facts), corpus, None, NOW, "chainer")


@pytest.mark.parametrize(
    ("facts", "inside", "outside"),
    [
        ({"organisation": {"country": "IE"}}, {"IE", "EU", "EEA"}, {"SG"}),
        ({"organisation": {"country": "IE", "operates_in": ["US-CA"]}}, {"US-CA", "US"}, {"US-TX"}),
        ({"organisation": {"country": "SG", "establishments": ["RE"]}}, {"RE", "FR", "EU"}, {"IE"}),
        ({"affected": [{"group": "g", "people": {"DE-BY": 5}}]}, {"DE-BY", "DE", "EEA"}, {"IE"}),
        ({"affected": [{"group": "g", "people": {"DE": 0}}]}, {"SG"}, {"DE"}),
        ({"affected": [{"group": "g", "people": {"DE": "unknown"}}]}, {"DE"}, {"FR"}),
        ({"affected": [{"group": "g", "people": {"unknown": 5}}]}, {"SG"}, {"DE", "unknown"}),
    ],
)
def test_the_places_that_the_facts_name_are_in_play_with_what_they_lie_in(
    tmp_path: Path, facts: Mapping[str, Any], inside: set[str], outside: set[str]
) -> None:
    found = places_in_play(_matter(law(tmp_path, duty("sg-office")), **facts))
    assert inside <= found
    assert not outside & found


HOME = {"country": "US", "establishments": ["DE-BY", "DE-BE", "IE", "RE"]}
PEOPLE = [{"group": "g", "people": {"NO": 3, "DE-BY": 1, "SG": 9, "FR": 0}}]


@pytest.mark.parametrize(
    ("of", "organisation", "expected"),
    [
        ("establishment", HOME, ["DE", "IE", "FR"]),
        ("affected", HOME, ["DE", "NO"]),
        ("seat", HOME, []),
        ("seat", {"country": "IE"}, ["IE"]),
        ("main_establishment", HOME, []),
        ("main_establishment", {**HOME, "eu_main_establishment": "IE"}, ["IE"]),
        ("main_establishment", {"country": "IE", "establishments": ["IE", "DE"]}, ["IE"]),
        ("main_establishment", {"country": "US", "establishments": ["DE"]}, ["DE"]),
        ("market", {**HOME, "operates_in": ["IT"]}, ["DE", "IE", "FR", "IT", "NO"]),
    ],
)
def test_one_result_for_each_place_that_the_facts_select(
    tmp_path: Path, of: str, organisation: dict[str, Any], expected: list[str]
) -> None:
    matter = _matter(law(tmp_path, duty("sg-office")), organisation=organisation, affected=PEOPLE)
    each = Each.model_validate({"in": "EEA", "of": of})
    assert selected(each, matter) == expected


def test_a_duty_for_each_place_is_not_lost_where_no_place_is_known(tmp_path: Path) -> None:
    terms = 'each = { in = "EEA", of = "establishment", otherwise = "EU" }'
    corpus = law(tmp_path, duty("eu-office", terms), place="EEA")
    here = {"organisation": {"country": "NO"}}
    assert verdict_of(corpus, "eu-office", **here).place == "NO"
    away = {"affected": [{"group": "g", "people": {"DE": 4}}]}
    assert verdict_of(corpus, "eu-office", **away).place == "EU"


def test_a_local_duty_sees_that_the_lead_elsewhere_is_owed(tmp_path: Path) -> None:
    lead = duty("eu-lead", 'each = { in = "EEA", of = "main_establishment" }')
    terms = (
        'each = { in = "EEA", of = "establishment" }\n'
        'unless = [ { if = "owed(eu-lead)", cite = "s 2", instead = ["eu-lead"] } ]'
    )
    corpus = law(tmp_path, lead, duty("eu-local", terms), place="EEA")
    found = assessed(corpus, organisation={"country": "IE", "establishments": ["IE", "DE"]})
    assert found.result("eu-lead@IE").status == "required"
    for place in ("IE", "DE"):
        local = found.result(f"eu-local@{place}")
        assert (local.status, local.instead) == ("not_required", ("eu-lead@IE",))


# -- several recipients ------------------------------------------------------------------------

BOTH = 'to = [{ kind = "regulator" }, { kind = "individuals", suffix = "people" }]'


def told(corpus: Corpus, **filing: str) -> list[bool]:
    """Tell of each recipient whether a filing is on record."""
    filed = {"obligation": "sg-both", "at": "2026-11-03", **filing}
    people = [{"group": "g", "people": {"SG": 4}}]
    return [bool(r.filed) for r in assessed(corpus, filings=[filed], affected=people).obligations]


def test_a_filing_to_one_recipient_is_none_to_the_other(tmp_path: Path) -> None:
    terms = duty("sg-both").replace('to = { kind = "regulator" }', BOTH)
    corpus = law(tmp_path, terms)
    assert told(corpus) == [True, False]
    assert told(corpus, recipient="regulator") == [True, False]
    assert told(corpus, recipient="people") == [False, True]
    assert told(corpus, obligation="sg-both@SG~people") == [False, True]


def test_where_receipt_counts_sending_in_time_settles_nothing(tmp_path: Path) -> None:
    text = duty("sg-office").replace(
        'starts = "discovered"', 'starts = "discovered", met = "received"'
    )
    corpus = law(tmp_path, text)

    def timely(how: str, at: str) -> bool | None:
        filed = [{"obligation": "sg-office", "at": at, "how": how}]
        return assessed(corpus, filings=filed).obligations[0].filed[0].on_time

    assert timely("sent", "2026-11-03") is None
    assert timely("received", "2026-11-03") is True
    assert timely("sent", "2026-11-20") is False


# -- the same answer, whatever the order -------------------------------------------------------


def test_the_order_of_groups_and_places_does_not_change_the_answers() -> None:
    groups = [
        {"group": "a", "people": {"US-CA": 400, "IE": 3}, "data": ["name", "ssn"]},
        {"group": "b", "people": {"US-TX": 90, "unknown": 5}, "data": ["email"]},
    ]
    turned = [
        {**group, "people": dict(reversed(list(group["people"].items())))}  # type: ignore[attr-defined]
        for group in reversed(groups)
    ]
    corpus = Corpus.open()
    found = [
        {result.key: result.status for result in assessed(corpus, affected=each).obligations}
        for each in (groups, turned)
    ]
    assert found[0] == found[1]


def test_what_is_asked_besides_the_notice_is_decided_like_the_notice(tmp_path: Path) -> None:
    """Monitoring is owed where its limit is met, perhaps while open, and else not told."""
    extras = """extras = [
      { kind = "credit_monitoring", months = 18, if = "data any [ssn]", say = "monitoring", cite = "s 3" },
      { kind = "copies", copies = 2, say = "two copies", cite = "s 4" },
    ]"""
    corpus = law(tmp_path, duty("sg-x", f'when = ["incident.acquired"]\n{extras}'))

    def asked(data: list[str] | str, acquired: bool | str = True) -> list[tuple[str, str]]:
        facts: dict[str, Any] = {"affected": [{"group": "g", "people": {"SG": 1}, "data": data}]}
        given = incident(corpus, incident={"acquired": acquired}, **facts)
        return [
            (e.kind, e.status)
            for e in assess(given, now=NOW, corpus=corpus).result("sg-x@SG").extras
        ]

    assert asked(["ssn"]) == [("credit_monitoring", "required"), ("copies", "required")]
    assert asked("unknown") == [("credit_monitoring", "possible"), ("copies", "required")]
    assert asked(["name"]) == [("copies", "required")]
    assert asked(["ssn"], "unknown") == [("credit_monitoring", "possible"), ("copies", "possible")]
    assert asked(["ssn"], False) == []


def test_a_text_that_was_not_read_is_said_so(tmp_path: Path) -> None:
    """A version without a reading of its own takes the obligation's; one that has its own keeps it."""
    unread = 'unread = "a law firm\'s survey"'
    corpus = law(
        tmp_path,
        duty("sg-x", "", version("2020-01-01", unread)),
        duty("sg-y").replace("sg-x", "sg-y"),
    )
    found = assess(incident(corpus), now=NOW, corpus=corpus)
    assert found.result("sg-x@SG").verified is None
    assert found.result("sg-x@SG").unread == "a law firm's survey"
    assert (found.result("sg-y@SG").verified, found.result("sg-y@SG").unread) == (
        date(2026, 11, 23),
        None,
    )


# -- statuses that gate ---------------------------------------------------------------------

GATED = 'when = ["regime sg.bank"]\ntransition = "both"'
UNGATED = 'when = ["incident.accessed"]\ntransition = "both"'
BANK = '[regime."sg.bank"]\nquestion = "Is it a bank?"\nsectors = ["bank"]\n'


def test_a_newer_version_that_runs_besides_is_not_lost_behind_the_gate_of_the_older(
    tmp_path: Path,
) -> None:
    versions = (version("2020-01-01", GATED), version("2026-11-10", UNGATED))
    corpus = law(tmp_path, duty("sg-office", "", *versions), extra=BANK)
    facts = incident(corpus, organisation={"regimes": []}, incident={"accessed": True})
    found = assess(facts, now=NOW, corpus=corpus)
    assert [(item.key, item.status) for item in found.obligations] == [("sg-office@SG", "possible")]


@pytest.mark.parametrize("text", ["notified(ph-second) >= 1", "owed (ph-second)"])
def test_a_duty_of_another_file_is_decided_before_however_it_is_asked_for(
    tmp_path: Path, text: str
) -> None:
    law(tmp_path, duty("ph-second", "when = []"), place="PH")
    corpus = law(tmp_path, duty("my-first", f'when = ["{text}"]'), place="MY")
    assert corpus.files_before("my") == ["ph"]


def test_a_duty_that_a_places_own_terms_ask_for_is_decided_before(tmp_path: Path) -> None:
    law(tmp_path, duty("ph-second", "when = []"), place="PH")
    law(tmp_path, duty("sg-base"))
    overlay = (
        '[[overlay]]\nof = "sg-base"\nfrom = 2020-01-01\nwhen = ["owed(ph-second)"]\n'
        'cite = "s 1"\nsources = ["https://law.example/"]\nverified = 2026-11-23\n'
        'confidence = "high"\n'
    )
    corpus = law(tmp_path, overlay, place="MY")
    assert corpus.files_before("sg") == ["ph"]


def test_a_copy_follows_a_notice_that_a_newer_version_may_require(tmp_path: Path) -> None:
    versions = (version("2020-01-01", THEN_NONE), version("2026-11-10", THEN_ALL))
    first = duty("sg-first", "", *versions)
    corpus = law(tmp_path, first, duty("sg-copy", 'when = ["owed(sg-first)"]'))
    facts = {"incident": {"lost": False, "accessed": True}}
    assert verdict_of(corpus, "sg-first", **facts).truth is U
    assert verdict_of(corpus, "sg-copy", **facts).truth is U


@pytest.mark.parametrize("lost", [True, False, None])
@pytest.mark.parametrize("accessed", [True, False, None])
@pytest.mark.parametrize("day", ["2026-11-02", "2026-11-12"])
def test_a_copy_is_owed_as_surely_as_the_notice_whichever_version_binds(
    tmp_path: Path, lost: bool | None, accessed: bool | None, day: str
) -> None:
    versions = (version("2020-01-01", THEN_NONE), version("2026-11-10", THEN_ALL))
    first = duty("sg-first", "", *versions)
    corpus = law(tmp_path, first, duty("sg-copy", 'when = ["owed(sg-first)"]'))
    known = {"lost": lost, "accessed": accessed}
    facts = {"incident": known, "timeline": {"discovered": day}}
    copied = verdict_of(corpus, "sg-copy", **facts)
    assert copied.truth is verdict_of(corpus, "sg-first", **facts).truth
    assert assessed(corpus, **facts).result("sg-copy@SG").status
