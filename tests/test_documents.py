"""Paper: what filings, letters, the checklist and the calendar say, and how they are made."""

from __future__ import annotations

import io
import itertools
import json
import os
import re
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import pikepdf
import pytest
from docx import Document
from icalendar import Calendar
from pypdf import PdfReader

from regengine import documents
from regengine.assessment import (
    Assessment,
    Bound,
    Coming,
    ContentItem,
    Deadline,
    Filed,
    Held,
    LawUsed,
    NotCovered,
    OpenFact,
    OpenQuestion,
    Ordered,
    People,
    Presumed,
    ReadingResult,
    Result,
    Start,
    Summary,
    To,
    TraceStep,
    VersionInForce,
    Why,
)
from regengine.corpus import Corpus
from regengine.documents import fill, fonts, pdf
from regengine.documents.composing import compose
from regengine.documents.conformance import check
from regengine.documents.content import FILLS, Matter, counted, headcount
from regengine.documents.counsel import _View, checklist_pdf
from regengine.documents.docket import told_apart
from regengine.documents.expressions import BarredError
from regengine.documents.items import barred
from regengine.documents.letterhead import _local_name, draft_lines
from regengine.documents.notices import choose
from regengine.documents.outputs import table
from regengine.documents.paper import Paper, said
from regengine.documents.picture import Clock, Event, Picture, draw
from regengine.documents.provenance import facts_hash, sha256
from regengine.documents.single import line_of
from regengine.documents.templates import TemplateFaultError, american, route, template_at
from regengine.documents.wording import instant_text
from regengine.errors import InputError
from regengine.facts import (
    Candidate,
    Contract,
    Delay,
    Description,
    Filing,
    Group,
    Happening,
    Incident,
    JudgementGiven,
    LawEnforcement,
    Moment,
    Organisation,
    Person,
    Vendor,
)
from regengine.reckoning import reckon_obligation
from regengine.truth import Range

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
AWARE = datetime(2026, 11, 20, 16, 30, tzinfo=UTC)
GENERAL_ITEMS = (
    ContentItem(say="nature of the breach", fill="nature"),
    ContentItem(say="date or period of the breach", fill="occurred"),
    ContentItem(say="date of discovery", fill="discovered"),
    ContentItem(say="kinds of data", fill="data_types"),
    ContentItem(say="number of residents affected", fill="people_here"),
    ContentItem(say="measures taken", fill="measures_taken"),
    ContentItem(say="whether a written information security program is maintained"),
    ContentItem(say="a copy of the notice to residents", fill="sample_letter"),
    ContentItem(say="contact", fill="contact"),
)
LETTER_ITEMS = (
    ContentItem(say="general description of the incident", fill="nature"),
    ContentItem(say="kinds of information", fill="data_types"),
    ContentItem(say="what the business does", fill="measures_taken"),
    ContentItem(say="addresses of the consumer reporting agencies", fill="credit_agencies"),
    ContentItem(say="right to obtain a police report"),
    ContentItem(say="how to place a security freeze"),
    ContentItem(say="offer of identity-theft prevention services", fill="identity_protection"),
)


def at(text: str) -> tuple[Candidate, ...]:
    return (Candidate(at=Moment.of(datetime.fromisoformat(text))),)


def on(day: date) -> tuple[Candidate, ...]:
    return (Candidate(at=Moment.of(day)),)


def result(
    id_: str,
    place: str,
    kind: str,
    name: str,
    due: datetime | None = None,
    **more: Any,
) -> Result:
    """Build one required result with a running clock, unless ``more`` says otherwise."""
    zone = more.pop("zone", "UTC")
    deadline = more.pop("deadline", None) or Deadline(
        kind="fixed" if due else "soft",
        starts=Start(event="aware", at=AWARE),
        due_at=due,
        text="without undue delay and within 72 hours" if due else "without undue delay",
        soft="without undue delay",
        zone=zone,
        trace=(
            TraceStep(step="72 hours from the event", to=str(due), citation="Reg 1182/71 art 3"),
        ),
    )
    stage = more.get("stage")
    values: dict[str, Any] = {
        "id": id_,
        "key": f"{id_}@{place}" + (f"/{stage}" if stage else ""),
        "jurisdiction": place,
        "title": f"Notify: {name}",
        "recipient": To(kind=kind, name=name, id=more.pop("authority", None)),
        "bound": Bound(role="controller", entity="Example Retail DAC"),
        "people": People(at_least=100, at_most=100, groups=("customers",)),
        "status": "required",
        "law_status": "in_force",
        "deadline": deadline,
        "citation": f"{place} Breach Act s 4(1)",
        "version": VersionInForce(**{"from": date(2018, 5, 25)}),
        "confidence": "high",
        "verified": date(2026, 11, 23),
        "why": (Why(rule="breach", because=("incident.acquired is true",), citation="s 2"),),
        "content_items": GENERAL_ITEMS if kind == "regulator" else LETTER_ITEMS,
        "method": "online form of the authority",
        "portal": "https://authority.example/notify",
        "languages": ("en",),
    }
    return Result(**{**values, **more})


def retail_incident(**more: Any) -> Incident:
    values: dict[str, Any] = {
        "reference": "EX-2026-001",
        "title": "Ransomware at an online retailer",
        "summary": "Ransomware stopped the web shop; customer data were copied out.",
        "reporter": Person(
            name="Aoife Byrne",
            title="Head of Legal",
            email="legal@example.com",
            phone="+353 1 555 0100",
        ),
        "signatory": Person(name="Cormac Walsh", title="Chief Executive Officer"),
        "organisation": Organisation(
            name="Example Retail DAC",
            country="IE",
            zone="Europe/Dublin",
            establishments=("IE", "DE"),
            role=("controller",),
            sector="retail",
            public=False,
            employees=Range.exactly(1200),
            address="1 Grand Canal Quay, Dublin 2, D02 X285",
            identifiers={"vat": "IE1234567T", "lei": "635400EXAMPLE0000001"},
            dpo=Person(
                name="Máire Ní Cheallaigh", email="dpo@example.com", phone="+353 1 555 0101"
            ),
        ),
        "timeline": {
            "occurred_from": at("2026-11-17T02:10:00+00:00"),
            "detected": at("2026-11-20T07:45:00+00:00"),
            "aware": at("2026-11-20T16:30:00+00:00"),
            "contained": at("2026-11-20T19:00:00+00:00"),
        },
        "incident": Happening(
            kinds=("ransomware", "exfiltration"),
            malicious=True,
            accessed=True,
            acquired=True,
            exfiltrated=True,
            unavailable=True,
            altered=False,
            lost=False,
            ongoing=False,
        ),
        "description": Description(
            nature="An attacker entered the order system through a stolen administrator account, "
            "copied customer records and encrypted the order database.",
            cause="A phished administrator password; the account had no second factor.",
            systems="Order management system and its database, hosted in Frankfurt.",
            measures_taken="The account was disabled, the systems were isolated and rebuilt from "
            "backups, and all administrator passwords were reset.",
            advice_to_people="Be careful with unexpected messages that mention your orders, and do "
            "not follow links in them.",
        ),
        "affected": (
            Group(
                group="customers",
                label="Customers of the web shop",
                people={
                    "IE": Range.exactly(5200),
                    "DE": Range.exactly(900),
                    "US-CA": Range(400, 700),
                    "US-MA": Range.exactly(1234),
                    "US-TX": Range(0, None),
                },
                data=("name", "email", "postal_address", "password_hash", "card_number"),
                data_possible=("financial_account",),
                encrypted=False,
                children=False,
            ),
            Group(
                group="staff",
                label="Employees",
                people={"IE": Range.exactly(310)},
                data=("name", "dob", "national_id"),
                encrypted=("national_id",),
                children=False,
            ),
        ),
        "records": Range.exactly(12000),
        "judgements": {
            "eu.gdpr.risk": JudgementGiven(
                value="high", by="Aoife Byrne", why="Card numbers were copied out in clear."
            )
        },
        "law_enforcement": LawEnforcement(
            agency="Garda National Cyber Crime Bureau",
            reference="GNCCB-2291",
            contact="+353 1 666 0000",
            delays=(
                Delay(
                    requested_by="FBI",
                    granted=True,
                    written=True,
                    **{"from": Moment.of(datetime(2026, 11, 21, 8, tzinfo=UTC))},
                    laws=("us",),
                ),
            ),
        ),
        "filings": (
            Filing(
                obligation="eu-nis2-csirt",
                jurisdiction="IE",
                stage="early_warning",
                at=Moment.of(datetime(2026, 11, 21, 8, 30, tzinfo=UTC)),
                reference="NCSC-77",
            ),
        ),
        "contracts": (
            Contract(
                id="big-customer",
                party="Big Customer GmbH",
                kind="customer",
                within="24 hours",
                starts="aware",
                address="security@customer.example",
                clause="DPA s 9.2",
            ),
        ),
    }
    return Incident(**{**values, **more})


