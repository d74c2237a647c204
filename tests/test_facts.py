"""What the facts say of themselves, and the table of places."""

import copy
import json
import pickle
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from jsonschema import Draft202012Validator

from regengine.calendars import zone, zones
from regengine.facts import (
    Group,
    Incident,
    JudgementWords,
    Moment,
    Organisation,
    Vocabulary,
)
from regengine.intake import schema as incident_schema
from regengine.places import UnknownPlaceError, load
from regengine.truth import Range

PLACES = load()


class TestMoment:
    def test_an_instant_is_held_in_utc(self) -> None:
        at = datetime(2026, 11, 20, 17, 30, tzinfo=timezone(timedelta(hours=1)))
        assert Moment.of(at).at == datetime(2026, 11, 20, 16, 30, tzinfo=UTC)
        assert Moment.of(at).day is None

    def test_a_date_stays_a_date(self) -> None:
        assert Moment.of(date(2026, 11, 20)) == Moment(day=date(2026, 11, 20), precision="day")


class TestOrganisation:
    def test_the_seat_is_the_establishment_where_none_is_stated(self) -> None:
        assert Organisation(country="IE").establishments_or_seat == ("IE",)

    def test_stated_establishments_are_complete(self) -> None:
        organisation = Organisation(country="IE", establishments=("DE",))
        assert organisation.establishments_or_seat == ("DE",)

    def test_nothing_known_stays_unknown(self) -> None:
        organisation = Organisation()
        assert organisation.seat is None
        assert organisation.establishments_or_seat is None
        assert organisation.home_zone(PLACES) is None
        assert organisation.main_establishment(PLACES) is None

    @pytest.mark.parametrize(
        ("country", "expected"),
        [
            ("IE", "Europe/Dublin"),
            ("US", "America/New_York"),
            ("US-CA", "America/Los_Angeles"),
            ("CA", "America/St_Johns"),
            ("RU", "Asia/Kamchatka"),
            ("DE-BY", "Europe/Berlin"),
        ],
    )
    def test_the_zone_is_the_easternmost_of_the_country(self, country: str, expected: str) -> None:
        assert Organisation(country=country).home_zone(PLACES) == expected

    def test_a_stated_zone_leads(self) -> None:
        organisation = Organisation(country="US", zone="America/Denver")
        assert organisation.home_zone(PLACES) == "America/Denver"

    @pytest.mark.parametrize(
        ("country", "stated", "expected"),
        [("IE", None, "IE"), ("RE", None, "RE"), ("US", None, None), ("US", "DE", "DE")],
    )
    def test_a_seat_in_the_union_is_the_main_establishment_unless_stated(
        self, country: str, stated: str | None, expected: str | None
    ) -> None:
        organisation = Organisation(country=country, eu_main_establishment=stated)
        assert organisation.main_establishment(PLACES) == expected


class TestIncident:
    @staticmethod
    def incident(**organisation: object) -> Incident:
        people = {"US-CA": Range.exactly(5), "SG": Range.exactly(0), "unknown": Range()}
        return Incident(
            reference="EX-1",
            organisation=Organisation.model_validate(organisation),
            affected=(Group(group="a", people=people), Group(group="b")),
        )

    def test_business_is_where_it_is_established_and_people_are_affected(self) -> None:
        assert self.incident(country="IE").operating_places == ("IE", "US-CA")

    def test_stated_places_of_business_come_besides_the_establishments(self) -> None:
        incident = self.incident(country="IE", operates_in=("JP",))
        assert incident.operating_places == ("IE", "JP")

    def test_business_is_unknown_where_nothing_is_known(self) -> None:
        assert Incident(reference="EX-1").operating_places is None

    def test_every_place_is_named_once(self) -> None:
        incident = self.incident(country="IE", establishments=("IE", "DE"), operates_in=("US-CA",))
        assert incident.places_named == ("IE", "DE", "US-CA", "SG")
        assert incident.places_affected == ("US-CA", "SG")


