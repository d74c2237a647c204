"""Experts and insurers: ``regengine case expert`` and ``regengine case policy``."""

from __future__ import annotations

import json
import sys
from typing import Annotated, Any

import typer
from rich.text import Text

from regengine.casefile.commands import shown
from regengine.casefile.commands.contract import Fields, fields_of
from regengine.casefile.commands.options import By, Name, Where, moment, now_of, opened_case
from regengine.options import Listing, ListingOption, Now, Zone, refuse, zone_of
from regengine.tables import console, instant

app = typer.Typer(
    no_args_is_help=True, help="Experts: who does what, retained by whom, awaited when."
)
policy = typer.Typer(
    no_args_is_help=True,
    help="Policies of insurance: notice as an obligation, consent before money is spent.",
)
Id = Annotated[str, typer.Argument(help="its id, as the list shows it", show_default=False)]
At = Annotated[
    str | None, typer.Option("--at", metavar="INSTANT", help="when it happened; else now")
]
_ANSWERS = ("asked", "given", "refused", "revoked")


def _warn(rows: list[str]) -> None:
    """Print what is open or at risk, and end with the status of something found."""
    for row in rows:
        console().print(Text(row, style="bold red" if "AT RISK" in row else "yellow"))
    if any("AT RISK" in row for row in rows):
        raise typer.Exit(3)


@app.command("add")
def add_expert(
    name: Name,
    who: Annotated[str, typer.Argument(help="the expert", show_default=False)],
    role: Annotated[
        str, typer.Argument(help="forensic, hosting, negotiator...", show_default=False)
    ],
    fields: Annotated[
        list[str] | None,
        typer.Argument(help="FIELD=VALUE", metavar="[FIELD...]", show_default=False),
    ] = None,
    where: Where = None,
    by: By = None,
    advice: Annotated[bool, typer.Option("--advice", help="keep it on the advice track")] = False,
) -> None:
    """Enter an expert: engaged=2026-11-20T09:00:00+00:00 retained_by_counsel=true panel=true."""
    given = fields_of(fields or [])
    with opened_case(name, where, by) as case:
        from regengine.casefile import experts, insurance  # noqa: PLC0415  # reason: needs the extra

        made = experts.add(case, who, role, track="advice" if advice else "facts", **given)
        sys.stdout.write(f"{made.id}: {made.name}\n")
        risks = [
            f"{insurance.AT_RISK}: {why}"
            for known, why in insurance.at_risk(case)
            if known == made.id
        ]
        _warn([*experts.warnings(case, made), *risks])


@app.command("report")
def report_expert(
    name: Name,
    expert: Id,
    where: Where = None,
    by: By = None,
    at: At = None,
    to: Annotated[str | None, typer.Option("--to", help="to whom it went")] = None,
) -> None:
    """Record that an expert's report has come."""
    with opened_case(name, where, by) as case:
        from regengine.casefile import experts  # noqa: PLC0415  # reason: needs the extra

        made = experts.report(case, expert, at=moment(at, "--at"), to=to)
        sys.stdout.write(f"{made.id}: report of {made.name} is there\n")


@app.command("list")
def list_experts(
    name: Name,
    where: Where = None,
    now: Now = None,
    form: ListingOption = Listing.table,
    reader_zone: Zone = None,
) -> None:
    """List the experts with what is open or doubtful about each."""
    moment_ = now_of(now)
    with opened_case(name, where) as case:
        from regengine.casefile import experts  # noqa: PLC0415  # reason: needs the extra

        found = [(x, experts.warnings(case, x, moment_)) for x in experts.EXPERTS.all(case)]
    if form is Listing.json:
        rows: list[dict[str, Any]] = [
            {**x.model_dump(mode="json"), "warnings": said} for x, said in found
        ]
        sys.stdout.write(json.dumps(rows, indent=2, ensure_ascii=False) + "\n")
        return
    zone = zone_of(reader_zone) or "UTC"
    table = shown.table("id", "expert", "role", "retained by counsel", "engaged", "report", "open")
    for x, said in found:
        counsel = {True: "yes", False: "no", None: "unknown"}[x.retained_by_counsel]
        due = x.reported or x.report_due
        table.add_row(
            x.id,
            Text(x.name),
            x.role.replace("_", " "),
            counsel,
            instant(x.engaged, zone) if x.engaged else x.state,
            f"{'came' if x.reported else 'due'} {instant(due, zone)}" if due else "-",
            Text("\n".join(said), style="yellow"),
        )
    console().print(table)