def retail() -> tuple[Incident, Assessment]:
    """Ireland's retailer: fifteen results and more, of every kind of recipient."""
    hours72 = AWARE + timedelta(hours=72)
    open_tx = OpenFact(
        fact="affected.customers.people.US-TX", question="How many residents of Texas are affected?"
    )
    obligations = (
        result(
            "eu-gdpr-lead-sa",
            "IE",
            "regulator",
            "Data Protection Commission",
            hours72,
            authority="ie.data_protection",
            zone="Europe/Dublin",
            citation="GDPR arts 33(1), 56(1)",
            law="General Data Protection Regulation",
            people=People(at_least=6100, at_most=6400, groups=("customers", "staff")),
            presumed=(
                Presumed(
                    fact="eu.gdpr.risk",
                    value=False,
                    citation="GDPR art 33(1)",
                    question="Is the breach unlikely to result in a risk?",
                ),
            ),
            keep="documentation under art 33(5)",
        ),
        result(
            "eu-gdpr-individuals",
            "IE",
            "individuals",
            "Individuals in Ireland",
            people=People(at_least=5510, at_most=5510, groups=("customers", "staff")),
            citation="GDPR art 34(1)",
            content_items=(
                ContentItem(say="nature of the breach", fill="nature"),
                ContentItem(say="contact point", fill="contact"),
                ContentItem(say="likely consequences", fill="consequences"),
                ContentItem(say="measures", fill="measures"),
            ),
        ),
        result(
            "eu-gdpr-individuals",
            "DE",
            "individuals",
            "Individuals in Germany",
            people=People(at_least=900, at_most=900, groups=("customers",)),
            citation="GDPR art 34(1)",
        ),
        result(
            "eu-gdpr-register",
            "IE",
            "internal",
            "Register of breaches",
            citation="GDPR art 33(5)",
            content_items=(
                ContentItem(say="facts of the breach", fill="nature"),
                ContentItem(say="its effects", fill="consequences"),
                ContentItem(say="remedial action", fill="measures"),
            ),
        ),
        result(
            "eu-nis2-csirt",
            "IE",
            "regulator",
            "National Cyber Security Centre",
            AWARE + timedelta(hours=24),
            stage="early_warning",
            zone="Europe/Dublin",
            citation="NIS2 art 23(4)(a)",
            filed=(
                Filed(
                    at=datetime(2026, 11, 21, 8, 30, tzinfo=UTC),
                    stage="early_warning",
                    reference="NCSC-77",
                    on_time=True,
                ),
            ),
        ),
        result(
            "eu-nis2-csirt",
            "IE",
            "regulator",
            "National Cyber Security Centre",
            hours72,
            stage="notification",
            zone="Europe/Dublin",
            citation="NIS2 art 23(4)(b)",
        ),
        result(
            "eu-nis2-csirt",
            "IE",
            "regulator",
            "National Cyber Security Centre",
            stage="final",
            citation="NIS2 art 23(4)(d)",
            deadline=Deadline(
                kind="not_started",
                text="one month after the notification",
                projected_due_at=datetime(2026, 12, 23, 23, 59, 59, tzinfo=UTC),
                zone="Europe/Dublin",
            ),
        ),
        result(
            "us-ca-residents",
            "US-CA",
            "individuals",
            "Residents of California",
            datetime(2026, 12, 21, 7, 59, 59, tzinfo=UTC),
            zone="America/Los_Angeles",
            people=People(at_least=400, at_most=700, groups=("customers",)),
            citation="Cal. Civ. Code § 1798.82(a)",
        ),
        result(
            "us-ca-ag",
            "US-CA",
            "regulator",
            "Attorney General of California",
            status="possible",
            open_facts=(
                OpenFact(
                    fact="affected.customers.people.US-CA",
                    question="Are more than 500 residents of California told?",
                ),
            ),
            due=datetime(2027, 1, 5, 7, 59, 59, tzinfo=UTC),
            zone="America/Los_Angeles",
            citation="Cal. Civ. Code § 1798.82(f)",
        ),
        result(
            "us-ma-residents",
            "US-MA",
            "individuals",
            "Residents of Massachusetts",
            people=People(at_least=1234, at_most=1234, groups=("customers",)),
            citation="M.G.L. c. 93H, § 3(b)",
            forbidden=(
                "nature of the breach or unauthorized acquisition or use",
                "number of residents of the commonwealth affected",
            ),
            content_items=(
                ContentItem(say="right to obtain a police report"),
                ContentItem(say="how to request a security freeze, which is free"),
                ContentItem(say="mitigation services", fill="identity_protection"),
                ContentItem(say="name of the parent or affiliated corporation"),
            ),
        ),
        result(
            "us-ma-ag",
            "US-MA",
            "regulator",
            "Attorney General of Massachusetts",
            citation="M.G.L. c. 93H, § 3(b)",
            zone="America/New_York",
            people=People(at_least=1234, at_most=1234, groups=("customers",)),
        ),
        result(
            "us-tx-residents",
            "US-TX",
            "individuals",
            "Residents of Texas",
            datetime(2027, 1, 20, 5, 59, 59, tzinfo=UTC),
            status="possible",
            open_facts=(open_tx,),
            zone="America/Chicago",
            people=People(at_least=0, at_most=None, groups=("customers",)),
            citation="Tex. Bus. & Com. Code § 521.053(b)",
        ),
        result(
            "us-ma-cra",
            "US-MA",
            "consumer_reporting_agencies",
            "Equifax, Experian, TransUnion",
            citation="M.G.L. c. 93H, § 3(b)",
            content_items=(),
        ),
        result(
            "us-sec-8k-105",
            "US",
            "regulator",
            "Securities and Exchange Commission",
            datetime(2026, 11, 27, 4, 59, 59, tzinfo=UTC),
            zone="America/New_York",
            citation="Form 8-K, Item 1.05",
            confidence="medium",
        ),
        result(
            "xx-office",
            "SG",
            "regulator",
            "Personal Data Protection Commission",
            datetime(2026, 11, 23, 15, 59, 59, tzinfo=UTC),
            zone="Asia/Singapore",
            citation="PDPA 2012 s 26D",
            confidence="low",
            sources=("unsourced",),
            deadline=Deadline(
                kind="fixed",
                starts=Start(event="determined", at=AWARE, assumed=True),
                due_at=datetime(2026, 11, 23, 15, 59, 59, tzinfo=UTC),
                latest_defensible=datetime(2026, 11, 24, 15, 59, 59, tzinfo=UTC),
                text="as soon as practicable, at most 3 calendar days",
                zone="Asia/Singapore",
                readings=(
                    ReadingResult(
                        due_at=datetime(2026, 11, 24, 15, 59, 59, tzinfo=UTC),
                        ground="the day of the event is not counted",
                        citation="Interpretation Act s 50",
                    ),
                ),
                held=(Held(requested_by="FBI", why="the hold names US law alone", counts=False),),
                order=Ordered(**{"with": ("xx-individuals@SG",)}),
            ),
        ),
        result(
            "us-hipaa-media",
            "US-CA",
            "media",
            "Prominent media in California",
            citation="45 CFR 164.406",
        ),
        result("eu-mar-17", "IE", "public", "The market", citation="MAR art 17(1)"),
        result("xx-customers", "SG", "customers", "Users of the service", citation="Act s 9"),
        result(
            "us-ny-ag",
            "US-NY",
            "regulator",
            "Attorney General of New York",
            status="not_required",
            deadline=Deadline(kind="none"),
            why=(Why(rule="residents", because=("no residents are affected",)),),
        ),
    )
    return retail_incident(), Assessment(
        incident="EX-2026-001",
        title="Ransomware at an online retailer",
        now=NOW,
        checked=True,
        engine="0.1.0",
        law=LawUsed(version="2026.11.23", sha256="ab" * 32),
        obligations=obligations,
        summaries=(
            Summary(
                family="us.state",
                places=47,
                laws=52,
                people=People(at_least=0, at_most=80),
                question="In which states do the 80 people live?",
                fact="affected.customers.people.US",
            ),
        ),
        open_questions=(
            OpenQuestion(
                fact="affected.customers.people.US-TX",
                question="How many residents of Texas are affected?",
                decides=("us-tx-residents@US-TX", "us-tx-ag@US-TX"),
                citation="Tex. Bus. & Com. Code § 521.053",
            ),
            OpenQuestion(
                fact="affected.customers.people.US-CA",
                question="How many residents of California are affected?",
                decides=("us-ca-ag@US-CA",),
            ),
        ),
        not_covered=(
            NotCovered(jurisdiction="AQ", reason="no rule for this place"),
            NotCovered(subject="insurance policies", reason="contracts not entered"),
        ),
        coming=(
            Coming(
                id="eu-omnibus",
                jurisdiction="EU",
                title="96 hours instead of 72",
                law_status="proposed",
                citation="COM(2025) 837",
                note="not adopted",
            ),
        ),
        assumptions=("discovered: taken from aware",),
        warnings=("occurred_from lies before the first log that was kept",),
    )


