"""From incident files to facts and back: good files, bad ones, and anything at all."""

import copy
import json
import re
import subprocess
import sys
import tomllib
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from regengine import facts, layout, leaves, plain
from regengine.errors import InputError
from regengine.facts import Candidate, Incident, JudgementWords, Moment, Vocabulary
from regengine.intake import dump, load_incident, read_incident, schema, warnings
from regengine.places import load
from regengine.timeline import Timeline
from regengine.truth import Range, Truth

# Small, and independent of the law.
WORDS = Vocabulary(
    places=load(),
    regimes=frozenset({"eu.nis2.important", "eu.nis2.essential", "us.sec.registrant"}),
    judgements={
        "eu.gdpr.risk": JudgementWords(("unlikely", "risk", "high")),
        "eu.nis2.significant": JudgementWords(),
        "us.misuse_likely": JudgementWords(),
        "xx.grade": JudgementWords(("1", "2", "3")),
        "xx.known_on": JudgementWords((), "date"),
        "xx.score": JudgementWords((), "number"),
    },
    obligations=frozenset(
        {"eu-nis2-csirt", "uk-gdpr-ico", "us-ca-residents", "us-tx-ag", "us-tx-residents"}
    ),
)
HERE = Path(__file__).parent
GOOD = sorted((HERE / "good").iterdir())
BAD = sorted(
    path for path in (HERE / "bad").iterdir() if path.is_file() and path.suffix != ".expected"
)
EXAMPLES = sorted(
    path for path in (HERE.parent / "examples").rglob("*") if path.suffix in plain.SUFFIXES
)
SCHEMA = Draft202012Validator(schema(WORDS))
OPEN_SCHEMA = Draft202012Validator(schema())
# JSON Schema sees values one by one: not dates that do not exist, ids given twice, places
# that have no entry, or what two fields say together.
SCHEMA_CANNOT_TELL = {"together.yaml"}


def read(**data: Any) -> Incident:
    return read_incident({"reference": "EX-1", **data}, WORDS)


def faults(**data: Any) -> list[str]:
    with pytest.raises(InputError) as caught:
        read(**data)
    return [f"{fault.place}: {fault.message}" for fault in caught.value.faults]


def as_json(data: Any) -> Any:
    """Turn TOML's dates into text, as JSON and YAML hold them."""
    return json.loads(json.dumps(data, default=lambda value: value.isoformat()))


