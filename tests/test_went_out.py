"""A notice counts once, however many rows of a file tell of it."""

from __future__ import annotations

import pytest

import regengine
from regengine.assessment import Filed

KEY = "eu-nis2-csirt@BE/notification"


def _result(filings: list[dict[str, str]]) -> regengine.Result:
    facts = {
        "reference": "EX-1",
        "organisation": {"country": "BE", "regimes": ["eu.nis2.important"]},
        "timeline": {"aware": "2026-11-20T07:45:00+00:00"},
        "judgements": {"eu.nis2.significant": True},
        "filings": [{"obligation": KEY, **row} for row in filings],
    }
    return regengine.assess(regengine.read_incident(facts)).result(KEY)


def _row(day: int, how: str) -> dict[str, str]:
    return {"at": f"2026-11-{day}T10:00:00+00:00", "how": how}


@pytest.mark.parametrize(
    ("rows", "went_out"),
    [
        ([_row(21, "sent")], ["sent"]),
        ([_row(21, "received")], ["received"]),
        ([_row(21, "sent"), _row(22, "received")], ["sent"]),
        ([_row(22, "received"), _row(21, "sent")], ["sent"]),
        ([_row(21, "sent"), _row(22, "received"), _row(23, "sent")], ["sent", "sent"]),
        ([_row(21, "sent"), _row(22, "sent"), _row(23, "received")], ["sent", "sent"]),
        ([_row(21, "refused")], []),
    ],
)
def test_a_receipt_belongs_to_the_sending_before_it(
    rows: list[dict[str, str]], went_out: list[str]
) -> None:
    assert [filed.how for filed in _result(rows).went_out] == went_out


def test_where_receipt_is_what_counts_a_late_receipt_is_late() -> None:
    made = _result([_row(21, "sent"), _row(25, "received")])
    filed = (
        Filed(at=made.filed[0].at, how="sent", on_time=None),
        Filed(at=made.filed[1].at, how="received", on_time=False),
    )
    met = made.deadline.model_copy(update={"met": "received"})
    late = made.model_copy(update={"deadline": met, "filed": filed})
    assert late.is_late
    assert [x.how for x in late.went_out] == ["received"]