def vendor() -> tuple[Incident, Assessment]:
    """A processor in India that tells its controllers; most facts still unknown."""
    incident = Incident(
        reference="V-7",
        organisation=Organisation(
            name="Hosting & Söhne <Test> Ltd",
            country="IN",
            zone="Asia/Kolkata",
            role=("processor",),
        ),
        timeline={"aware": on(date(2026, 11, 19)), "processor_told": on(date(2026, 11, 19))},
        incident=Happening(vendor=Vendor(name="Cloud Kft", role="processor")),
        affected=(Group(group="all"),),
    )
    names = [f"Controller {letter}" for letter in "ABCDEFGHIJKLMNO"]
    obligations = tuple(
        result(
            f"xx-vendor-{name[-1].lower()}",
            "IN",
            "controller",
            name,
            zone="Asia/Kolkata",
            people=People(),
            content_items=GENERAL_ITEMS[:3],
        )
        for name in names
    )
    return incident, Assessment(
        incident="V-7",
        now=None,
        checked=False,
        engine="0.1.0",
        law=LawUsed(version="2026.11.23", sha256="cd" * 32),
        obligations=obligations,
    )


def hospital() -> tuple[Incident, Assessment]:
    """A hospital in New York: Arabic name in a description, many places, a late notice."""
    incident = retail_incident(
        reference="H/2026 #3",
        title="Misdirected discharge letters",
        organisation=Organisation(
            name="Mount Example Hospital",
            country="US",
            zone="America/New_York",
            establishments=("US",),
            role=("controller",),
            sector="health",
            public=False,
            address="100 First Avenue, New York, NY 10009",
            identifiers={"npi": "1234567893"},
        ),
        description=Description(nature="Letters went to a patient named محمد by mistake."),
        affected=(
            Group(
                group="patients",
                label="Patients",
                people={"US-NY": Range.exactly(620)},
                data=("name", "medical", "ssn"),
                encrypted=False,
            ),
        ),
        filings=(),
    )
    states = (
        "NY",
        "NJ",
        "CT",
        "PA",
        "MD",
        "DC",
        "NC",
        "FL",
        "OR",
        "WA",
        "IL",
        "CO",
        "AZ",
        "IA",
        "RI",
    )
    letters = tuple(
        result(
            f"us-{state.lower()}-residents",
            f"US-{state}",
            "individuals",
            f"Residents of {state}",
            AWARE + timedelta(days=30),
            zone="America/New_York",
            people=People(at_least=620, at_most=620, groups=("patients",)),
        )
        for state in states
    )
    obligations = (
        *letters,
        result(
            "us-hhs",
            "US",
            "regulator",
            "Department of Health and Human Services",
            zone="America/New_York",
            people=People(at_least=620, at_most=620, groups=("patients",)),
            deadline=Deadline(
                kind="fixed", due_at=AWARE, late_by=59400, zone="America/New_York", text="60 days"
            ),
        ),
    )
    return incident, Assessment(
        incident="H/2026 #3",
        now=NOW,
        checked=True,
        engine="0.1.0",
        law=LawUsed(version="2026.11.23", sha256="ef" * 32),
        obligations=obligations,
    )


# -- what is chosen ----------------------------------------------------------------------


def test_every_required_duty_whose_clock_runs_is_written_and_no_other(tmp_path: Path) -> None:
    incident, assessment = retail()
    written = documents.file(incident, assessment, tmp_path / "out")
    expected = {
        x.key
        for x in assessment.obligations
        if x.status == "required" and x.deadline.kind in ("fixed", "soft")
    }
    notices_ = [x for x in written if x.kind in ("filing", "letter")]
    assert {key for x in notices_ for key in x.keys} == expected
    assert "eu-nis2-csirt@IE/final" not in expected
    for one in written:
        assert one.path.read_bytes().startswith(b"%PDF-1.7")
        assert sha256(one.path.read_bytes()) == one.sha256


def test_all_adds_what_is_possible_or_not_started_but_never_what_is_not_required() -> None:
    _, assessment = retail()
    keys = [x.key for x in choose(assessment, all_=True)]
    assert "us-ca-ag@US-CA" in keys
    assert "eu-nis2-csirt@IE/final" in keys
    assert "us-ny-ag@US-NY" not in keys


def test_only_takes_an_id_a_place_or_a_key() -> None:
    _, assessment = retail()
    assert len(choose(assessment, ["eu-nis2-csirt"])) == 2
    assert len(choose(assessment, ["eu-gdpr-individuals@DE"])) == 1
    assert len(choose(assessment, ["eu-nis2-csirt@IE/notification"])) == 1


def test_only_with_an_unknown_name_is_refused_with_the_nearest_one() -> None:
    _, assessment = retail()
    with pytest.raises(InputError, match="eu-nis2-csirt"):
        choose(assessment, ["eu-nis2-csrt"])


def test_only_with_nothing_that_can_be_filed_is_refused_and_says_why() -> None:
    _, assessment = retail()
    with pytest.raises(InputError, match="not_required, clock none"):
        choose(assessment, ["us-ny-ag"])


def test_each_recipient_gets_its_own_template() -> None:
    _, assessment = retail()
    routes = {x.key: route(x) for x in assessment.obligations}
    assert routes["eu-gdpr-lead-sa@IE"] == "filing/ie-dpc"
    assert routes["us-sec-8k-105@US"] == "filing/us-sec-8k-105"
    assert routes["us-ca-residents@US-CA"] == "letter/california"
    assert routes["us-ma-residents@US-MA"] == "letter/restricted"
    assert routes["eu-gdpr-individuals@IE"] == "letter/general"
    assert routes["us-ma-cra@US-MA"] == "filing/agencies"
    assert routes["eu-gdpr-register@IE"] == "filing/record"
    assert routes["us-ma-ag@US-MA"] == "filing/us-ma-ag"


def test_a_federal_letter_to_massachusetts_may_describe_the_breach() -> None:
    found = result("us-hipaa-individuals", "US-MA", "individuals", "Residents of Massachusetts")
    assert route(found) == "letter/california"


def test_a_notice_for_another_language_says_so() -> None:
    incident, assessment = retail()
    found = assessment.result("us-ma-ag@US-MA").model_copy(update={"languages": ("fr",)})
    made = compose(template_at("filing/general"), Matter(incident, found, assessment))
    assert any("French" in line for line in draft_lines(Matter(incident, found, assessment), made))


def test_two_stages_of_one_duty_do_not_share_a_file(tmp_path: Path) -> None:
    incident, assessment = retail()
    written = documents.file(incident, assessment, tmp_path / "o", ["eu-nis2-csirt"], all_=True)
    assert len({x.path for x in written}) == len(written) == 3


