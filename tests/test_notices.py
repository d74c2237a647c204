"""No notice is lost: what is chosen to be filed is in a paper, under a name of its own."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import regengine
from regengine.assessment import Assessment
from regengine.documents.notices import act_of, choose, notices
from regengine.facts import Filing, Incident, Moment

EXAMPLES = sorted(
    path for path in Path("examples").iterdir() if path.suffix in (".yaml", ".toml", ".json")
)
HOW = ("sent", "received", "refused", "withdrawn")


@cache
def matter(path: Path) -> tuple[Incident, Assessment]:
    incident = regengine.load_incident(path)
    aware = max(
        (one.at.at for views in incident.timeline.values() for one in views if one.at.at),
        default=None,
    )
    now = (aware or datetime(2026, 11, 21, tzinfo=UTC)) + timedelta(days=2)
    return incident, regengine.assess(incident, now=now)


@given(data=st.data())
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_every_chosen_duty_is_in_a_notice_whatever_was_filed_before(data: st.DataObject) -> None:
    incident, assessment = matter(data.draw(st.sampled_from(EXAMPLES)))
    keys = [x.key for x in assessment.obligations if x.status != "not_required"]
    filed = data.draw(st.lists(st.sampled_from(keys), max_size=4)) if keys else []
    assert assessment.now is not None
    before = Moment.of(assessment.now - timedelta(hours=1))
    filings = [
        Filing(obligation=key, at=before, how=data.draw(st.sampled_from(HOW))) for key in filed
    ]
    later = incident.model_copy(update={"filings": (*incident.filings, *filings)})
    found = regengine.assess(later, now=assessment.now)
    chosen = choose(found, all_=data.draw(st.booleans()))
    made = notices(later, found, chosen)
    assert {key for one in made for key in one.keys} == {result.key for result in chosen}
    assert all(act_of(found.result(key)) == one.act for one in made for key in one.keys)
    names = [one.name.casefold() for one in made]
    assert len(names) == len(set(names))
