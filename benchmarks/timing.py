"""Time several ways of doing one job, in turns, so that a busy machine is fair to all.

CPU seconds of this process, not wall clock: what else the machine does is left out.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from statistics import median
from time import process_time

Job = Callable[[], object]
_LONG_ENOUGH = 0.01  # seconds for one sample, far above the clock's own grain


@dataclass(frozen=True)
class Timed:
    """One way: its median over the rounds, in milliseconds, and the spread around it."""

    name: str
    milliseconds: float
    lowest: float
    highest: float
    remark: str = ""


def in_turns(
    jobs: Mapping[str, Job], rounds: int, remarks: Mapping[str, str] | None = None
) -> list[Timed]:
    """Run each job once a round, after one run that does not count.

    >>> [row.name for row in in_turns({"nothing": lambda: None}, 1)]
    ['nothing']
    """
    repeats = {name: _repeats(job) for name, job in jobs.items()}
    samples: dict[str, list[float]] = {name: [] for name in jobs}
    for _ in range(rounds):
        for name, job in jobs.items():
            samples[name].append(_sample(job, repeats[name]))
    notes = remarks or {}
    return [
        Timed(name, median(found), min(found), max(found), notes.get(name, ""))
        for name, found in samples.items()
    ]


def once(job: Job) -> float:
    """Time one run, in milliseconds."""
    return _sample(job, 1)


def _repeats(job: Job) -> int:
    job()
    return max(1, round(_LONG_ENOUGH / max(_sample(job, 1) / 1000, 1e-6)))


def _sample(job: Job, repeats: int) -> float:
    start = process_time()
    for _ in range(repeats):
        job()
    return (process_time() - start) * 1000 / repeats