# -- what they say -----------------------------------------------------------------------


def paper(make: Callable[[], tuple[Incident, Assessment]], key: str) -> Paper:
    incident, assessment = make()
    found = assessment.result(key)
    matter = Matter(incident, found, assessment, american(found))
    return compose(template_at(route(found)), matter)


def entries(made: Paper) -> dict[str, Any]:
    return {entry.key: entry for part in made.sections for entry in part.entries}


def test_the_massachusetts_letter_tells_neither_the_nature_nor_the_number() -> None:
    text = said(paper(retail, "us-ma-residents@US-MA"))
    incident = retail_incident()
    for told in (
        incident.description.nature,
        incident.description.cause,
        incident.description.systems,
        incident.description.measures_taken,
        "ransomware",
        "1,234",
        "17 November",
        "November 17",
    ):
        assert told is not None
        assert told not in text
    assert "police report" in text
    assert "free of charge" in text
    assert text.count("You have the right to file or obtain a police report") == 1


def test_the_massachusetts_letter_encloses_no_assessment(tmp_path: Path) -> None:
    incident, assessment = retail()
    (one,) = documents.file(incident, assessment, tmp_path / "o", ["us-ma-residents"])
    with pikepdf.open(one.path) as pdf:
        assert set(pdf.attachments) == {"provenance.json"}
        enclosed = pdf.attachments["provenance.json"].get_file().read_bytes()
    assert b"1234" not in enclosed
    assert b"ransomware" not in enclosed


def test_words_of_prohibition_bar_the_same_elsewhere() -> None:
    incident, assessment = retail()
    found = assessment.result("us-ca-residents@US-CA").model_copy(
        update={"forbidden": ("the number of Illinois residents affected",)}
    )
    assert {"people_here", "people_total"} <= barred(found, template_at("letter/california"))
    made = compose(template_at("letter/california"), Matter(incident, found, assessment))
    assert "700" not in said(made)


def test_an_answer_cannot_smuggle_in_what_is_forbidden() -> None:
    incident, assessment = retail()
    smuggled = incident.model_copy(
        update={"answers": {"notice.contact": f"Call us. {incident.description.nature}"}}
    )
    found = assessment.result("us-ma-residents@US-MA")
    with pytest.raises(BarredError, match="forbids"):
        compose(template_at(route(found)), Matter(smuggled, found, assessment))


def test_california_gets_its_title_and_five_headings_in_order() -> None:
    made = paper(retail, "us-ca-residents@US-CA")
    assert made.title == "Notice of Data Breach"
    assert [part.title for part in made.sections] == [
        "What Happened",
        "What Information Was Involved",
        "What We Are Doing",
        "What You Can Do",
        "For More Information",
    ]


def test_a_california_letter_is_set_in_ten_points_or_more(tmp_path: Path) -> None:
    incident, assessment = retail()
    (one,) = documents.file(incident, assessment, tmp_path / "o", ["us-ca-residents"])
    sizes: list[tuple[float, str]] = []

    def visit(text: str, _cm: Any, matrix: list[float], _font: Any, size: float) -> None:
        if text.strip():
            sizes.append((round(abs(size * matrix[3]), 1), text))

    for page in PdfReader(one.path).pages:
        page.extract_text(visitor_text=visit)
    body = [size for size, text in sizes if "attacker entered" in text or "Experian" in text]
    assert body
    assert min(body) >= 10


def test_letters_tell_days_and_filings_tell_minutes() -> None:
    assert "16:30" not in said(paper(retail, "eu-gdpr-individuals@IE"))
    filing = entries(paper(retail, "eu-gdpr-lead-sa@IE"))
    assert filing["r48_aware"].lines == ("20 November 2026 at 16:30 GMT (UTC+00:00)",)


def test_a_fact_that_is_not_known_is_to_follow_and_counted() -> None:
    made = paper(retail, "eu-gdpr-lead-sa@IE")
    found = entries(made)
    assert found["r79_conseq"].open
    assert not found["r79_conseq"].lines
    assert "Likely consequences for the data subjects" in made.to_follow
    assert found["r4_subtype"].lines == ("Incomplete (some facts to follow)",)


def test_conditional_fields_apply_when_their_condition_holds() -> None:
    found = entries(paper(retail, "eu-gdpr-lead-sa@IE"))
    assert found["r114_lead"].state == "known"
    for key in ("r120_nonEEA", "r49_late_reasons", "r58_int_type"):
        assert found[key].state == "not_applicable", key
    incident, assessment = retail()
    late = assessment.result("eu-gdpr-lead-sa@IE")
    deadline = late.deadline.model_copy(update={"late_by": 60})
    late = late.model_copy(update={"deadline": deadline, "id": "eu-gdpr-sa-non-eu-controller"})
    altered = incident.model_copy(
        update={"incident": incident.incident.model_copy(update={"altered": True})}
    )
    made = compose(template_at("filing/eu-edpb-art33"), Matter(altered, late, assessment))
    found = entries(made)
    assert found["r120_nonEEA"].lines == ("Yes",)
    assert found["r49_late_reasons"].open
    assert found["r58_int_type"].open
    assert found["r114_lead"].state == "not_applicable"


def test_an_answer_in_the_incident_file_leads() -> None:
    incident, assessment = retail()
    answered = incident.model_copy(
        update={"answers": {"eu-edpb-art33.r87_severity": "Severe", "us-ma-ag.nature": "As told"}}
    )
    lead = assessment.result("eu-gdpr-lead-sa@IE")
    made = compose(template_at("filing/eu-edpb-art33"), Matter(answered, lead, assessment))
    assert entries(made)["r87_severity"].lines == ("Severe",)
    assert fill("nature", answered, assessment.result("us-ma-ag@US-MA")).text == "As told"


def test_a_general_filing_answers_every_item_of_its_law() -> None:
    incident, assessment = retail()
    matter = Matter(incident, assessment.result("us-ma-ag@US-MA"), assessment)
    made = compose(template_at("filing/general"), matter)
    labels_ = [entry.label for part in made.sections for entry in part.entries]
    for item in GENERAL_ITEMS:
        assert any(label.lower() == item.say.lower() for label in labels_), item.say


def test_an_item_that_asks_whether_is_not_answered_by_free_text() -> None:
    incident, assessment = retail()
    found = assessment.result("us-ma-ag@US-MA").model_copy(
        update={"content_items": (ContentItem(say="whether a program is kept", fill="measures"),)}
    )
    made = compose(template_at("filing/general"), Matter(incident, found, assessment))
    (entry,) = [x for part in made.sections for x in part.entries if "program" in x.label]
    assert entry.open
    assert not entry.lines


def test_the_list_of_open_facts_answers_only_a_question_for_it() -> None:
    incident, assessment = retail()
    items = (
        ContentItem(say="why the payment was necessary", fill="open"),
        ContentItem(say="which facts are not known yet", fill="open"),
    )
    found = assessment.result("us-ma-ag@US-MA").model_copy(update={"content_items": items})
    made = entries(compose(template_at("filing/general"), Matter(incident, found, assessment)))
    assert made["why_the_payment_was_necessary"].open
    assert not made["why_the_payment_was_necessary"].lines
    assert made["open"].lines[0].startswith("The following is still being established")


def test_the_same_facts_do_not_answer_a_second_question_in_silence() -> None:
    incident, assessment = retail()
    items = (
        ContentItem(say="the cause", fill="cause"),
        ContentItem(say="the person responsible", fill="cause"),
    )
    found = assessment.result("us-ma-ag@US-MA").model_copy(update={"content_items": items})
    made = entries(compose(template_at("filing/general"), Matter(incident, found, assessment)))
    assert not made["cause"].open
    assert made["the_person_responsible"].open
    assert made["the_person_responsible"].lines == ("See “The cause”.",)


def test_every_fill_key_of_the_law_answers_for_every_matter() -> None:
    for make in (retail, vendor, hospital):
        incident, assessment = make()
        for found in assessment.obligations:
            for key in FILLS:
                filled = fill(key, incident, found, assessment)
                assert filled.text is None or filled.text.strip()
                assert key in table("words.toml")["fills"]


