"""Views of a disputed event: every deadline under each, and who is late under which."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from regengine.assess import assess, open_corpus
from regengine.awareness import Disputed, disputed
from regengine.intake import read_incident

ALERT = "2026-11-20T07:45:00+00:00"
CONFIRMED = "2026-11-20T16:30:00+00:00"


def views(aware: Any, now: str = "2026-11-23T09:00:00+00:00") -> tuple[Disputed, ...]:
    data = {
        "reference": "R",
        "organisation": {"country": "IE", "role": "controller", "regimes": [], "public": False},
        "timeline": {"aware": aware},
        "incident": {"accessed": True},
        "affected": [{"group": "g", "people": {"IE": 5}, "data": ["name"]}],
    }
    incident = read_incident(data, open_corpus().vocabulary)
    return disputed(incident, None, datetime.fromisoformat(now))


def test_the_authority_is_late_under_the_first_alert_and_not_under_the_confirmation() -> None:
    found = views(
        [{"at": CONFIRMED, "why": "confirmed", "chosen": True}, {"at": ALERT, "why": "alert"}]
    )
    assert [item.event for item in found] == ["aware"]
    alert, confirmed = found[0].views
    # 72 hours from 20 November, 07:45 and 16:30; it is 23 November, 09:00.
    due = {key: deadline.due_at for key, deadline in alert.deadlines.items()}
    assert due["eu-gdpr-sa@IE"] == datetime.fromisoformat("2026-11-23T07:45:00+00:00")
    assert alert.late == ("eu-gdpr-sa@IE",)
    later = confirmed.deadlines["eu-gdpr-sa@IE"].due_at
    assert later == datetime.fromisoformat("2026-11-23T16:30:00+00:00")
    assert confirmed.late == ()


def test_a_choice_without_a_reason_and_no_choice_lack_one() -> None:
    assert views([{"at": ALERT}, {"at": CONFIRMED, "chosen": True}])[0].lacks_reason
    assert views([{"at": ALERT, "why": "a"}, {"at": CONFIRMED, "why": "b"}])[0].lacks_reason
    told = views([{"at": ALERT}, {"at": CONFIRMED, "why": "b", "chosen": True}])
    assert not told[0].lacks_reason


def test_one_moment_is_no_dispute() -> None:
    assert views(ALERT) == ()


def test_a_view_of_a_day_alone_counts_from_its_first_instant() -> None:
    found = views(
        [{"at": "2026-11-19", "why": "a note of that day"}, {"at": ALERT, "why": "alert"}]
    )
    first = found[0].views[0].deadlines["eu-gdpr-sa@IE"].due_at
    assert first == datetime.fromisoformat("2026-11-22T00:00:00+00:00")


def test_a_reading_says_by_how_much_it_would_be_late() -> None:
    incident = read_incident(
        {
            "reference": "R",
            "organisation": {"country": "IE", "role": "controller", "regimes": [], "public": False},
            "timeline": {
                "aware": [{"at": CONFIRMED, "chosen": True}, {"at": ALERT, "why": "alert"}]
            },
            "incident": {"accessed": True},
            "affected": [{"group": "g", "people": {"IE": 5}, "data": ["name"]}],
        },
        open_corpus().vocabulary,
    )
    now = datetime.fromisoformat("2026-11-23T09:00:00+00:00")
    found = assess(incident, now=now).result("eu-gdpr-sa@IE").deadline
    assert found.late_by is None
    # Under the first alert the 72 hours ended at 07:45, an hour and a quarter ago.
    assert [reading.late_by for reading in found.readings] == [75 * 60]