class TestGoodFiles:
    @pytest.mark.parametrize("path", GOOD, ids=lambda path: path.name)
    def test_it_reads_and_its_facts_survive_writing(self, path: Path) -> None:
        incident = load_incident(path, WORDS)
        written = dump(incident)
        assert read_incident(written, WORDS) == incident
        assert read_incident(json.loads(json.dumps(written)), WORDS) == incident

    @pytest.mark.parametrize("path", GOOD, ids=lambda path: path.name)
    def test_the_published_schema_accepts_it_as_read_and_as_written(self, path: Path) -> None:
        for validator in (SCHEMA, OPEN_SCHEMA):
            validator.validate(as_json(plain.read_file(path)))
            validator.validate(dump(load_incident(path, WORDS)))

    @pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.name)
    def test_the_published_schema_accepts_the_examples(self, path: Path) -> None:
        OPEN_SCHEMA.validate(as_json(plain.read_file(path)))

    @pytest.mark.parametrize("stem", ["full", "minimal"])
    def test_all_three_formats_give_the_same_facts(self, stem: str) -> None:
        yaml, toml, js = (
            load_incident(HERE / "good" / f"{stem}.{suffix}", WORDS)
            for suffix in ("yaml", "toml", "json")
        )
        assert yaml == toml == js

    def test_norway_is_a_country_and_aliases_are_folded(self) -> None:
        incident = load_incident(HERE / "good" / "norway.yaml", WORDS)
        assert incident.organisation.country == "NO"
        assert incident.organisation.establishments == ("NO", "GR", "GB")
        assert incident.organisation.operates_in == ("US-PR", "US-GU", "XK", "EU")
        assert incident.affected is not None
        assert list(incident.affected[0].people or {}) == [
            "NO", "GR", "GB", "US-VI", "DE-BY", "EEA",
        ]  # fmt: skip  # reason: one line of codes

    def test_unknown_everywhere_is_the_same_as_nothing_said(self) -> None:
        incident = load_incident(HERE / "good" / "unknowns.yaml", WORDS)
        assert incident.organisation == facts.Organisation(regimes_possible="unknown")
        assert incident.timeline == {}
        assert incident.incident.accessed is None
        assert incident.incident.outage == facts.Outage()
        assert incident.affected is not None
        group, other = incident.affected
        assert group.people == {"IE": Range(), "DE": Range(5), "unknown": Range()}
        assert group.data is None
        assert group.encrypted is None
        assert other.people is None
        assert incident.records is None
        assert incident.judgements == {
            "us.misuse_likely": facts.JudgementGiven(by="Ann Example"),
        }
        assert incident.filings == ()

    def test_every_part_of_the_contracts_example_arrives(self) -> None:
        incident = load_incident(HERE / "good" / "full.yaml", WORDS)
        assert incident.organisation.role == ("controller",)
        assert incident.organisation.employees == Range.exactly(1200)
        assert incident.timeline["aware"] == (
            Candidate(at=Moment(at=datetime(2026, 11, 20, 16, 30, tzinfo=UTC))),
        )
        assert incident.timeline["made_public"][0].at == Moment(
            day=date(2026, 11, 1), precision="month"
        )
        assert incident.timeline["contained"][0].at.precision == "day"
        assert incident.timeline["discovered"][1].laws == ("uk", "us-tx")
        assert incident.affected is not None
        assert incident.affected[0].people == {
            "IE": Range.exactly(5200),
            "DE": Range.exactly(900),
            "US-CA": Range(400, 700),
            "US-TX": Range(),
            "US": Range.exactly(80),
            "unknown": Range.exactly(300),
        }
        assert incident.judgements["eu.gdpr.risk"].value == "high"
        assert incident.judgements["us.misuse_likely"].value == "true"
        assert incident.judgements["eu.nis2.significant"].consulted is not None
        hold = incident.law_enforcement.delays[0]
        assert (hold.granted, hold.until, hold.laws) == (True, None, ("us",))
        assert incident.filings[0].stage == "early_warning"
        assert incident.contracts[0].within == "24 hours"
        assert incident.answers == {"eu-edpb-art33.field_key": "yes it is"}


