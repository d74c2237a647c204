"""The whole of ``assess``, beside a program by hand and in other settings."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC
from pathlib import Path
from resource import RUSAGE_CHILDREN, getrusage
from statistics import median
from time import perf_counter

from benchmarks import by_hand, matters
from benchmarks.timing import Job, Timed, in_turns, once
from regengine import Incident
from regengine.assess import assess
from regengine.assessment import Assessment
from regengine.corpus import Corpus
from regengine.inference import durable_available

# What a plain assessment must not import, since loading it takes longer than the answer.
HEAVY = (
    "weasyprint", "jinja2", "docx", "pikepdf", "holidays", "pycountry", "sqlmodel", "fastapi",
    "dask", "polars", "pyhanko",
)  # fmt: skip
_ARGUMENTS = ("assess", str(matters.HERE / "typical.yaml"), "--now", matters.NOW.isoformat())
_PAGE = os.sysconf("SC_PAGE_SIZE")


def differences(found: Assessment, answers: Mapping[str, by_hand.Answer]) -> list[str]:
    """Name the results on which the program by hand and the engine differ."""
    ours = {
        result.key: (
            result.status,
            due.astimezone(UTC) if (due := result.deadline.due_at) else None,
        )
        for result in found.obligations
    }
    theirs = {
        key: (status, due.astimezone(UTC) if due else None)
        for key, (status, due) in answers.items()
    }
    return sorted(key for key in ours.keys() | theirs.keys() if ours.get(key) != theirs.get(key))


def beside_hand(corpus: Corpus, rounds: int) -> tuple[list[Timed], str]:
    """Time the typical matter by hand and by the engine; check first that both say the same."""
    incident = matters.typical(corpus)
    found = _assessed(incident, corpus)
    said = _agreement(found, by_hand.decide(incident))
    values = found.model_dump(by_alias=True)

    def written_out() -> object:
        by_hand.decide(incident)
        return Assessment.model_validate(values)

    jobs: dict[str, Job] = {
        "by hand: status and instant alone": lambda: by_hand.decide(incident),
        "by hand, then the finished answer put into its models": written_out,
        "assess, chainer": lambda: _assessed(incident, corpus),
    }
    return in_turns(jobs, rounds), said


def _agreement(found: Assessment, answers: Mapping[str, by_hand.Answer]) -> str:
    """Say whether both agree; law that came after the program by hand is told apart."""
    wrong = differences(found, answers)
    newer = [key for key in wrong if key not in answers]
    differing = [key for key in wrong if key in answers]
    said = [f"{len(answers) - len(differing)} results: statuses and instants are equal"]
    if differing:
        said.append(f"{len(differing)} DIFFER: {', '.join(differing[:3])}")
    if newer:
        said.append(f"{len(newer)} the program by hand does not know: {', '.join(newer[:3])}")
    return "; ".join(said)


def settings(corpus: Corpus, rounds: int) -> list[Timed]:
    """Time the typical matter under both engines, and larger and smaller matters."""
    counts = {
        "typical, chainer": matters.typical(corpus),
        "one laptop in six states, chainer": matters.laptop(corpus),
        "people in every state, chainer": matters.united_states(corpus),
        "people in every place with law, chainer": matters.world(corpus),
    }

    def job(incident: Incident) -> Job:
        return lambda: _assessed(incident, corpus)

    jobs: dict[str, Job] = {name: job(incident) for name, incident in counts.items()}
    if durable_available():
        for name in ("typical", "people in every state"):
            checked = f"{name}, durable-rules checked by the chainer"
            jobs[checked] = _checked(counts[f"{name}, chainer"], corpus)
    remarks = {
        name: f"{len(_assessed(incident, corpus).obligations)} results"
        for name, incident in counts.items()
    }
    return in_turns(jobs, rounds, remarks)


def _checked(incident: Incident, corpus: Corpus) -> Job:
    return lambda: assess(incident, now=matters.NOW, corpus=corpus, engine="durable")


def _assessed(incident: Incident, corpus: Corpus) -> Assessment:
    return assess(incident, now=matters.NOW, corpus=corpus, engine="chainer", check=False)


# -- a process of its own ---------------------------------------------------------------


@dataclass(frozen=True)
class Started:
    """A process from its start to its end: medians of CPU and wall clock, in milliseconds."""

    name: str
    cpu: float
    wall: float
    remark: str = ""


def cold(rounds: int) -> list[Started]:
    """Start ``regengine assess`` from nothing, beside a Python that does nothing."""
    program = ["-c", "from regengine.cli import run; run()", *_ARGUMENTS]
    return [
        _started("python that does nothing", ["-c", "pass"], rounds),
        _started("import regengine", ["-c", "import regengine"], rounds),
        _started("regengine assess, typical matter, both engines", program, rounds, _heavy()),
    ]


def _started(name: str, arguments: list[str], rounds: int, remark: str = "") -> Started:
    cpu, wall = [], []
    for _ in range(rounds):
        before, start = _children(), perf_counter()
        _python(arguments)
        wall.append((perf_counter() - start) * 1000)
        cpu.append((_children() - before) * 1000)
    return Started(name, median(cpu), median(wall), remark)


def _children() -> float:
    used = getrusage(RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _heavy() -> str:
    """Say which heavy modules an assessment imports."""
    program = (
        "import json, sys; import regengine, regengine.cli; from benchmarks import assessing;"
        f"assessing.plain(); print(json.dumps([m for m in {HEAVY!r} if m in sys.modules]))"
    )
    loaded = json.loads(_python(["-c", program]).splitlines()[-1])
    return f"heavy imports: {', '.join(loaded) or 'none'}"


def plain() -> None:
    """Assess the typical matter once, for the imports that come with it."""
    corpus = Corpus.open()
    _assessed(matters.typical(corpus), corpus)


def _python(arguments: list[str]) -> str:
    done = subprocess.run(  # noqa: S603  # reason: this Python, our own words
        [sys.executable, *arguments],
        cwd=matters.HERE.parent, capture_output=True, text=True, check=True,
    )  # fmt: skip  # reason: what is run stands apart from how
    return done.stdout


def memory(count: int) -> str:
    """Assess many times in a process of its own, and say how its memory grew."""
    program = f"from benchmarks import assessing; print(assessing.grown({count}))"
    return _python(["-c", program]).splitlines()[-1]


def grown(count: int) -> str:
    """Assess the laptop matter again and again, every tenth time with durable-rules."""
    corpus = Corpus.open()
    incident = matters.laptop(corpus)
    first = min(1000, count // 2)
    early = 0
    for number in range(1, count + 1):
        if number % 10 == 0 and durable_available():
            assess(incident, now=matters.NOW, corpus=corpus, engine="durable")
        else:
            _assessed(incident, corpus)
        if number == first:
            early = _resident()
    late = _resident()
    share = (late - early) / early * 100
    return (
        f"{early / 2**20:.1f} MB after {first:,} assessments, {late / 2**20:.1f} MB after "
        f"{count:,} ({share:+.1f} %)"
    )


def _resident() -> int:
    return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * _PAGE


# -- the law ----------------------------------------------------------------------------


def opening() -> list[tuple[str, float, str]]:
    """Time the law itself: read, bring one matter's places into play, compile all of it."""
    read = median(once(Corpus.open) for _ in range(5))
    corpus = Corpus.open()
    size = sum(
        raw.path.stat().st_size for raw in (*corpus.raw.values(), *corpus.raw_places.values())
    )
    files = len(corpus.raw) + len(corpus.raw_places)
    incident = matters.typical(corpus)
    first = once(lambda: _assessed(incident, corpus))
    rules = 0

    def everything() -> None:
        nonlocal rules
        for name, raw in corpus.raw.items():
            if "obligation" in raw.data:
                rules += len(corpus.instrument(name, raw.place).ruleset.rules)

    rest = once(everything)
    return [
        ("read and hash every file", read, f"{files} files, {size / 2**20:.2f} MB"),
        ("first assessment: check and compile the places in play", first, "typical matter"),
        ("check and compile all that is left", rest, f"{rules:,} rules in all"),
    ]
