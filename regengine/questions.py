"""What is asked for a fact that is not known, in words."""

from __future__ import annotations

WHO = "Which people are affected, where do they live, and which of their data are concerned?"

_QUESTIONS = {
    "incident.accessed": "Did anyone see the data without authority?",
    "incident.acquired": "Were the data taken, or is that reasonably believed?",
    "incident.exfiltrated": "Did data leave the organisation's systems?",
    "incident.disclosed": "Were data sent or shown to the wrong person?",
    "incident.altered": "Were data changed without authority?",
    "incident.lost": "Were data destroyed or lost without a copy?",
    "incident.unavailable": "Were data out of reach for a time?",
    "incident.good_faith": "Was it acquisition in good faith by own staff, without further use?",
    "incident.misuse_seen": "Has misuse of the data been seen?",
    "incident.recovered": "Are the data or the device back, with proof that they were not used?",
    "incident.malicious": "Was it a malicious act?",
    "incident.ongoing": "Does the incident still go on?",
    "incident.media": "Were the data electronic, on paper or oral?",
    "incident.kinds": "What kind of incident is it?",
    "incident.vendor.agent": "Was the vendor the organisation's agent?",
    "incident.outage.hours": "For how many hours was the service out of reach?",
    "incident.loss.amount": "How great is the loss?",
    "incident.loss.currency": "In which currency is the loss stated?",
    "incident.outage.scheduled": "Was the outage scheduled, and were users told before?",
    "incident.outage.restored_from_backup": "Was everything restored from a backup?",
    "incident.vulnerability.actively_exploited": "Is the vulnerability being exploited?",
    "organisation.role": "Does the organisation act as controller (owner) or as processor?",
    "organisation.public": "Is the organisation a public body?",
    "organisation.country": "Where is the organisation's seat?",
    "organisation.establishments": "Where does the organisation have establishments?",
    "organisation.eu_main_establishment": "Where in the Union is the main establishment, where "
    "decisions on purposes and means are taken and carried through?",
    "organisation.operates_in": "Where does the organisation do business?",
    "organisation.sector": "In which sector does the organisation work?",
    "organisation.employees": "How many people does the organisation employ?",
    "organisation.turnover_eur": "How great is the organisation's yearly turnover, in euro?",
    "records": "How many records are concerned?",
}


def question(path: str) -> str:
    """Ask for a fact in words.

    >>> question("organisation.public")
    'Is the organisation a public body?'
    >>> question("organisation.revenue")
    'What is organisation revenue?'
    """
    return _QUESTIONS.get(path, f"What is {path.replace('.', ' ').replace('_', ' ')}?")