def test_an_unknown_fill_key_names_the_nearest() -> None:
    incident, assessment = retail()
    with pytest.raises(KeyError, match="people_here"):
        fill("people_hre", incident, assessment.obligations[0])


@pytest.mark.parametrize(
    ("low", "high", "text", "known"),
    [
        (500, 500, "500 people", True),
        (400, 700, "between 400 and 700 people", True),
        (400, None, "at least 400 people; the final figure is not known at this time", False),
        (0, None, None, False),
        (1, 1, "1 person", True),
    ],
)
def test_a_number_of_people_is_said_as_precisely_as_it_is_known(
    low: int, high: int | None, text: str | None, *, known: bool
) -> None:
    assert counted(Range(low, high)) == (text, known)


def test_overlapping_groups_are_not_added_up_twice() -> None:
    groups = [
        Group(group="a", people={"IE": Range.exactly(100)}, overlaps=True),
        Group(group="b", people={"IE": Range.exactly(30)}, overlaps=True),
        Group(group="c", people={"IE": Range.exactly(5)}),
    ]
    assert headcount(groups) == Range(105, 135)


def told(key: str, **facts: Any) -> tuple[str | None, bool]:
    found = result("xx-office", "IE", "regulator", "Office", people=People())
    return fill(key, Incident(reference="X", **facts), found)


def test_when_it_happened_is_complete_only_with_an_end_or_while_it_goes_on() -> None:
    start = at("2026-11-17T02:10:00+00:00")
    end = at("2026-11-18T02:10:00+00:00")
    home = Organisation(country="IE")
    begun = "from 17 November 2026 at 02:10 GMT (UTC+00:00)"
    assert told("occurred") == (None, False)
    assert told("occurred", timeline={"occurred_from": start}, organisation=home) == (
        f"{begun}; the end is not known at this time",
        False,
    )
    assert told(
        "occurred",
        timeline={"occurred_from": start},
        organisation=home,
        incident=Happening(ongoing=True),
    ) == (f"{begun}; still going on", True)
    assert told(
        "occurred", timeline={"occurred_from": start, "occurred_to": end}, organisation=home
    ) == (f"{begun} to 18 November 2026 at 02:10 GMT (UTC+00:00)", True)


def test_a_day_and_a_month_stay_a_day_and_a_month() -> None:
    month = (Candidate(at=Moment(day=date(2026, 11, 1), precision="month")),)
    assert told("discovered", timeline={"discovered": on(date(2026, 11, 3))}).text == (
        "3 November 2026"
    )
    assert told("discovered", timeline={"discovered": month}).text == "November 2026"


def test_the_candidate_chosen_for_this_law_leads() -> None:
    views = (
        Candidate(at=Moment.of(date(2026, 11, 3))),
        Candidate(at=Moment.of(date(2026, 11, 4)), chosen=True, laws=("us",)),
        Candidate(at=Moment.of(date(2026, 11, 5)), chosen=True, laws=("xx",)),
    )
    assert told("discovered", timeline={"discovered": views}).text == "5 November 2026"


@pytest.mark.parametrize(
    ("state", "text", "known"),
    [
        ({"encrypted": None}, None, False),
        ({"encrypted": False}, "not encrypted", True),
        ({"encrypted": ()}, "not encrypted", True),
        ({"encrypted": ("ssn",)}, "encrypted as to Social Security number only", True),
        (
            {"encrypted": True},
            "encrypted; whether the key was taken is not known at this time",
            False,
        ),
        ({"encrypted": True, "key_taken": True}, "encrypted, but the key was taken as well", True),
        (
            {"encrypted": True, "key_taken": False},
            "encrypted, and the key was not taken",
            True,
        ),
        ({"redacted": True}, "redacted", True),
    ],
)
def test_the_protection_of_data_is_said_with_its_key(
    state: dict[str, Any], text: str | None, *, known: bool
) -> None:
    assert told("encryption", affected=(Group(group="g", **state),)) == (text, known)


@pytest.mark.parametrize(
    ("data", "possible", "offer"),
    [
        (("name", "ssn"), (), (None, False)),
        (("name",), ("ssn",), (None, False)),
        (None, (), (None, False)),
        (("name", "email"), (), (None, True)),
    ],
)
def test_identity_protection_is_asked_for_where_the_data_call_for_it(
    data: tuple[str, ...] | None, possible: tuple[str, ...], offer: tuple[str | None, bool]
) -> None:
    group = Group(group="g", data=data, data_possible=possible)
    assert told("identity_protection", affected=(group,)) == offer


def test_groups_with_different_data_are_told_apart() -> None:
    groups = (
        Group(group="a", label="Customers", data=("name",)),
        Group(group="b", label="Staff", data=("name", "ssn")),
    )
    assert told("data_types", affected=groups).text == (
        "Customers: name\nStaff: name and Social Security number"
    )


def test_reasons_for_delay_are_asked_for_only_where_the_notice_is_late() -> None:
    incident, assessment = hospital()
    late = assessment.result("us-hhs@US")
    assert fill("delay_reasons", incident, late, assessment) == (None, False)
    timely = assessment.result("us-ny-residents@US-NY")
    filled = fill("delay_reasons", incident, timely, assessment)
    assert filled == ("This notice is given within the period that the law sets.", True)
    held = (Held(requested_by="FBI", why="it would impede the inquiry"),)
    stopped = late.model_copy(update={"deadline": late.deadline.model_copy(update={"held": held})})
    text = fill("delay_reasons", incident, stopped, assessment).text
    assert text is not None
    assert "it would impede the inquiry" in text


def test_the_date_of_the_letters_is_that_of_their_filing_on_record() -> None:
    incident, assessment = retail()
    agencies = assessment.result("us-ma-cra@US-MA")
    assert fill("notice_date", incident, agencies, assessment) == (None, False)
    sent = Filing(
        obligation="us-ma-residents@US-MA",
        jurisdiction="US-MA",
        at=Moment.of(date(2026, 12, 1)),
    )
    told_ = incident.model_copy(update={"filings": (*incident.filings, sent)})
    assert fill("notice_date", told_, agencies, assessment).text == "1 December 2026"
    elsewhere = sent.model_copy(update={"jurisdiction": "US-TX"})
    told_ = incident.model_copy(update={"filings": (elsewhere,)})
    assert fill("notice_date", told_, agencies, assessment).text is None


def test_a_hold_of_another_legal_order_is_not_told() -> None:
    incident, assessment = retail()
    here = fill("law_enforcement", incident, assessment.result("eu-gdpr-lead-sa@IE")).text
    there = fill("law_enforcement", incident, assessment.result("us-ma-ag@US-MA")).text
    assert here is not None
    assert "FBI" not in here
    assert there is not None
    assert "FBI" in there


def test_no_template_fails_on_a_matter_of_which_almost_nothing_is_known() -> None:
    incident = Incident(reference="EMPTY")
    _, assessment = retail()
    folders = {row["folder"] for row in table("filing/index.toml")["route"]}
    for name in folders:
        for owed in assessment.obligations:
            found = owed.model_copy(update={"forbidden": ()})
            made = compose(template_at(name), Matter(incident, found, assessment))
            assert made.to_follow


def test_markup_in_facts_is_escaped(tmp_path: Path) -> None:
    incident, assessment = vendor()
    (one,) = documents.file(incident, assessment, tmp_path / "o", ["xx-vendor-a"])
    text = "".join(page.extract_text() for page in PdfReader(one.path).pages)
    assert "Hosting & Söhne <Test> Ltd" in text


def test_a_template_cannot_reach_into_python() -> None:
    incident, assessment = retail()
    found = assessment.result("us-ma-ag@US-MA")
    shape = template_at("filing/general").model_copy(
        update={"subject": "{{ result.__class__.__mro__ }}"}
    )
    with pytest.raises(TemplateFaultError):
        compose(shape, Matter(incident, found, assessment))


def test_the_engine_of_paper_names_no_statute() -> None:
    pattern = re.compile(r"gdpr|hipaa|nis2|dora|massachusetts|california|edpb|8-k", re.IGNORECASE)
    for path in Path(documents.__file__).parent.glob("*.py"):
        assert pattern.search(path.read_text(encoding="utf-8")) is None, path.name