@policy.command("add")
def add_policy(
    name: Name,
    insurer: Annotated[str, typer.Argument(help="the insurer", show_default=False)],
    fields: Fields,
    where: Where = None,
    by: By = None,
) -> None:
    """Enter a policy: number=CY-88 within="72 hours" starts=aware consent=[vendors, ransom]."""
    given = fields_of(fields)
    with opened_case(name, where, by) as case:
        from regengine.casefile import insurance  # noqa: PLC0415  # reason: needs the extra

        made = insurance.add(case, insurer, **given)
        notice = insurance.notice_of(case, made)
        due = notice.deadline.due_at if notice else None
        words = instant(due, notice.deadline.zone or "UTC") if notice and due else "not dated"
        sys.stdout.write(f"{made.id}: {made.title}, notice {words}\n")
        _warn([f"{insurance.AT_RISK}: {why}" for _, why in insurance.at_risk(case)])


@policy.command("list")
def list_policies(
    name: Name, where: Where = None, now: Now = None, form: ListingOption = Listing.table
) -> None:
    """List the policies, their open conditions and what puts cover at risk."""
    with opened_case(name, where) as case:
        from regengine.casefile import insurance  # noqa: PLC0415  # reason: needs the extra

        rows = list(insurance.standing(case, now_of(now)))
        policies = insurance.POLICIES.all(case)
    if form is Listing.json:
        told = {
            "policies": [x.model_dump(mode="json") for x in policies],
            "standing": [shown.plain_row(row._asdict()) for row in rows],
        }
        sys.stdout.write(json.dumps(told, indent=2, ensure_ascii=False) + "\n")
        return
    table = shown.table("id", "what", "state", "due", "warning")
    for row in rows:
        style = "bold red" if row.warning and "AT RISK" in row.warning else "yellow"
        due = instant(row.due, "UTC") if row.due else "-"
        table.add_row(
            row.record, Text(row.what), row.state, due, Text(row.warning or "", style=style)
        )
    console().print(table)


@policy.command()
def consent(
    name: Name,
    action: Annotated[
        str,
        typer.Argument(help="spending, vendors, vendors_outside_panel, ransom or liability"),
    ],
    policy_id: Annotated[
        str | None,
        typer.Argument(metavar="[POLICY]", help="the policy that answered; none: ask the gate"),
    ] = None,
    state: Annotated[str, typer.Argument(help=", ".join(_ANSWERS))] = "given",
    where: Where = None,
    by: By = None,
    at: At = None,
    who: Annotated[str | None, typer.Option("--who", help="who said so for the insurer")] = None,
    about: Annotated[
        str | None, typer.Option("--about", help="the vendor or sum for which alone it holds")
    ] = None,
    terms: Annotated[str | None, typer.Option("--terms", help="on what terms")] = None,
    reference: Annotated[str | None, typer.Option("--reference", help="its reference")] = None,
) -> None:
    """Record what an insurer said; without a policy, tell whether the act may be done (3: no)."""
    if state not in _ANSWERS:
        refuse("STATE", f'"{state}" is none; allowed: {", ".join(_ANSWERS)}')
    moment_ = moment(at, "--at")
    with opened_case(name, where, by) as case:
        from regengine.casefile import insurance  # noqa: PLC0415  # reason: needs the extra

        if policy_id is not None:
            made = insurance.consent(
                case,
                policy_id,
                action,
                state,  # type: ignore[arg-type]  # reason: checked above
                at=moment_,
                who=who,
                about=about,
                terms=terms,
                reference=reference,
            )
            sys.stdout.write(f"{made.id}: {made.action} {made.state}\n")
            return
        found = insurance.gate(case, action, at=moment_, vendor=about)
    sys.stdout.write(f"{found.verdict}: {'; '.join(found.why)}\n")
    if found.verdict != "allowed":
        raise typer.Exit(3)


@policy.command()
def notify(
    name: Name,
    policy_id: Annotated[str, typer.Argument(metavar="POLICY", show_default=False)],
    state: Annotated[str, typer.Argument(help="sent, received or refused")] = "sent",
    where: Where = None,
    by: By = None,
    at: At = None,
    channel: Annotated[str | None, typer.Option("--channel", help="hotline, e-mail...")] = None,
    reference: Annotated[
        str | None, typer.Option("--reference", help="the insurer's claim number")
    ] = None,
) -> None:
    """Record that the insurer was notified, as a filing of its obligation."""
    if state not in ("sent", "received", "refused"):
        refuse("STATE", f'"{state}" is none; allowed: sent, received, refused')
    with opened_case(name, where, by) as case:
        from regengine.casefile import insurance  # noqa: PLC0415  # reason: needs the extra

        made = insurance.notify(
            case,
            policy_id,
            state=state,  # type: ignore[arg-type]  # reason: checked above
            at=moment(at, "--at"),
            channel=channel,
            reference=reference,
        )
        sys.stdout.write(f"{made.notice.key}: {state}\n")
        late = [f"{insurance.AT_RISK}: the notice came late"] if made.late_by else []
        _warn([*late, *made.warnings])