class TestBadFiles:
    @pytest.mark.parametrize("path", BAD, ids=lambda path: path.name)
    def test_every_fault_is_reported_as_expected(
        self, path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.chdir(path.parent)
        with pytest.raises(InputError) as caught:
            load_incident(Path(path.name), WORDS)
        expected = path.with_name(f"{path.name}.expected").read_text(encoding="utf-8")
        assert f"{caught.value}\n" == expected

    @pytest.mark.parametrize("path", BAD, ids=lambda path: path.name)
    def test_the_schema_refuses_it_too_where_a_schema_can_tell(self, path: Path) -> None:
        try:
            data = as_json(plain.read_file(path))
        except InputError:
            return
        assert SCHEMA.is_valid(data) == (path.name in SCHEMA_CANNOT_TELL)

    def test_a_file_of_the_largest_size_is_read_and_a_larger_one_refused(
        self, tmp_path: Path
    ) -> None:
        path = tmp_path / "case.json"
        start, end = '{"reference": "EX-1"', "}"
        path.write_text(start + " " * (plain.MAX_BYTES - len(start + end)) + end)
        assert load_incident(path, WORDS).reference == "EX-1"
        path.write_text(start + " " * (plain.MAX_BYTES - len(start + end) + 1) + end)
        with pytest.raises(InputError, match=r"case\.json: larger than 2,000,000 bytes"):
            load_incident(path, WORDS)

    @pytest.mark.parametrize(
        ("name", "text"),
        [
            ("a.json", '{"answers": {"a": [' + "1," * plain.MAX_VALUES + "1]}}"),
            ("a.toml", "answers.a = [" + "1," * (3 * plain.MAX_VALUES) + "1]"),
            ("a.yaml", "answers: {a: [" + "1," * plain.MAX_VALUES + "1]}"),
        ],
    )
    def test_too_many_values_are_refused(self, name: str, text: str, tmp_path: Path) -> None:
        path = tmp_path / name
        path.write_text(text)
        with pytest.raises(InputError, match="more than 50,000 values"):
            load_incident(path, WORDS)

    @pytest.mark.parametrize(
        ("suffix", "text"),
        [
            (".json", '"' + '\\"' * 900_000),
            (".json", '{"a": ' + "9" * 1_000_000 + "}"),
            (".toml", '"""\\"' * 400_000),
            (".toml", "'" * 1_000_000),
            (".yaml", "- " * 900_000),
            (".yaml", "[" * 900_000),
        ],
    )
    def test_a_file_made_to_exhaust_the_reader_is_refused_at_once(
        self, suffix: str, text: str
    ) -> None:
        with pytest.raises(InputError) as caught:
            plain.read_text(text, suffix, "case")
        assert len(caught.value.faults) == 1

    def test_what_is_no_file_gets_one_line(self, tmp_path: Path) -> None:
        folder = tmp_path / "folder.yaml"
        folder.mkdir()
        for path, said in (
            (tmp_path / "absent.yaml", "no such file"),
            (folder, "a folder, not a file"),
            (tmp_path / "no_suffix", "unknown kind of file; found none"),
            (tmp_path / ("x" * 300 + ".yaml"), "cannot be read: file name too long"),
            (Path("nul\x00.yaml"), "cannot be read: not a file name"),
        ):
            with pytest.raises(InputError) as caught:
                load_incident(path, WORDS)
            (fault,) = caught.value.faults
            assert fault.message.startswith(said)
            assert fault.file == str(path)

    def test_a_byte_order_mark_is_no_fault(self, tmp_path: Path) -> None:
        path = tmp_path / "case.yaml"
        path.write_bytes(b"\xef\xbb\xbfreference: EX-1\n")
        assert load_incident(path, WORDS).reference == "EX-1"

    def test_more_faults_than_anyone_reads_are_cut_short(self) -> None:
        found = faults(incident={f"field{number}": 1 for number in range(1000)})
        assert len(found) == leaves.MAX_FAULTS + 1
        assert found[-1] == ": the first 300 faults are shown"

    def test_a_key_that_is_no_text_is_a_fault(self) -> None:
        assert faults(answers={1: "x"}) == ["answers.1: a key must be text"]

    def test_a_value_that_no_file_holds_is_a_fault(self) -> None:
        assert faults(answers={"a": {1}})[0].startswith("answers.a: expected text")

    def test_a_table_inside_itself_is_a_fault(self) -> None:
        endless: dict[str, Any] = {}
        endless["a"] = endless
        assert faults(answers=endless) == [": nested deeper than 40"]


class TestPythonValues:
    def test_dates_and_aware_instants_are_taken(self) -> None:
        berlin = timezone(timedelta(hours=1))
        incident = read(
            timeline={
                "aware": datetime(2026, 11, 20, 17, 30, tzinfo=berlin),
                "detected": date(2026, 11, 20),
            }
        )
        assert incident.timeline["aware"][0].at.at == datetime(2026, 11, 20, 16, 30, tzinfo=UTC)
        assert incident.timeline["detected"][0].at == Moment(
            day=date(2026, 11, 20), precision="day"
        )

    def test_a_naive_instant_is_refused_with_how_to_write_it(self) -> None:
        naive = datetime(2026, 11, 20, 16, 30)  # noqa: DTZ001  # reason: the fault under test
        assert faults(timeline={"aware": naive}) == [
            (
                'timeline.aware: an instant needs an offset: write "2026-11-20T16:30:00+00:00" '
                "with the offset that held, or the date alone"
            )
        ]

    @pytest.mark.parametrize("text", ["2026-11-20T16:30Z", "2026-11-20 17:30:00.5+01:00"])
    def test_usual_forms_of_an_instant_are_taken(self, text: str) -> None:
        at = read(timeline={"aware": text}).timeline["aware"][0].at.at
        assert at is not None
        assert at.replace(microsecond=0) == datetime(2026, 11, 20, 16, 30, tzinfo=UTC)

    @pytest.mark.parametrize(
        "text",
        [
            "2026-11-20T24:00:00Z",
            "20261120",
            "2026-W47-5",
            "2026-324",
            "2026-11-20T16Z",
            "2026-11-20t16:30:00z",
            "16:30",
            "٢٠٢٦-11-20",
            "2026-11-20\n",
        ],
    )
    def test_unusual_forms_are_refused(self, text: str) -> None:
        assert len(faults(timeline={"aware": text})) == 1


class TestWhatTheFactsMean:
    def test_no_people_is_not_the_same_as_unknown_people(self) -> None:
        incident = read(
            affected=[
                {"group": "a", "people": {}},
                {"group": "b"},
                {"group": "c", "people": {"IE": 0}},
            ]
        )
        assert incident.affected is not None
        assert [group.people for group in incident.affected] == [{}, None, {"IE": Range.exactly(0)}]

    def test_an_empty_list_is_complete_and_one_left_out_is_unknown(self) -> None:
        assert read(organisation={"regimes": []}).organisation.regimes == ()
        assert read(organisation={}).organisation.regimes is None
        assert read(affected=[]).affected == ()
        assert read().affected is None

    def test_a_bound_may_be_open_or_unknown(self) -> None:
        assert read(records={"at_least": 5}).records == Range(5)
        assert read(records={"at_most": 5, "at_least": "unknown"}).records == Range(0, 5)
        assert read(records={"at_least": 5, "at_most": 5}).records == Range.exactly(5)

    def test_encrypted_elements_may_be_among_those_perhaps_involved(self) -> None:
        group = {"group": "a", "data": ["name"], "data_possible": ["ssn"], "encrypted": ["ssn"]}
        incident = read(affected=[group])
        assert incident.affected is not None
        assert incident.affected[0].encrypted == ("ssn",)

    def test_a_filing_may_be_named_by_its_key(self) -> None:
        (filing,) = read(
            filings=[{"obligation": "eu-nis2-csirt@EL/early_warning", "at": "2026-11-21"}]
        ).filings
        assert (filing.obligation, filing.jurisdiction, filing.stage) == (
            "eu-nis2-csirt",
            "GR",
            "early_warning",
        )

    def test_a_judgement_of_numbers_or_dates_keeps_its_value_as_text(self) -> None:
        given = read(judgements={"xx.score": 2.5, "xx.known_on": date(2026, 2, 1), "xx.grade": 2})
        assert {name: one.value for name, one in given.judgements.items()} == {
            "xx.score": "2.5",
            "xx.known_on": "2026-02-01",
            "xx.grade": "2",
        }

    def test_a_candidate_may_be_chosen_for_all_laws_and_another_for_some(self) -> None:
        candidates = [
            {"at": "2026-11-20", "chosen": True},
            {"at": "2026-11-21", "laws": ["uk"]},
        ]
        aware = read(timeline={"aware": candidates}).timeline["aware"]
        assert [candidate.laws for candidate in aware] == [(), ("uk",)]
        assert warnings(read(timeline={"aware": candidates})) == ()

    def test_lines_of_text_are_kept_and_their_ends_made_alike(self) -> None:
        assert read(summary="one\r\ntwo\tthree").summary == "one\ntwo\tthree"

    def test_a_promise_counts_a_period_or_says_words(self) -> None:
        contracts = [{"id": "a", "within": "3 working days"}, {"id": "b", "within": "promptly"}]
        assert [one.within for one in read(contracts=contracts).contracts] == [
            "3 working days",
            "promptly",
        ]


class TestWarnings:
    NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)

    def test_a_usual_matter_has_none(self) -> None:
        incident = load_incident(HERE / "good" / "minimal.yaml", WORDS)
        assert warnings(incident, self.NOW) == ()

    @pytest.mark.parametrize(
        ("data", "said"),
        [
            (
                {"timeline": {"detected": "2026-11-21T00:00:00Z", "aware": "2026-11-20T23:59:59Z"}},
                (
                    "timeline.aware (2026-11-20T23:59:59+00:00) is before "
                    "timeline.detected (2026-11-21T00:00:00+00:00)"
                ),
            ),
            (
                {"timeline": {"occurred_from": "2026-11-21", "occurred_to": "2026-11-20"}},
                "timeline.occurred_to (2026-11-20) is before timeline.occurred_from (2026-11-21)",
            ),
            (
                {"timeline": {"occurred_from": "2026-11", "discovered": "2026-10-31"}},
                "timeline.discovered (2026-10-31) is before timeline.occurred_from (2026-11)",
            ),
            (
                {"timeline": {"contained": "2026-11-25"}},
                "timeline.contained (2026-11-25) is after now (2026-11-23T12:00:00+00:00)",
            ),
            (
                {"timeline": {"aware": [{"at": "2026-11-20"}, {"at": "2026-11-21"}]}},
                "timeline.aware has 2 candidates and none is chosen",
            ),
            (
                {"incident": {"exfiltrated": True, "acquired": False}},
                "incident.exfiltrated is true, but incident.acquired is false",
            ),
            (
                {"incident": {"good_faith": True, "malicious": True}},
                "incident.good_faith is true, but incident.malicious is true",
            ),
            (
                {"incident": {"kinds": ["ransomware"], "malicious": False}},
                "incident.kinds has ransomware, but incident.malicious is false",
            ),
            (
                {"incident": {"ongoing": True}, "timeline": {"resolved": "2026-11-20"}},
                "incident.ongoing is true, but timeline.resolved is given",
            ),
            (
                {"incident": {"outage": {"hours": 3}, "unavailable": False}},
                "incident.outage has hours, but incident.unavailable is false",
            ),
            (
                {
                    "incident": {
                        "misuse_seen": True,
                        "accessed": False,
                        "acquired": False,
                        "disclosed": False,
                    }
                },
                "incident.misuse_seen is true, but nothing was accessed, acquired or disclosed",
            ),
            (
                {"affected": [{"group": "a", "people": {"IE": 5}, "data": ["none"]}]},
                "affected.a names people, but its data are none",
            ),
            (
                {"affected": [{"group": "a", "encrypted": False, "key_taken": True}]},
                "affected.a.key_taken is true, but affected.a.encrypted is false",
            ),
            (
                {"affected": [{"group": "a", "data": ["ssn"], "data_possible": ["ssn"]}]},
                "affected.a.data and affected.a.data_possible both name ssn; it counts as certain",
            ),
            (
                {"organisation": {"regimes_possible": ["us.sec.registrant"]}},
                "organisation.regimes is unknown, so organisation.regimes_possible adds nothing",
            ),
            (
                {"organisation": {"country": "IE", "establishments": ["DE"]}},
                "organisation.establishments does not name the seat, IE",
            ),
            (
                {"law_enforcement": {"delays": [{"from": "2026-11-20", "until": "2026-11-19"}]}},
                "law_enforcement.delays[0] ends (2026-11-19) before it begins (2026-11-20)",
            ),
            (
                {
                    "timeline": {"aware": "2026-11-20"},
                    "filings": [{"obligation": "us-tx-ag", "at": "2026-11-19"}],
                },
                "filings[0] (2026-11-19) is before every event of the timeline",
            ),
            (
                {"filings": [{"obligation": "us-tx-ag", "at": "2026-11-25"}]},
                "filings[0] (2026-11-25) is after now (2026-11-23T12:00:00+00:00)",
            ),
            (
                {"timeline": {"harm_determined": "2026-11-20", "no_harm_determined": "2026-11-20"}},
                "timeline.harm_determined and timeline.no_harm_determined are both given",
            ),
        ],
    )
    def test_what_is_odd_is_said(self, data: dict[str, Any], said: str) -> None:
        assert warnings(read(**data), self.NOW) == (said,)

    @pytest.mark.parametrize(
        "data",
        [
            # The same day, or a day that may be the instant's in some zone.
            {"timeline": {"detected": "2026-11-20", "aware": "2026-11-20"}},
            {"timeline": {"detected": "2026-11-20T23:00:00Z", "aware": "2026-11-20"}},
            {"timeline": {"occurred_from": "2026-11-20", "detected": "2026-11"}},
            {"timeline": {"aware": "2026-11-23"}},
            # A chosen candidate speaks for its event.
            {
                "timeline": {
                    "detected": "2026-11-20",
                    "aware": [{"at": "2026-11-01"}, {"at": "2026-11-21", "chosen": True}],
                }
            },
            {"incident": {"exfiltrated": True, "acquired": None}},
            # A stolen device that nobody can read; contained, though not over.
            {"incident": {"acquired": True, "accessed": False}},
            {"incident": {"ongoing": True}, "timeline": {"contained": "2026-11-20"}},
            {"organisation": {"country": "US", "establishments": ["US-CA"]}},
        ],
    )
    def test_what_is_possible_is_not_said(self, data: dict[str, Any]) -> None:
        assert warnings(read(**data), self.NOW) == ()

    def test_without_now_nothing_is_in_the_future(self) -> None:
        assert warnings(read(timeline={"aware": "2199-01-01"})) == ()

    def test_a_naive_now_is_refused(self) -> None:
        with pytest.raises(ValueError, match="now needs an offset"):
            warnings(read(), datetime(2026, 11, 23))  # noqa: DTZ001  # reason: the fault under test