# -- the files ---------------------------------------------------------------------------


def test_every_kind_of_paper_bears_the_marks_of_both_standards(tmp_path: Path) -> None:
    for make in (retail, hospital):
        incident, assessment = make()
        for one in documents.file(incident, assessment, tmp_path / make.__name__, all_=True):
            assert check(one.path.read_bytes()) == [], one.key
        assert check(checklist_pdf(incident, assessment)) == []


def rendered(html: str) -> bytes:
    return pdf.render(html, css="", title="T", when=NOW, creator="test").content


PAGE = '<html lang="en"><title>T</title><body>{}</body></html>'


@pytest.mark.parametrize(
    ("body", "finding"),
    [
        ("<h2>Second</h2>", "heading H2 follows no H1"),
        ("<h1>One</h1><h3>Three</h3>", "heading H3 follows H1"),
        ("<p>no heading</p>", "no heading"),
        ("<h1>T</h1><table><tr><td>1</td></tr></table>", "a table has no header cell"),
        (
            "<h1>T</h1><svg xmlns='http://www.w3.org/2000/svg' width='9'><path d='M0 0h9'/></svg>",
            "a figure has no alternative text",
        ),
    ],
)
def test_the_checker_finds_faults_of_structure(body: str, finding: str) -> None:
    assert finding in [found.message for found in check(rendered(PAGE.format(body)))]


def spoiled(change: Callable[[pikepdf.Pdf], None]) -> list[str]:
    enclosed = pdf.Enclosure("a.json", b"{}", "data")
    good = pdf.render(
        PAGE.format("<h1>T</h1><table><tr><th scope=row>a</th><td>b</td></tr></table>"),
        css="@page { @bottom-center { content: 'foot' } }",
        title="T",
        when=NOW,
        creator="test",
        enclosures=[enclosed],
    ).content
    assert check(good) == []
    with pikepdf.open(io.BytesIO(good)) as opened:
        change(opened)
        out = io.BytesIO()
        opened.save(out)
    return [found.message for found in check(out.getvalue())]


def test_the_checker_finds_each_missing_mark() -> None:
    def without(name: str) -> Callable[[pikepdf.Pdf], None]:
        return lambda opened: opened.Root.__delitem__(name)

    assert "no PDF/A output intent with a profile" in spoiled(without("/OutputIntents"))
    assert "no structure tree" in spoiled(without("/StructTreeRoot"))
    assert "not marked as tagged" in spoiled(without("/MarkInfo"))
    assert "no language" in spoiled(without("/Lang"))
    assert "the title is not shown" in spoiled(without("/ViewerPreferences"))
    assert "no XMP metadata that can be read" in spoiled(without("/Metadata"))
    assert "attachment a.json is not listed under AF" in spoiled(without("/AF"))


def test_the_checker_finds_content_outside_the_structure() -> None:
    def spill(opened: pikepdf.Pdf) -> None:
        content = opened.pages[0].Contents.read_bytes()
        opened.pages[0].Contents.write(content + b"\n0 0 9 9 re f")

    assert "page 1: content that is neither tagged nor an artifact" in spoiled(spill)


def test_the_checker_finds_a_loose_attachment_and_a_loose_font() -> None:
    def loosen(opened: pikepdf.Pdf) -> None:
        for thing in opened.objects:
            if not isinstance(thing, pikepdf.Dictionary):
                continue
            if "/AFRelationship" in thing:
                del thing["/AFRelationship"]
            if thing.get("/Type") == "/FontDescriptor":
                for name in ("/FontFile2", "/FontFile3"):
                    if name in thing:
                        del thing[name]

    messages = spoiled(loosen)
    assert "attachment a.json has no relationship" in messages
    assert any("is not embedded" in message for message in messages)


def test_a_notice_encloses_its_own_duty_and_nothing_of_counsels(tmp_path: Path) -> None:
    incident, assessment = retail()
    (one,) = documents.file(incident, assessment, tmp_path / "o", ["eu-gdpr-lead-sa"])
    with pikepdf.open(one.path) as opened:
        enclosed = json.loads(opened.attachments["assessment.json"].get_file().read_bytes())
        origin = json.loads(opened.attachments["provenance.json"].get_file().read_bytes())
        relation = str(opened.attachments["assessment.json"].obj.AFRelationship)
    assert relation == "/Data"
    assert enclosed["schema"] == "regengine.assessment/1"
    (duty,) = enclosed["obligations"]
    assert duty["key"] == "eu-gdpr-lead-sa@IE"
    assert duty["deadline"]["due_at"] == "2026-11-23T16:30:00Z"
    assert duty["presumed"] == []
    assert enclosed["open_questions"] == []
    assert origin["incident_sha256"] == facts_hash(incident)


def test_the_checklist_encloses_the_whole_assessment() -> None:
    incident, assessment = retail()
    with pikepdf.open(io.BytesIO(checklist_pdf(incident, assessment))) as opened:
        enclosed = opened.attachments["assessment.json"].get_file().read_bytes()
    assert enclosed == assessment.to_json().encode()


_TWICE = """
import sys, hashlib
from pathlib import Path
sys.path[:0] = [{tests!r}, {root!r}]
import test_documents as cases
from regengine import documents
out = Path(sys.argv[1])
documents.file(*cases.retail(), out / "retail", all_=True)
documents.file(*cases.vendor(), out / "vendor", ["xx-vendor-a"])
documents.file(*cases.hospital(), out / "hospital", ["us-ny-residents", "us-hhs"])
for make in (cases.retail, cases.hospital, cases.vendor):
    documents.checklist(*make(), out / make.__name__ / "checklist.pdf")
    documents.calendar(make()[1], out / make.__name__ / "calendar.ics")
for path in sorted(out.rglob("*.*")):
    print(path.relative_to(out), hashlib.sha256(path.read_bytes()).hexdigest())
"""


def test_the_same_matter_gives_the_same_bytes_in_another_process(tmp_path: Path) -> None:
    here = Path(__file__).parent
    script = _TWICE.format(tests=str(here), root=str(here.parent))
    running = []
    for number, (zone, seed) in enumerate((("UTC", "1"), ("Asia/Kathmandu", "77"))):
        home = tmp_path / f"home{number}"
        home.mkdir()
        given = {**os.environ, "TZ": zone, "HOME": str(home), "PYTHONHASHSEED": seed}
        given.pop("SOURCE_DATE_EPOCH", None)
        running.append(
            subprocess.Popen(  # noqa: S603  # reason: our own script
                [sys.executable, "-c", script, str(tmp_path / f"out{number}")],
                env=given,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
            )
        )
        time.sleep(2.1)  # seconds that leak into a file show
    hashes = []
    for process in running:
        out, errors = process.communicate()
        assert (process.returncode, errors) == (0, "")
        hashes.append(out.splitlines())
    assert len(hashes[0]) > 35
    assert hashes[0] == hashes[1]


def test_other_facts_give_another_identifier(tmp_path: Path) -> None:
    incident, assessment = retail()
    other = incident.model_copy(update={"reference": "EX-2026-002"})
    identifiers = set()
    for number, facts in enumerate((incident, other)):
        (one,) = documents.file(facts, assessment, tmp_path / str(number), ["eu-gdpr-lead-sa"])
        with pikepdf.open(one.path) as opened:
            identifiers.add(bytes(opened.trailer.ID[0]))
    assert len(identifiers) == 2


def test_the_environment_is_left_as_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "17")
    rendered(PAGE.format("<h1>T</h1>"))
    assert os.environ["SOURCE_DATE_EPOCH"] == "17"
    monkeypatch.delenv("SOURCE_DATE_EPOCH")
    rendered(PAGE.format("<h1>T</h1>"))
    assert "SOURCE_DATE_EPOCH" not in os.environ


@pytest.mark.parametrize(
    "address", ["http://127.0.0.1/x.png", "file:///etc/hostname", "../pyproject.toml", "base.cs"]
)
def test_paper_reads_nothing_outside_its_templates(address: str) -> None:
    with pytest.raises(pdf.RefusedAddressError, match="outputs"):
        rendered(PAGE.format(f'<h1>T</h1><img alt="x" src="{address}">'))


