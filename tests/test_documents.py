"""Paper: what filings, letters, the checklist and the calendar say, and how they are made."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

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
    obligations = tuple(
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
    ) + (
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