# -- anything at all -------------------------------------------------------------------

_LINES = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Cn", "Cf")),
    min_size=1,
    max_size=20,
).filter(lambda text: text.strip() and text.strip() != "unknown")
_DAYS = st.dates(date(1971, 1, 1), date(2198, 12, 31))
_MOMENTS = st.one_of(
    _DAYS.map(str),
    _DAYS.map(lambda day: str(day)[:7]),
    st.datetimes(
        datetime(1971, 1, 1),  # noqa: DTZ001  # reason: the bounds that the strategy asks for
        datetime(2198, 12, 31),  # noqa: DTZ001  # reason: as above
        timezones=st.sampled_from([UTC, timezone(timedelta(hours=-5, minutes=-30))]),
    ).map(lambda at: at.isoformat()),
)
_COUNTS = st.one_of(
    st.integers(0, 10**9),
    st.tuples(st.integers(0, 99), st.integers(99, 999)).map(
        lambda pair: {"at_least": pair[0], "at_most": pair[1]}
    ),
    st.fixed_dictionaries(
        {}, optional={"at_least": st.integers(1, 9), "at_most": st.just("unknown")}
    ),
)
_CODES = ("IE", "UK", "US-CA", "GU", "DE-BY", "JP", "RE")


def _maybe(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return strategy | st.sampled_from(["unknown", None])


def _strategy(leaf: Any) -> st.SearchStrategy[Any]:
    """Make values that a file may hold for a kind of leaf."""
    made: st.SearchStrategy[Any] = _STRATEGIES[type(leaf)](leaf)
    return made


def _number(leaf: leaves.Number) -> st.SearchStrategy[Any]:
    whole = st.integers(0, 10**9)
    return whole if leaf.whole else whole | st.floats(0, 10**9).map(lambda number: round(number, 3))


def _place(leaf: leaves.PlaceCode) -> st.SearchStrategy[Any]:
    codes = ("IE", "RE", "NO") if leaf.within else _CODES
    return st.sampled_from([*codes, "unknown"] if leaf.unknown_too else codes)


def _judgements(leaf: Any) -> st.SearchStrategy[Any]:
    """Make answers alone, and answers with what is said about them."""
    answers = {
        "eu.gdpr.risk": st.sampled_from(["unlikely", "risk", "high"]),
        "us.misuse_likely": st.booleans() | st.sampled_from(["true", "false"]),
        "xx.grade": st.sampled_from([1, "2"]),
        "xx.score": st.sampled_from([0, 3, 2.5, 0.0001, 1e-7]),
        "xx.known_on": _MOMENTS,
    }
    about = _record(leaf.fields)
    whole = {
        name: answer | st.builds(lambda value, said: {"value": value, **said}, answer, about)
        for name, answer in answers.items()
    }
    return st.fixed_dictionaries({}, optional=whole)


_FREE = st.recursive(
    st.booleans() | st.integers(-5, 5) | _LINES,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.just("k"), inner),
    max_leaves=4,
)
_STRATEGIES: dict[type, Any] = {
    leaves.Truth: lambda _: st.booleans(),
    leaves.Text: lambda _: _LINES,
    leaves.When: lambda _: _MOMENTS,
    leaves.Count: lambda _: _COUNTS,
    leaves.Number: _number,
    leaves.Word: lambda leaf: st.sampled_from(sorted(leaf.allowed(WORDS))),
    leaves.PlaceCode: _place,
    leaves.Zone: lambda _: st.sampled_from(["Europe/Dublin", "UTC"]),
    leaves.Form: lambda leaf: st.sampled_from(
        [x for x in ("EUR", "17:00", "a", "b", "c_d") if re.fullmatch(leaf.pattern, x)]
    ),
    leaves.Several: lambda leaf: st.lists(_strategy(leaf.item), min_size=leaf.least, max_size=3),
    leaves.Either: lambda leaf: st.booleans() | _strategy(leaf.listed),
    leaves.Keyed: lambda leaf: st.dictionaries(
        _strategy(leaf.key), _maybe(_strategy(leaf.value)), max_size=4
    ),
    leaves.Record: lambda leaf: _record(leaf.fields),
    layout._EventTime: lambda leaf: _MOMENTS | _strategy(leaf.listed),
    layout._Judgements: _judgements,
    layout._Prefix: lambda _: st.sampled_from(["us", "us-tx", "uk", "eu-nis2-csirt"]),
    layout._Obligation: lambda _: st.sampled_from(["us-tx-ag", "eu-nis2-csirt"]),
    layout._RegimesPossible: lambda leaf: st.just("unknown") | _strategy(leaf.listed),
    layout._Within: lambda _: st.sampled_from(["24 hours", "1 day", "promptly"]),
    layout._Free: lambda _: _FREE,
}