def test_after_an_error_nothing_is_left(tmp_path: Path) -> None:
    incident, assessment = retail()
    broken = incident.model_copy(update={"summary": None, "reference": "\U0001f600"})
    with pytest.raises(fonts.MissingFontError, match="apt-get install"):
        documents.file(broken, assessment, tmp_path / "out")
    with pytest.raises(fonts.MissingFontError):
        documents.checklist(broken, assessment, tmp_path / "check.pdf")
    assert list(tmp_path.iterdir()) == []


def _tree(root: Path) -> dict[str, bytes]:
    found = sorted(root.rglob("*"))
    return {x.relative_to(root).as_posix(): x.read_bytes() for x in found if x.is_file()}


def test_a_failed_run_leaves_an_earlier_one_as_it_was(tmp_path: Path) -> None:
    incident, assessment = retail()
    out = tmp_path / "out"
    documents.file(incident, assessment, out, ["eu-gdpr-lead-sa"])
    before = _tree(out)
    broken = incident.model_copy(update={"reference": "\U0001f600"})
    with pytest.raises(fonts.MissingFontError):
        documents.file(broken, assessment, out, ["eu-gdpr-lead-sa"])
    assert _tree(out) == before


def test_a_second_run_replaces_its_own_names_and_keeps_the_rest(tmp_path: Path) -> None:
    incident, assessment = retail()
    out = tmp_path / "out"
    (first,) = documents.file(incident, assessment, out, ["eu-gdpr-lead-sa"])
    (out / "note.txt").write_text("counsel's own")
    (second,) = documents.file(incident, assessment, out, ["eu-gdpr-lead-sa"])
    assert (first.replaced, second.replaced) == (False, True)
    assert (out / "note.txt").read_text() == "counsel's own"


def test_a_file_where_the_folder_should_be_is_refused(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("")
    with pytest.raises(InputError, match="needs a folder"):
        documents.file(*retail(), tmp_path / "out")


def test_the_receipt_names_what_everything_was_made_from(tmp_path: Path) -> None:
    incident, assessment = retail()
    written = documents.file(incident, assessment, tmp_path / "out")
    receipt = json.loads((tmp_path / "out" / "receipt.json").read_text())
    assert receipt["incident_sha256"] == facts_hash(incident)
    assert receipt["law"] == {"version": "2026.11.23", "sha256": "ab" * 32}
    assert receipt["fonts"]["NotoSerif-Regular.ttf"] == fonts.hashes()["NotoSerif-Regular.ttf"]
    rows = [row for one in receipt["documents"] for row in one["files"]]
    printed = {row["file"]: row["sha256"] for row in rows if row["file"].endswith(".pdf")}
    assert printed == {one.path.name: one.sha256 for one in written}
    listed = {row["file"] for row in (*rows, *receipt["files"])}
    assert listed == set(_tree(tmp_path / "out")) - {"receipt.json"}
    for row in (*rows, *receipt["files"]):
        assert sha256((tmp_path / "out" / row["file"]).read_bytes()) == row["sha256"]


def test_progress_is_told_before_each_notice_and_at_the_end(tmp_path: Path) -> None:
    incident, assessment = retail()
    told: list[tuple[int, int, str]] = []
    documents.file(
        incident,
        assessment,
        tmp_path / "o",
        ["eu-gdpr-individuals"],
        progress=lambda done, total, key: told.append((done, total, key)),
    )
    assert [done for done, _, _ in told] == sorted(done for done, _, _ in told)
    assert {key for _, _, key in told} - {""} <= {
        "eu-gdpr-individuals@IE",
        "eu-gdpr-individuals@DE",
    }
    assert len({key for _, _, key in told} - {""}) > 0
    (last, total, _) = told[-1]
    assert last == total


@pytest.fixture
def without_cjk(monkeypatch: pytest.MonkeyPatch) -> None:
    kept = {name: path for name, path in fonts._installed().items() if "CJK" not in name}
    monkeypatch.setattr(fonts, "_installed", lambda: kept)


def test_arabic_is_set_and_an_emoji_names_its_package() -> None:
    assert fonts.families("محمد") == ["Noto Sans Arabic"]
    with pytest.raises(fonts.MissingFontError, match=r"U\+1F600 GRINNING FACE"):
        fonts.families("\U0001f600")


@pytest.mark.usefixtures("without_cjk")
def test_a_script_without_a_font_names_its_package() -> None:
    with pytest.raises(fonts.MissingFontError, match="apt-get install fonts-noto-cjk"):
        fonts.families("東京")


@pytest.mark.usefixtures("without_cjk")
def test_an_authoritys_own_name_without_a_font_stops_no_filing() -> None:
    found = result("jp-ppc", "JP", "regulator", "Commission", authority="jp.ppc")
    assert _local_name({"local_name": "個人情報保護委員会"}, "Commission") is None
    assert _local_name({"local_name": "Kommissionen"}, "Commission") == "Kommissionen"
    assert _local_name({"local_name": "Commission"}, found.recipient.name) is None


def test_american_recipients_get_letter_paper_and_dates(tmp_path: Path) -> None:
    incident, assessment = retail()
    widths = {}
    for name in ("us-ma-ag", "eu-gdpr-lead-sa"):
        (one,) = documents.file(incident, assessment, tmp_path / name, [name])
        with pikepdf.open(one.path) as opened:
            widths[name] = round(float(opened.pages[0].MediaBox[2]))
        text = PdfReader(one.path).pages[0].extract_text()
        assert ("November 21, 2026" in text) is (name == "us-ma-ag")
    assert widths == {"us-ma-ag": 612, "eu-gdpr-lead-sa": 595}


def test_the_first_page_says_that_it_is_a_draft_and_why(tmp_path: Path) -> None:
    incident, assessment = retail()
    (one,) = documents.file(incident, assessment, tmp_path / "o", ["xx-office"])
    text = PdfReader(one.path).pages[0].extract_text()
    assert "DRAFT" in text
    assert "of low confidence" in text
    assert "not verified against its text" in text


def test_nothing_is_marked_a_draft_where_nothing_is_missing() -> None:
    incident, assessment = retail()
    found = assessment.result("us-ma-ag@US-MA").model_copy(
        update={"content_items": (ContentItem(say="cause", fill="cause"),)}
    )
    made = compose(template_at("filing/general"), Matter(incident, found, assessment))
    assert made.to_follow == ()
    assert draft_lines(Matter(incident, found, assessment), made) == []


def test_a_letter_for_people_comes_as_docx_too(tmp_path: Path) -> None:
    incident, assessment = retail()
    (one,) = documents.file(incident, assessment, tmp_path / "o", ["us-ma-residents"])
    assert one.docx is not None
    text = "\n".join(part.text for part in Document(str(one.docx)).paragraphs)
    assert "Your rights" in text
    assert incident.description.nature is not None
    assert incident.description.nature not in text
    with zipfile.ZipFile(one.docx) as archive:
        assert {info.date_time for info in archive.infolist()} == {(2026, 11, 21, 9, 0, 0)}


# -- the checklist and the calendar ------------------------------------------------------


def checklist_text(make: Callable[[], tuple[Incident, Assessment]]) -> str:
    content = checklist_pdf(*make())
    text = "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages)
    return " ".join(text.split())


def test_the_checklist_shows_each_due_instant_in_both_zones_with_the_time_left() -> None:
    text = checklist_text(retail)
    assert "23 November 2026 at 23:59:59 UTC+08:00" in text
    assert "23 November 2026 at 15:59:59 GMT (UTC+00:00)" in text
    assert "2 days 6 hours left" in text


def test_the_checklist_leaves_no_result_and_no_question_out() -> None:
    _, assessment = retail()
    text = checklist_text(retail).replace(" ", "")
    for found in assessment.obligations:
        assert found.key.replace(" ", "") in text, found.key
    for question in assessment.open_questions:
        assert question.question.replace(" ", "") in text
    for said_ in (
        "96hoursinsteadof72",
        "contractsnotentered",
        "takenfromaware",
        "BigCustomerGmbH",
        "GardaNationalCyberCrimeBureau",
        "thedayoftheeventisnotcounted",
        "IsthebreachunlikelytoresultinarisK".lower(),
    ):
        assert said_.lower() in text.lower(), said_


def test_clocks_stand_in_the_order_of_time() -> None:
    view = _View(*retail())
    due = [x.deadline.due_at for x in view.ordered() if x.deadline.due_at is not None]
    assert due == sorted(due)


def test_an_overdue_duty_is_called_overdue_and_is_not_the_next() -> None:
    view = _View(*hospital())
    late = [row for row in view.rows(status="required") if row.late]
    assert [row.key for row in late] == ["us-hhs@US"]
    words = "Department of Health and Human Services, United States: overdue by 16 hours 30 minutes"
    assert words in checklist_text(hospital)
    upcoming = view.next_due()
    assert upcoming is not None
    assert upcoming.key == "us-ny-residents@US-NY"


def test_a_filed_duty_shows_its_filing_and_no_time_left() -> None:
    (row,) = [x for x in _View(*retail()).rows(status="required") if x.filed]
    assert row.key == "eu-nis2-csirt@IE/early_warning"
    assert row.left is None
    assert "NCSC-77" in row.filed[0]


def test_a_checklist_of_an_empty_assessment_says_so() -> None:
    _, assessment = retail()
    empty = assessment.model_copy(update={"obligations": (), "open_questions": ()})
    incident = Incident(reference="EMPTY")
    content = checklist_pdf(incident, empty)
    assert check(content) == []
    text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages)
    assert "No notice is required on the facts as they stand." in text


