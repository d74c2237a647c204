"""Print all ratios in one run; ``--full`` takes the long memory test."""

from __future__ import annotations

import argparse
import os
import platform
import sys
from collections.abc import Callable, Sequence

from rich.console import Console
from rich.table import Table

from benchmarks import assessing, casefile, matters, paper, peers
from benchmarks.timing import Timed, in_turns, once
from regengine.corpus import Corpus

BY_HAND = "plain Python, by hand"
_FEW, _MANY = 5_000, 100_000
_FEW_MATTERS, _MANY_MATTERS = 1_000, 10_000  # of 100 entries each


def main() -> None:
    """Run every comparison and print it."""
    options = _options()
    console = Console(width=118, highlight=False)
    console.print(
        f"Python {platform.python_version()} on {platform.machine()}, {os.cpu_count()} cores; "
        f"CPU milliseconds, medians of {options.rounds} rounds in turns"
    )
    corpus = Corpus.open()
    typical = matters.typical(corpus)
    for title, cases in (
        ("Inference alone: the law of the typical matter", matters.evaluations(typical, corpus)),
        ("Inference alone: 300 rules, 60 three-valued facts", matters.synthetic(20)),
    ):
        _inference(console, title, cases, options.rounds)
    rows, said = assessing.beside_hand(corpus, options.rounds)
    console.print(_ratios("The whole answer, beside a program by hand", rows, rows[0], said))
    rows = assessing.settings(corpus, options.rounds)
    console.print(_ratios("The whole answer, by engine and by size", rows, rows[0], ""))
    _cold(console, max(3, options.rounds // 2))
    _law(console)
    _paper(console)
    _casefile(console, options.rounds, _MANY_MATTERS if options.full else _FEW_MATTERS)
    count = _MANY if options.full else _FEW
    console.print(f"[bold]Memory[/bold]  {assessing.memory(count)}")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--rounds", type=int, default=9, help="how often each takes its turn")
    parser.add_argument(
        "--full",
        action="store_true",
        help=f"{_MANY:,} assessments for memory, not {_FEW:,}; {_MANY_MATTERS:,} matters",
    )
    found = parser.parse_args()
    found.rounds = max(1, found.rounds)
    return found


def _inference(
    console: Console, title: str, cases: Sequence[matters.Evaluation], rounds: int
) -> None:
    builds, absent = peers.all_peers()
    jobs, remarks, expected = {}, {}, None
    for name, build in builds.items():
        engines: dict[int, peers.Decide] = {}

        def compiled(build: peers.Build = build, into: dict[int, peers.Decide] = engines) -> None:
            into.update(
                {id(rules): build(rules) for rules, _ in {id(r): (r, a) for r, a in cases}.values()}
            )

        cost = once(compiled)
        run = _runner(engines, cases)
        found = run()
        expected = expected or found
        wrong = sum(one != other for one, other in zip(found, expected, strict=True))
        agrees = "agrees" if not wrong else f"DISAGREES in {wrong} of {len(found)}"
        remarks[name] = f"{agrees}; {cost:.0f} ms to build"
        jobs[name] = run
    rows = sorted(in_turns(jobs, rounds, remarks), key=lambda row: row.milliseconds)
    base = next(row for row in rows if row.name == BY_HAND)
    rules = {id(ruleset): len(ruleset.rules) for ruleset, _ in cases}
    atoms = sum(len(held) for _, held in cases)
    said = (
        f"{len(cases)} evaluations of {len(rules)} rulesets with {sum(rules.values()):,} rules; "
        f"{atoms:,} atoms"
    )
    if absent:
        said += f"; absent here: {', '.join(absent)}"
    console.print(_ratios(title, rows, base, said))


def _runner(
    engines: dict[int, peers.Decide], cases: Sequence[matters.Evaluation]
) -> Callable[[], list[peers.Conclusions]]:
    return lambda: [engines[id(ruleset)](atoms) for ruleset, atoms in cases]


def _ratios(title: str, rows: Sequence[Timed], base: Timed, caption: str) -> Table:
    table = Table(title=title, caption=caption or None, title_justify="left", expand=True)
    table.add_column("way")
    for heading in ("ms", "lowest", "highest", "ratio"):
        table.add_column(heading, justify="right")
    table.add_column("remark")
    for row in rows:
        table.add_row(
            row.name,
            f"{row.milliseconds:.3f}",
            f"{row.lowest:.3f}",
            f"{row.highest:.3f}",
            f"{row.milliseconds / base.milliseconds:.2f}",
            row.remark,
        )
    return table


def _cold(console: Console, rounds: int) -> None:
    table = Table(title="A process from its start to its end", title_justify="left", expand=True)
    table.add_column("way")
    for heading in ("CPU ms", "wall ms", "ratio"):
        table.add_column(heading, justify="right")
    table.add_column("remark")
    rows = assessing.cold(rounds)
    for row in rows:
        ratio = f"{row.cpu / rows[0].cpu:.1f}"
        table.add_row(row.name, f"{row.cpu:.0f}", f"{row.wall:.0f}", ratio, row.remark)
    console.print(table)


def _law(console: Console) -> None:
    table = Table(title="The law", title_justify="left", expand=True)
    table.add_column("step")
    table.add_column("CPU ms", justify="right")
    table.add_column("size")
    for name, milliseconds, size in assessing.opening():
        table.add_row(name, f"{milliseconds:.0f}", size)
    console.print(table)


def _paper(console: Console) -> None:
    made = paper.measured()
    table = Table(
        title="The papers of a matter in 12 places",
        caption=f"{made.papers} papers, {made.pages} pages",
        title_justify="left",
        expand=True,
    )
    for heading in ("way", "wall s", "CPU ms a page", "ratio"):
        table.add_column(heading, justify="left" if heading == "way" else "right")
    for row in made.rows:
        wall = f"{row.wall:.1f}" if row.wall is not None else ""
        page = f"{row.page:.0f}" if row.page is not None else ""
        ratio = f"{row.page / made.bare:.2f}" if row.page is not None else ""
        table.add_row(row.name, wall, page, ratio)
    console.print(table)


def _casefile(console: Console, rounds: int, count: int) -> None:
    table = Table(
        title=f"Case files: 10 matters with 1,000 entries, and {count:,} with {count * 100:,}",
        title_justify="left",
        expand=True,
    )
    for heading in ("database", "operation", "small ms", "large ms", "ratio"):
        table.add_column(heading, justify="left" if heading[0] in "do" else "right")
    for row in casefile.measured(rounds, (count, 100)):
        ratio = f"{row.large / row.small:.2f}"
        table.add_row(row.database, row.name, f"{row.small:.3f}", f"{row.large:.3f}", ratio)
    console.print(table)


if __name__ == "__main__":
    main()
    sys.stdout.flush()
    # The environments of CLIPS are left to the system: see peers.
    os._exit(0)