def _record(fields: Any) -> st.SearchStrategy[Any]:
    required = {name: _strategy(one.leaf) for name, one in fields.items() if one.required}
    optional = {
        name: _maybe(_strategy(one.leaf)) for name, one in fields.items() if not one.required
    }
    return st.fixed_dictionaries(required, optional=optional)


INCIDENTS = _strategy(layout.INCIDENT)
_slow = settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)


def _read_or_skip(data: dict[str, Any]) -> Incident:
    """Read generated data; fields that contradict each other are not what is tested."""
    try:
        return read_incident(data, WORDS)
    except InputError as error:
        together = ("already", "same", "alone", "no element", "not among", "chosen")
        lines = str(error).splitlines()
        assert all(any(word in line for word in together) for line in lines), lines
        assume(False)
        raise


@_slow
@given(INCIDENTS)
def test_what_is_read_can_be_written_and_read_again(data: dict[str, Any]) -> None:
    incident = _read_or_skip(data)
    written = dump(incident)
    assert read_incident(json.loads(json.dumps(written)), WORDS) == incident
    assert dump(read_incident(written, WORDS)) == written


@_slow
@given(INCIDENTS)
def test_the_schema_accepts_what_the_reader_accepts(data: dict[str, Any]) -> None:
    incident = _read_or_skip(data)
    OPEN_SCHEMA.validate(data)
    SCHEMA.validate(data)
    SCHEMA.validate(dump(incident))


