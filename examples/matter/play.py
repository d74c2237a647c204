"""A whole matter, played: from one telephone call to the final report and the closed file.

    python examples/matter/play.py > docs/tutorial/a-whole-matter.md

Every command is run by the product itself on a store of its own; only the clock is set, so
that a month passes in half a minute. Hashes and folders, which differ from run to run, are
written as dots.
"""

from __future__ import annotations

import contextlib
import io
import os
import re
import shlex
import sys
import tempfile
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from regengine import cli
from regengine.casefile.commands import options

HERE = Path(__file__).parent
_WIDTH = "112"
_HASH = re.compile(r"\b(?:[0-9a-f]{4} ){15}[0-9a-f]{4}\b|\b[0-9a-f]{12,64}\b")
_ARCHIVE = re.compile(r"\b[0-9.]+ (?:kB|MB|bytes)\b")


class Play:
    """The stage: a store, a clock that is set, and the page that is written."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.now = datetime.fromisoformat("2026-11-20T06:50:00+00:00")
        self.page: list[str] = []

    def at(self, instant: str, title: str) -> None:
        """Move the clock, and begin a scene."""
        self.now = datetime.fromisoformat(instant)
        self.page += [f"## {title}", "", f"*{self.now:%A %d %B %Y, %H:%M} UTC*", ""]

    def say(self, text: str) -> None:
        """Tell what goes on."""
        self.page += [" ".join(text.split()), ""]

    def run(self, command: str, *keep: str, status: int = 0) -> str:
        """Run a command and show what it prints; with ``keep``, the lines that match alone."""
        text, ended = self._called(shlex.split(command))
        if ended != status:
            message = f"{command}: ended with {ended}, not {status}\n{text}"
            raise SystemExit(message)
        self.page += ["```console", f"$ regengine {self._plain(command)}"]
        self.page += [*self._kept(self._plain(text), keep), "```", ""]
        return text

    def _called(self, arguments: list[str]) -> tuple[str, int]:
        out = io.StringIO()
        argv, sys.argv = sys.argv, ["regengine", *arguments]
        try:
            with contextlib.redirect_stdout(out), contextlib.redirect_stderr(out):
                cli.run()
        except SystemExit as end:
            return out.getvalue(), int(end.code or 0)
        finally:
            sys.argv = argv
        return out.getvalue(), 0

    def _plain(self, text: str) -> str:
        """Write what differs from run to run as dots."""
        text = text.replace(f"{self.folder}/", "").replace(f"{HERE}/", "")
        return _ARCHIVE.sub("… kB", _HASH.sub("················", text))

    def _kept(self, text: str, keep: tuple[str, ...]) -> Iterator[str]:
        """Give the lines to show; what is left out is three dots."""
        lines = [line.rstrip() for line in text.strip("\n").split("\n")]
        left_out = False
        for line in lines:
            if keep and not any(re.search(pattern, line) for pattern in keep):
                if not left_out and line.strip():
                    yield "..."
                    left_out = True
                continue
            left_out = False
            yield line


def main() -> None:
    """Play the matter and print the page."""
    os.environ["COLUMNS"] = _WIDTH
    os.environ["REGENGINE_BY"] = "J. Peeters"
    with tempfile.TemporaryDirectory() as folder, contextlib.chdir(HERE):
        os.environ["REGENGINE_STORE"] = f"{folder}/matters.db"
        os.environ["REGENGINE_KEYS"] = f"{folder}/keys"
        play = Play(Path(folder))
        options.clock = lambda: play.now
        story(play)
    sys.stdout.write("\n".join(play.page).rstrip() + "\n")


def story(play: Play) -> None:
    """Tell the matter of a Belgian web shop, from the first call to the closed file."""
    play.page += ["# A whole matter", ""]
    play.say(
        """Kader & Linnen sells frames and bed linen from Antwerp. On a Friday morning its web shop
        is down. This page plays what follows, from the first call to the final report, with the
        commands that its general counsel, Jonas Peeters, would type. Everything below was printed
        by the product (`python examples/matter/play.py` plays it again); `...` stands for lines
        that are left out, `················` for a hash. People and companies are invented, the
        law is not."""
    )
    first_hours(play)
    first_day(play)
    first_filing(play)
    weekend(play)
    second_week(play)
    the_end(play)


def first_hours(play: Play) -> None:
    """Friday morning: a call, a note, and what must not be wiped."""
    play.at("2026-11-20T06:50:00+00:00", "Hour 0: one telephone call")
    play.say("What the operator said on the telephone is a short file. More is not needed.")
    play.run('case new first-call.yaml --source "call of the shop\'s operator"')
    play.run("case assess KADER-1", "possible, ", "Mon 2026", "Notify the", "left", "affected$")
    play.say(
        """Nothing is required yet, since nobody knows whether people's data are involved; but
        nothing is gone, and the clock of the law is shown as if it had begun. First of all,
        nothing must be destroyed that will be needed. A step that does is warned of before it is
        taken."""
    )
    play.run('case evidence log KADER-1 "VPN gateway" --keeps "7 days" --owner "S. Claes"')
    play.run(
        'case contain isolate KADER-1 orders-db --who "S. Claes" --how "network cable" --secured no'
    )
    play.run('case contain plan KADER-1 power_off orders-db --who "S. Claes"', status=3)
    play.say("So the memory is copied first; then the step does no harm.")
    play.run(
        'case evidence add KADER-1 "Memory of orders-db" --what memory --system orders-db '
        '--taken-by "S. Claes" --file memory-of-orders-db.txt --place "safe, room 2.11"'
    )
    play.run("case contain did KADER-1 X1")
    play.run(
        'case hold start KADER-1 "orders, customers, remote access" --reason "the attack of 20 '
        'November" --contact "J. Peeters" --custodian "S. Claes" --custodian "L. Wouters" '
        "--system mail"
    )
    play.run("case hold send KADER-1 LH1", "LH1", "^To:", "not delete")
    play.at("2026-11-20T07:30:00+00:00", "Hour 1: advisers, and the insurer before them")
    play.run(
        'case policy add KADER-1 "Noordzee Verzekeringen NV" number=77-1203 within="2 working days" '
        "starts=aware 'consent=[vendors, ransom]' "
        'address=claims@noordzee.example clause="Policy 77-1203, s 6.1"'
    )
    play.run(
        'case expert add KADER-1 "Deltawacht Forensics" forensic '
        "engaged=2026-11-20T07:30:00+00:00 retained_by_counsel=true",
        status=3,
    )
    play.say(
        """The policy wants to be asked before a vendor is engaged. It was not, so the record says
        what is at risk, and goes on saying it. The insurer agrees afterwards."""
    )
    play.run(
        'case policy consent KADER-1 vendors POL1 given --who "claims desk" --reference NZ-5512'
    )
    play.run("case policy notify KADER-1 POL1 --channel e-mail --reference NZ-5512")
    play.run(
        'case engagement add KADER-1 "Van Hove Advocaten" --role outside_counsel '
        '--purpose "advice on duties and claims" --engaged-by "L. Wouters" --since 2026-11-20 '
        '--privilege "Belgian professional secrecy" --person "E. Van Hove" --client "J. Peeters"'
    )
    play.run(
        'case note add KADER-1 "Pay nothing before the list of sanctioned persons was checked." '
        '--advice --label attorney-client --to "E. Van Hove" --about EN1'
    )
    play.say(
        """Advice stands on a track of its own. What the house promised to others stands beside what
        the law asks."""
    )
    play.run("case contract import KADER-1 contracts.csv")


def first_day(play: Play) -> None:
    """Friday: what the morning brought, and when the clock began."""
    play.at("2026-11-20T11:30:00+00:00", "Hour 5: what the morning brought")
    play.run('case set KADER-1 noon.yaml --source "J. Peeters" --learned 2026-11-20T09:00:00+00:00')
    play.run("case diff KADER-1", "Appeared", r"^  \+ (eu-nis2|contract)", "appeared")
    play.at("2026-11-20T14:30:00+00:00", "Hour 8: since when do we know?")
    play.say(
        """The forensic firm says at two o'clock that somebody was in the database. Was the house
        aware then, or with the first alert? Both views are put on record, with what is due under
        each; counsel chooses, and says why. Months later nobody has to remember."""
    )
    play.run(
        'case decision aware KADER-1 2026-11-20T06:40:00+00:00 --why "first alert" --says "S. Claes"',
        "^C1:",
    )
    play.run(
        "case decision aware KADER-1 2026-11-20T14:00:00+00:00 "
        '--why "intrusion confirmed" --says "Deltawacht"',
        "^C2:",
        "duty",
        "eu-",
        "^ +Mon .* 06:40",
    )
    play.run(
        "case decision choose KADER-1 C2 "
        '--why "an alert alone did not speak for people\'s data" --counsel "Van Hove Advocaten"',
        "^ *D1",
        "decided",
        "why",
    )
    play.run(
        "case decision set KADER-1 eu.nis2.significant=true "
        '--why "the shop is down on its busiest weekend"',
        "^D2",
        "why",
        "engine",
        "duty",
        "early",
        "warning",
    )


def first_filing(play: Play) -> None:
    """Friday evening: the early warning, approved and sent."""
    warning = "eu-nis2-csirt@BE/early_warning"
    play.at("2026-11-20T17:00:00+00:00", "Hour 10: the early warning")
    play.run("case set KADER-1 answers.be-ccb-nis2.cbe=0400.111.222")
    play.run(f"case file KADER-1 --out {play.folder}/warning --only {warning}", "pdf", "kept as")
    play.run(f'case filing KADER-1 {warning} approved --who "L. Wouters"')
    play.run(f"case filing KADER-1 {warning} sent --channel portal --reference CCB-2026-4410")


def weekend(play: Play) -> None:
    """Saturday to Monday: people counted, told, and the authorities notified."""
    play.at("2026-11-21T08:30:00+00:00", "Day 1: promises kept, logs saved, people counted")
    play.run("case filing KADER-1 contract-marktplein sent --channel e-mail")
    play.run("case filing KADER-1 contract-payhub sent --channel e-mail")
    play.run('case evidence log KADER-1 "VPN gateway" --secured-by "S. Claes"')
    for person in ("S. Claes", "L. Wouters"):
        play.run(f'case hold acknowledge KADER-1 LH1 "{person}"', "LH1")
    play.run('case hold off KADER-1 LH1 mail --who "S. Claes"', "LH1")
    play.say(
        """The list of customers is counted by place, and not kept: the record has the numbers, the
        hash of the file, and how many rows name no place."""
    )
    play.run("case counts KADER-1 customers.csv --person klantnummer --apply customers")
    play.at("2026-11-22T10:00:00+00:00", "Day 2: one voice")
    play.run('case message holding KADER-1 press --channel website --approver "L. Wouters"')
    play.run(
        'case message draft KADER-1 customers --channel mail --approver "L. Wouters" '
        '--text "On 20 November our web shop was attacked. No personal data were taken. '
        'We will write to everybody concerned by 4 December 2026."'
    )
    play.say("The second text says more than the record bears out, and is not approved.")
    play.run('case message approve KADER-1 M2 --by "L. Wouters"', status=2)
    play.run(
        "case message draft KADER-1 customers --revises M2 --text "
        '"On 20 November 2026 our web shop was attacked. We are finding out which data are '
        'concerned. We will write to everybody concerned by 4 December 2026."'
    )
    play.run('case message approve KADER-1 M2 --by "L. Wouters"')
    play.run("case message send KADER-1 M2 --reached 964")
    play.say("What was promised is a task now.")
    play.at("2026-11-23T10:00:00+00:00", "Day 3: the notices of seventy-two hours")
    play.run(
        'case set KADER-1 forensics.yaml --source "forensic report 1"', "kinds", "data:", "head"
    )
    play.run(
        "case decision set KADER-1 eu.gdpr.risk=risk "
        '--why "passwords were hashed with salt" --written'
    )
    play.say(
        """The table says what hangs on that decision: with *unlikely* nobody would have to be told,
        with *high* the people would. Customers live in three states of the Union, so the authority
        of the seat leads."""
    )
    keys = "eu-gdpr-lead-sa@BE,eu-nis2-csirt@BE/notification"
    play.run(f"case file KADER-1 --out {play.folder}/notices --only {keys}", "pdf", "kept as")
    for key, reference in zip(keys.split(","), ("GBA-26-9917", "CCB-2026-4410-2"), strict=True):
        play.run(f'case filing KADER-1 {key} approved --who "L. Wouters"', "approved", "!")
        play.run(
            f"case filing KADER-1 {key} sent --channel portal --reference {reference}",
            "sent",
            "!",
            "→",
        )
    play.say(
        "The final report now runs from the instant at which the notification really went out."
    )


def second_week(play: Play) -> None:
    """Find that what was filed is untrue now, and tell the people."""
    lead = "eu-gdpr-lead-sa@BE"
    play.at("2026-11-27T09:00:00+00:00", "Day 7: what was filed is untrue now")
    play.run(
        "case set KADER-1 affected.customers.people.BE=1184 "
        "affected.customers.data.national_id=true "
        '--source "forensic report 2" --learned 2026-11-27T08:30:00+00:00'
    )
    play.run(
        f"case diff KADER-1 --out {play.folder}/supplements",
        "Notices that went out",
        "✗",
        r"^ {10}[-+] ",
        "untrue now",
        "supplement",
        status=3,
    )
    play.run(
        'case decision set KADER-1 eu.gdpr.risk=high --why "national numbers invite fraud" --written '
        '--consulted "Belgian Data Protection Authority@2026-11-27T08:45:00+00:00"',
        "^D4",
        "why",
        "form",
        "replaces",
        "individuals",
    )
    play.run(f'case filing KADER-1 {lead} approved --who "L. Wouters"', "approved")
    play.run(f"case filing KADER-1 {lead} sent --channel portal --reference GBA-26-9917-2", "sent")
    play.at("2026-12-02T09:00:00+00:00", "Day 12: the people are told")
    play.run(
        f"case file KADER-1 --out {play.folder}/letters --only eu-gdpr-individuals",
        "pdf",
        "kept as",
    )
    for place, people in (("BE", 1184), ("FR", 88), ("NL", 301), (None, 67)):
        key = f"eu-gdpr-individuals@{place}" if place else "eu-gdpr-individuals-elsewhere@EEA"
        play.run(f'case filing KADER-1 {key} approved --who "L. Wouters"', "approved")
        play.run(f"case filing KADER-1 {key} sent --channel mail --people {people}", "sent")
    play.run('case task done KADER-1 T9 --why "letters of 2 December"')
    play.run("case filing KADER-1")


def the_end(play: Play) -> None:
    """File the final report, and ask what was known when."""
    final = "eu-nis2-csirt@BE/final"
    play.at("2026-12-21T09:00:00+00:00", "Day 31: the final report")
    play.run('case set KADER-1 timeline.handled=2026-12-18T16:00:00+00:00 --source "S. Claes"')
    play.run(f"case file KADER-1 --out {play.folder}/final --only {final}", "pdf", "kept as")
    play.run(f'case filing KADER-1 {final} approved --who "L. Wouters"', "approved")
    play.run(
        f"case filing KADER-1 {final} sent --channel portal --reference CCB-2026-4410-3", "sent"
    )
    play.at("2027-01-15T09:00:00+00:00", "Afterwards: what did you know on Friday at two?")
    play.run(
        "case show KADER-1 --known 2026-11-20T13:59:00+00:00",
        "as known",
        "kinds",
        "aware",
        "regimes",
    )
    play.run("case timeline KADER-1 --kinds decision")
    play.run("case verify KADER-1")
    play.say(
        """An archive for somebody who may see the facts and not the advice: the entry of advice is
        in it as a hash, and the chain is whole all the same."""
    )
    play.run(f"case export KADER-1 --out {play.folder}/kader.regengine --track facts")
    play.run(f"case import {play.folder}/kader.regengine --check")
    play.run('case close KADER-1 --why "all notices are out, no question is open"')
    play.run("case list --all")


if __name__ == "__main__":
    main()