def test_the_picture_says_in_words_what_it_shows() -> None:
    picture = _View(*retail()).picture()
    assert picture is not None
    assert "The organisation became aware: 20 November 2026 at 16:30 GMT" in picture.alt
    assert "Personal Data Protection Commission (SG)" in picture.alt
    inside = [bar.x for bar in picture.bars] + [bar.x + bar.width for bar in picture.bars]
    assert all(0 <= x <= picture.width for x in inside)
    assert [bar.x + bar.width for bar in picture.bars] == sorted(
        bar.x + bar.width for bar in picture.bars
    )


def _rows(picture: Picture) -> list[tuple[float, float]]:
    """List from where to where each name of the picture reaches, from the top down."""
    rows = [*picture.dots, *picture.bars]
    return [(row.top, row.top + len(row.names) * picture.line) for row in rows]


def test_names_stand_in_a_column_of_their_own_and_do_not_cover_each_other() -> None:
    start = datetime(2026, 11, 20, tzinfo=UTC)
    moments = [Event(start + timedelta(hours=n), "The organisation was told") for n in range(6)]
    long = "National Commission for the Protection of Data and Liberties (XX) " * 2
    clocks = [
        Clock(start, start + timedelta(days=days), (long, *"BCDEFG"[:days]), possible=False)
        for days in (1, 3, 6)
    ]
    picture = draw(moments, clocks, start + timedelta(hours=5), "UTC")
    assert picture is not None
    rows = _rows(picture)
    assert all(above[1] <= below[0] for above, below in itertools.pairwise(rows))
    assert rows[-1][1] <= picture.height
    drawn = [dot.x for dot in picture.dots] + [bar.x for bar in picture.bars]
    drawn += [mark.x for mark in picture.marks] + [picture.now or 0]
    assert min(drawn) > picture.left
    shown = [" ".join(bar.names) for bar in picture.bars]
    assert all(" ".join(long.split()) in " ".join(names.split()) for names in shown)
    assert shown[-1].endswith("and 3 more")
    widths = [len(name) for row in (*picture.dots, *picture.bars) for name in row.names]
    assert max(widths) <= 56


def test_clocks_of_one_recipient_are_told_apart() -> None:
    _, assessment = retail()
    names = told_apart(assessment.obligations)
    assert len(names) == len(assessment.obligations)
    assert len(set(names.values())) == len(names)
    stage = names["eu-nis2-csirt@IE/notification"]
    assert stage.startswith("National Cyber Security Centre (IE) ")
    assert "notification" in stage


def test_there_is_no_picture_of_nothing() -> None:
    assert draw([], [], None, "UTC") is None


def test_the_calendar_holds_each_open_due_instant_in_utc(tmp_path: Path) -> None:
    _, assessment = retail()
    made = Calendar.from_ical(documents.calendar(assessment, tmp_path / "c.ics").read_bytes())
    found = {str(event["summary"]): event for event in made.walk("VEVENT")}
    expected = [
        x
        for x in assessment.obligations
        if x.status != "not_required"
        and (x.deadline.due_at or x.deadline.projected_due_at)
        and not x.filed
    ]
    assert len(found) == len(expected)
    event = found["Due: Notify: Data Protection Commission (Ireland)"]
    assert event["dtstart"].dt == AWARE + timedelta(hours=72)
    assert event["dtstamp"].dt == NOW
    assert len(event.walk("VALARM")) == 2


class Counted(NamedTuple):
    label: str
    deadline: Deadline


def test_single_deadlines_come_as_calendar_and_as_page() -> None:
    _, assessment = retail()
    found = [Counted("72 hours in IE", assessment.result("eu-gdpr-lead-sa@IE").deadline)]
    made = Calendar.from_ical(documents.deadlines(found, "ics"))
    (event,) = made.walk("VEVENT")
    assert event["dtstart"].dt == AWARE + timedelta(hours=72)
    page = documents.deadlines(found, "pdf")
    assert check(page) == []
    with pytest.raises(InputError, match="allowed: ics, pdf"):
        documents.deadlines(found, "docx")


def test_each_deadline_has_a_proof_sheet_of_its_own() -> None:
    corpus = Corpus.open()
    found = reckon_obligation(corpus, "eu-nis2-csirt@IE", AWARE)
    sheets = PdfReader(io.BytesIO(documents.deadlines(found, "pdf"))).pages
    assert len(sheets) == len(found)
    for item, sheet in zip(found, sheets, strict=True):
        text = " ".join(sheet.extract_text().split())
        deadline = item.deadline
        assert item.label in text
        assert all(" ".join(step.step.split())[1:20] in text for step in deadline.trace)
        cites = [step.citation for step in deadline.trace if step.citation]
        assert all(cite[:12] in text for cite in cites)
        for instant in (deadline.due_at, deadline.latest_defensible):
            if instant is not None:
                shown = instant_text(instant, deadline.zone or "UTC")
                assert text.count(shown) >= 2  # in the drawing and in the table
        assert "self/" not in text


def test_a_proof_line_is_drawn_to_scale() -> None:
    due, latest = AWARE + timedelta(hours=72), AWARE + timedelta(hours=96)
    start = Start(event="aware", at=AWARE)
    deadline = Deadline(kind="fixed", starts=start, due_at=due, latest_defensible=latest)
    line = line_of(deadline)
    assert line is not None
    assert line.latest is not None
    assert (line.due - line.start) / (line.latest - line.start) == pytest.approx(0.75, abs=0.01)
    assert "Latest defensible: 24 November 2026 at 16:30" in line.alt
    assert line_of(Deadline(kind="soft", soft="at once")) is None


def test_a_name_of_a_tag_breaks_before_a_capital_alone(tmp_path: Path) -> None:
    incident, assessment = retail()
    found = result("us-sec-8k-105", "US", "regulator", "Securities and Exchange Commission")
    assessment = assessment.model_copy(update={"obligations": (found,)})
    (written,) = documents.file(incident, assessment, tmp_path / "o", [found.key])
    text = "\n".join(page.extract_text() for page in PdfReader(written.path).pages)
    name = "cyd:MaterialCybersecurityIncidentInformationNotAvailableOrUndeterminedTextBlock"
    assert name in re.sub(r"[\s\u200b]", "", text)
    lines = [line.strip("\u200b ") for line in text.split("\n")]
    parts = [x for x in lines if len(x) > 3 and x in name]
    assert len(parts) > 1
    assert all(part.startswith("cyd:") or part[0].isupper() for part in parts)


def test_one_notice_takes_less_than_two_seconds(tmp_path: Path) -> None:
    incident, assessment = retail()
    documents.file(incident, assessment, tmp_path / "warm", ["xx-office"])
    start = time.process_time()
    documents.file(incident, assessment, tmp_path / "o", ["eu-gdpr-lead-sa"])
    assert time.process_time() - start < 2