@_slow
@given(INCIDENTS, st.randoms(use_true_random=False))
def test_unknown_is_the_same_as_left_out(data: dict[str, Any], random: Any) -> None:
    _read_or_skip(data)
    said, left_out = copy.deepcopy(data), copy.deepcopy(data)
    tables = [(said, left_out, layout.INCIDENT)]
    for name, one in layout.INCIDENT.fields.items():
        if isinstance(one.leaf, leaves.Record) and isinstance(said.get(name), dict):
            tables.append((said[name], left_out[name], one.leaf))
    for table, other, record in tables:
        for name, one in record.fields.items():
            if not one.required and not one.keeps_unknown and random.random() < 0.3:
                table[name] = "unknown"
                other.pop(name, None)
    try:
        expected = read_incident(left_out, WORDS)
    except InputError:
        # A filing may name a contract that is now left out.
        assume(False)
        raise
    assert read_incident(said, WORDS) == expected


_WORDS = st.sampled_from(
    sorted(
        {
            *layout.INCIDENT.fields,
            *facts.EVENTS[:6],
            *("group", "people", "data", "at", "at_least", "value", "until", "obligation"),
            *_CODES,
            *("unknown", "controller", "2026-02-30", "2026-11-20", "eu.gdpr.risk", "\x00", ""),
        }
    )
)
_ANYTHING = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=8)
    | _WORDS
    | st.dates()
    | st.datetimes()
    | st.datetimes(timezones=st.just(UTC)),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(_WORDS | st.text(max_size=4), inner, max_size=6)
    ),
    max_leaves=30,
)