class TestPlaces:
    @pytest.mark.parametrize(
        ("spelled", "code"),
        [
            ("UK", "GB"),
            ("EL", "GR"),
            ("GU", "US-GU"),
            ("US-GU", "US-GU"),
            ("PR", "US-PR"),
            ("VI", "US-VI"),
            ("AS", "US-AS"),
            ("MP", "US-MP"),
            ("FR-974", "RE"),
            ("XK", "XK"),
            ("EU", "EU"),
            ("EEA", "EEA"),
            ("DE-BY", "DE-BY"),
        ],
    )
    def test_aliases_fold_to_one_code(self, spelled: str, code: str) -> None:
        assert PLACES.canonical(spelled) == code

    @pytest.mark.parametrize(
        ("wrong", "hint"),
        [
            ("us-ca", '; did you mean "US-CA"?'),
            ("Germany", '; did you mean "DE"?'),
            ("US-XX", '; did you mean "US-TX"?'),
            ("ZZ", ""),
            ("DE-XX", ""),
            ("", ""),
        ],
    )
    def test_an_unknown_place_is_refused_with_the_nearest(self, wrong: str, hint: str) -> None:
        with pytest.raises(UnknownPlaceError) as caught:
            PLACES.canonical(wrong)
        assert str(caught.value) == f'unknown place "{wrong}"{hint}'
        assert isinstance(caught.value, KeyError)

    def test_every_country_is_listed_once(self) -> None:
        import pycountry  # noqa: PLC0415  # reason: the table is checked against it, here alone

        iso = {PLACES.canonical(country.alpha_2) for country in pycountry.countries}
        assert iso | {"XK", "EU", "EEA"} <= PLACES.all
        countries = {code for code in PLACES.all if "-" not in code}
        assert countries == {code for code in iso if "-" not in code} | {"XK", "EU", "EEA"}

    def test_every_alias_leads_to_a_listed_place_and_none_hides_one(self) -> None:
        assert set(PLACES.aliases.values()) <= PLACES.all
        assert not PLACES.aliases.keys() & PLACES.all

    def test_every_zone_exists(self) -> None:
        assert {place.zone for place in PLACES.listed.values()} <= zones()

    def test_no_listed_part_of_a_country_is_ahead_of_the_country(self) -> None:
        # Parts far overseas have codes of their own that are not meant by the country's zone.
        overseas = {"US-GU", "US-PR", "US-VI", "US-AS", "US-MP", "US-UM"}
        for at in (datetime(2026, 1, 15, tzinfo=UTC), datetime(2026, 7, 15, tzinfo=UTC)):
            for code in PLACES.all - overseas:
                place = PLACES[code]
                whole = PLACES[place.country]
                part_offset = at.astimezone(zone(place.zone)).utcoffset()
                whole_offset = at.astimezone(zone(whole.zone)).utcoffset()
                assert part_offset is not None
                assert whole_offset is not None
                assert part_offset <= whole_offset, code

    def test_the_union_has_27_members_and_the_area_3_more(self) -> None:
        assert sum("EU" in place.groups for place in PLACES.listed.values()) == 27
        area = {code for code, place in PLACES.listed.items() if "EEA" in place.groups}
        assert area - {code for code in area if "EU" in PLACES[code].groups} == {
            "EU",
            "IS",
            "LI",
            "NO",
        }

    @pytest.mark.parametrize("code", ["RE", "GP", "MQ", "GF", "YT", "MF", "AX"])
    def test_territories_under_union_law_lie_in_it(self, code: str) -> None:
        assert PLACES.within(code, "EU")
        assert PLACES.within(code, PLACES[code].law_of or "")

    @pytest.mark.parametrize("code", ["GB", "CH", "JE", "GI", "FO", "GL", "NC", "XK", "US-PR"])
    def test_neighbours_of_the_union_do_not_lie_in_it(self, code: str) -> None:
        assert not PLACES.within(code, "EEA")

    def test_a_part_lies_in_its_country_and_never_the_other_way(self) -> None:
        assert PLACES.within("US-CA", "US")
        assert PLACES.within("DE-BY", "EEA")
        assert not PLACES.within("US", "US-CA")
        assert not PLACES.within("US-CA", "CA")


class TestSchema:
    def test_it_is_valid_json_schema(self) -> None:
        for schema in (incident_schema(), incident_schema(Vocabulary(places=PLACES))):
            Draft202012Validator.check_schema(schema)
            json.dumps(schema)

    def test_every_field_is_described(self) -> None:
        bare = []

        def walk(node: object, place: str) -> None:
            if isinstance(node, dict):
                for name, held in node.get("properties", {}).items():
                    if "description" not in held and not place.endswith("count"):
                        bare.append(f"{place}.{name}")
                for key, held in node.items():
                    walk(held, f"{place}.{key}")
            elif isinstance(node, list):
                for held in node:
                    walk(held, place)

        schema = incident_schema()
        walk({**schema, "$defs": {}}, "")
        assert bare == []

    def test_with_a_vocabulary_it_lists_the_words(self) -> None:
        words = Vocabulary(
            places=PLACES,
            regimes=frozenset({"eu.nis2.essential"}),
            judgements={"eu.gdpr.risk": JudgementWords(("unlikely", "risk", "high"))},
        )
        schema = Draft202012Validator(incident_schema(words))
        good = {"reference": "R", "judgements": {"eu.gdpr.risk": "high"}}
        assert schema.is_valid(good)
        assert not schema.is_valid({"reference": "R", "judgements": {"eu.gdpr.risk": "severe"}})
        assert not schema.is_valid({"reference": "R", "organisation": {"regimes": ["us.sec"]}})


def test_the_tables_of_facts_cannot_be_changed_and_still_pickle() -> None:
    group = Group(group="g", people={"IE": Range.exactly(5)})
    assert group.people is not None
    with pytest.raises(TypeError, match="facts cannot be changed"):
        group.people["IE"] = Range.exactly(6)
    with pytest.raises(TypeError, match="facts cannot be changed"):
        group.people.clear()
    assert pickle.loads(pickle.dumps(group)) == group  # noqa: S301  # reason: our own bytes
    assert copy.deepcopy(group) == group