def _check_lines(error: InputError) -> None:
    """Expect at least one fault, each on one line."""
    assert error.faults
    assert all("\n" not in str(fault) for fault in error.faults)


@settings(max_examples=300, deadline=None)
@given(st.dictionaries(_WORDS, _ANYTHING, max_size=8))
def test_anything_else_raises_nothing_but_input_errors(data: dict[str, Any]) -> None:
    try:
        incident = read_incident(data, WORDS)
    except InputError as error:
        _check_lines(error)
    else:
        warnings(incident, datetime(2026, 11, 23, tzinfo=UTC))
        assert read_incident(dump(incident), WORDS) == incident


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=60), st.sampled_from(plain.SUFFIXES))
def test_any_text_raises_nothing_but_input_errors(text: str, suffix: str) -> None:
    try:
        data = plain.read_text(text, suffix, "case")
    except InputError as error:
        _check_lines(error)
    else:
        assert isinstance(data, dict)


@settings(max_examples=100, deadline=None)
@given(INCIDENTS)
def test_json_and_yaml_hold_the_same_values(data: dict[str, Any]) -> None:
    text = json.dumps(data, ensure_ascii=False)
    assert plain.read_text(text, ".yaml", "case") == plain.read_text(text, ".json", "case")


class TestYaml:
    @pytest.mark.parametrize(
        ("text", "value"),
        [
            ("NO", "NO"),
            ("yes", "yes"),
            ("off", "off"),
            ("12:30:45", "12:30:45"),
            ("2026-02-30", "2026-02-30"),
            ("1_000", "1_000"),
            ("0o17", 15),
            ("0x1F", 31),
            ("010", 10),
            ("1e3", 1000.0),
            (".5", 0.5),
            ("~", None),
            ("null", None),
            ("True", True),
            ('"true"', "true"),
            ("'1'", "1"),
            ("!!str 1", "1"),
            ("", None),
        ],
    )
    def test_plain_words_follow_yaml_1_2(self, text: str, value: object) -> None:
        assert plain.read_text(f"a: {text}", ".yaml", "case") == {"a": value}

    def test_the_words_of_yaml_1_1_do_not_come_back_by_directive(self) -> None:
        assert plain.read_text("%YAML 1.1\n---\na: NO\n", ".yaml", "case") == {"a": "NO"}

    def test_keys_are_text_whatever_they_look_like(self) -> None:
        assert plain.read_text("{NO: 1, true: 2, 3: 4}", ".yaml", "case") == {
            "NO": 1,
            "true": 2,
            "3": 4,
        }


def test_reading_imports_nothing_heavy() -> None:
    code = (
        "import sys; from pathlib import Path; from regengine.facts import Vocabulary;"
        "from regengine.intake import load_incident; from regengine.places import load;"
        "load_incident(Path('tests/good/minimal.json'), Vocabulary(load()));"
        "print([name for name in ('pycountry', 'ruamel', 'holidays', 'jsonschema')"
        " if name in sys.modules])"
    )
    done = subprocess.run(  # noqa: S603  # reason: our own interpreter and code
        [sys.executable, "-c", code], cwd=HERE.parent, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


def test_the_toml_example_is_plain_toml() -> None:
    text = (HERE / "good" / "full.toml").read_text(encoding="utf-8")
    assert isinstance(tomllib.loads(text)["timeline"]["aware"], datetime)


def test_an_event_that_did_not_happen_is_known_not_unknown() -> None:
    data = {
        "reference": "R",
        "timeline": {"aware": "2026-11-20T10:00:00+00:00", "ransom_demanded": False},
    }
    incident = read_incident(data, WORDS)
    timeline = Timeline(incident, None)
    assert timeline.happened("ransom_demanded") is Truth.FALSE
    assert timeline.event("ransom_demanded", "us-ny-dfs-incident") is None
    assert dump(incident)["timeline"]["ransom_demanded"] is False


def test_what_must_have_happened_cannot_be_denied() -> None:
    with pytest.raises(InputError, match=r"timeline\.aware: must have happened"):
        read_incident({"reference": "R", "timeline": {"aware": False}}, WORDS)
