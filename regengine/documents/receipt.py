"""The receipt of a folder of papers, and its check: offline, or by making all anew.

A receipt holds no facts, only hashes: of the facts, of the law, of what laid the papers
out, and of each file. It proves that files are those of one run. Who wrote the receipt
it does not prove: keep its own hash elsewhere, or sign the papers.
"""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from functools import partial
from importlib import metadata
from pathlib import Path, PurePosixPath
from typing import Annotated, Any, Literal, NamedTuple, cast

import pikepdf
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from regengine.assess import assess, open_corpus
from regengine.assessment import Assessment, LawUsed
from regengine.corpus import Corpus
from regengine.documents import fonts, pdf
from regengine.documents.document import Document, Kind
from regengine.documents.outputs import fingerprint
from regengine.documents.provenance import OnRecord, facts_hash, on_record, recorded, sha256
from regengine.documents.records import FilingRecord
from regengine.errors import Fault, InputError
from regengine.facts import Incident
from regengine.inference import Engine, durable_available
from regengine.version import VERSION

RECEIPT = "receipt.json"
SCHEMA: Literal["regengine.receipt/2"] = "regengine.receipt/2"
_ASSESSMENT = "assessment.json"
_ENCLOSING = ("filing", "letter")  # papers that always enclose their provenance
_WHOLE = ("checklist", "register")  # papers that only a run for the whole matter writes
# What bytes depend on besides the templates; a version is told, not refused.
_LIBRARIES = (
    "fonttools",
    "icalendar",
    "jinja2",
    "pikepdf",
    "pydyf",
    "tzdata",
    "weasyprint",
)
_LONGEST = 16 << 20  # bytes of a receipt, and of what signatures may add to a file
_SHORT = 12  # characters of a hash that a reader is shown

Anew = Callable[[Incident, Assessment, Sequence[str]], Mapping[str, bytes]]
About = Literal[
    "missing",
    "changed",
    "unlisted",
    "signature",
    "provenance",
    "assessment",
    "facts",
    "law",
    "engine",
    "renderer",
    "fonts",
    "templates",
    "file",
]


class Finding(NamedTuple):
    """One thing that does not agree with the receipt; ``file`` is empty for the whole."""

    about: About
    file: str
    message: str


def _inside(name: str) -> str:
    """Refuse a name that leads out of the folder.

    >>> _inside("filings/a.pdf")
    'filings/a.pdf'
    """
    path = PurePosixPath(name)
    parts = {"", ".", ".."} & set(name.split("/"))
    if path.is_absolute() or parts or "\\" in name or ":" in name or not name.isprintable():
        message = "is no name of a file inside the folder"
        raise ValueError(message)
    return name


class _Shape(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


_Hash = Annotated[str, Field(pattern="^[0-9a-f]{64}$")]


class File(_Shape):
    """One file: its hash, and its length, at which signatures may begin."""

    file: Annotated[str, AfterValidator(_inside)]
    sha256: _Hash
    bytes_: int = Field(alias="bytes", ge=0)


class Paper(_Shape):
    """One document and the files that it comes in."""

    name: str
    kind: Kind
    title: str
    keys: tuple[str, ...] = ()
    template: str | None = None
    pages: int = 0
    missing: tuple[str, ...] = ()
    files: tuple[File, ...]


class Record(_Shape):
    """The entry of a matter's record on which the papers rest."""

    matter: str
    entry: int = Field(ge=1)
    head: _Hash


class Receipt(_Shape):
    """Everything that a receipt says; the order of fields is that of the JSON."""

    schema_: Literal["regengine.receipt/2"] = Field(default=SCHEMA, alias="schema")
    incident: str
    incident_sha256: _Hash
    record: Record | None = None
    assessment_sha256: _Hash
    as_of: date | None = None
    now: datetime | None = None
    inference: Engine
    checked: bool
    everything: bool = False
    engine: str
    law: LawUsed
    templates_sha256: _Hash
    renderer: str
    libraries: dict[str, str]
    families: tuple[str, ...] = ()
    fonts: dict[str, _Hash]
    documents: tuple[Paper, ...] = ()
    files: tuple[File, ...] = ()

    def listed(self) -> Iterator[File]:
        """List every file, those of documents first."""
        for paper in self.documents:
            yield from paper.files
        yield from self.files


def libraries() -> dict[str, str]:
    """List the versions of the libraries on which bytes depend.

    >>> sorted(libraries())[0]
    'fonttools'
    """
    return {name: metadata.version(name) for name in _LIBRARIES}


def _file(name: str, content: bytes) -> File:
    return File(file=name, sha256=sha256(content), bytes_=len(content))


def receipt(
    incident: Incident,
    assessment: Assessment,
    documents: Iterable[Document],
    others: Mapping[str, bytes] | None = None,
    *,
    everything: bool = False,
) -> bytes:
    """Write the receipt of documents and of ``others``, files of the matter by name.

    ``everything``: what is only possible, or has not started, was written too.

    Raise ``ValueError`` where two files bear one name, also where only letters' case tells
    them apart, since some disks do not.
    """
    documents, record = tuple(documents), recorded()
    papers = tuple(_paper(one) for one in documents)
    families = tuple(sorted({family for one in documents for family in one.families}))
    printed = any(ending == ".pdf" for one in documents for ending in one.files)
    made = Receipt(
        incident=assessment.incident,
        incident_sha256=facts_hash(incident),
        record=None if record is None else Record(**record._asdict()),
        assessment_sha256=sha256(assessment.to_json().encode()),
        as_of=assessment.as_of,
        now=assessment.now,
        inference=cast("Engine", assessment.inference),
        checked=assessment.checked,
        everything=everything,
        engine=assessment.engine,
        law=assessment.law,
        templates_sha256=fingerprint(),
        renderer=pdf.RENDERER,
        libraries=libraries(),
        families=families,
        fonts=fonts.hashes(families) if printed else {},
        documents=papers,
        files=tuple(_file(name, content) for name, content in sorted((others or {}).items())),
    )
    _refuse_doubles(made.listed())
    # Papers without a record have a receipt as before there were records.
    without = {"record"} if record is None else None
    return (made.model_dump_json(by_alias=True, indent=2, exclude=without) + "\n").encode()


def _paper(one: Document) -> Paper:
    files = tuple(_file(name, content) for name, content in one.paths().items())
    return Paper(
        name=one.name,
        kind=one.kind,
        title=one.title,
        keys=one.keys,
        template=one.template,
        pages=one.pages,
        missing=one.missing,
        files=files,
    )


def _refuse_doubles(files: Iterable[File]) -> None:
    seen = {RECEIPT}
    for one in files:
        name = one.file.casefold()
        if name in seen:
            message = f'two files are called "{one.file}"'
            raise ValueError(message)
        seen.add(name)


def read_receipt(folder: str | Path) -> Receipt:
    """Read the receipt of a folder.

    Raise ``InputError`` where there is none, or where it is not one of ours.
    """
    path = Path(folder) / RECEIPT
    try:
        with path.open("rb") as file:
            content = file.read(_LONGEST + 1)
    except OSError as error:
        why = (error.strerror or str(error)).lower()
        raise InputError([Fault(str(path), "", f"cannot be read: {why}")]) from None
    if len(content) > _LONGEST:
        raise InputError([Fault(str(path), "", f"is longer than {_LONGEST} bytes")])
    try:
        found = Receipt.model_validate_json(content)
        _refuse_doubles(found.listed())
    except ValidationError as error:
        faults = [
            Fault(str(path), ".".join(map(str, x["loc"])), _worded(x)) for x in error.errors()
        ]
        raise InputError(faults) from None
    except ValueError as error:
        raise InputError([Fault(str(path), "", str(error))]) from None
    return found


def _worded(found: Any) -> str:  # reason: pydantic's own typed dictionary
    message = str(found["msg"])
    shown = repr(found["input"]) if isinstance(found["input"], str | int) else ""
    lower = message[:1].lower() + message[1:]
    return f"{lower}, found {shown}" if shown else lower


def verify(
    folder: str | Path,
    incident: Incident | None = None,
    *,
    corpus: Corpus | None = None,
    anew: Anew | None = None,
    since: Mapping[str, FilingRecord] | None = None,
) -> list[Finding]:
    """List what in a folder does not agree with its receipt; empty where all does.

    Nothing is fetched. Every listed file must be there with its bytes and no other may be;
    a PDF may have signatures added. With ``incident`` all papers are made anew, under
    ``corpus`` or else the packaged law, and what is not the same is told from its cause:
    facts, law, engine, templates, renderer, fonts, or the file itself. ``anew`` makes the
    files of some keys by name; without it, the filings. ``since`` are the records that the
    papers were written against, as for ``file``.

    Raise ``InputError`` where there is no receipt that can be read.
    """
    root = Path(folder)
    found = read_receipt(root)
    findings = [*_files(root, found), *_unlisted(root, found), *_assessed(root, found)]
    if incident is not None:
        findings += _remade(found, incident, corpus or open_corpus(), anew, since)
    return findings


# -- what is on disk --------------------------------------------------------------------


def _files(root: Path, found: Receipt) -> Iterator[Finding]:
    kinds = {file.file: paper.kind for paper in found.documents for file in paper.files}
    for row in found.listed():
        content = _read(root / row.file, row)
        if content is None:
            yield Finding("missing", row.file, "is listed and is not there")
            continue
        yield from _compared(row, content)
        if row.file.endswith(".pdf") and sha256(content[: row.bytes_]) == row.sha256:
            enclosing = kinds.get(row.file) in _ENCLOSING
            yield from _provenance(row.file, content, found, asked=enclosing)


def _read(path: Path, row: File) -> bytes | None:
    """Read a file as far as it can matter; a folder or a device is no file."""
    try:
        if not path.is_file():
            return None
        with path.open("rb") as file:
            return file.read(row.bytes_ + _LONGEST)
    except OSError:
        return None


def _compared(row: File, content: bytes) -> Iterator[Finding]:
    if sha256(content) == row.sha256:
        return
    before = content[: row.bytes_]
    if not row.file.endswith(".pdf") or sha256(before) != row.sha256:
        hashes = f"{row.sha256[:_SHORT]}..., found {sha256(content)[:_SHORT]}..."
        yield Finding("changed", row.file, f"was changed: the receipt has {hashes}")
        return
    try:
        from regengine.documents import signing  # noqa: PLC0415  # reason: an extra
    except ImportError:
        message = "something was added, perhaps a signature: pip install 'regengine[sign]' to see"
        yield Finding("signature", row.file, message)
        return
    if not signing.is_only_signed(before, content):
        message = "what was added to it is more, or less, than sound signatures out of sight"
        yield Finding("signature", row.file, message)


def _provenance(name: str, content: bytes, found: Receipt, *, asked: bool) -> Iterator[Finding]:
    """Compare what a PDF encloses of its own origin."""
    said = _enclosed(content)
    if said is None:
        if asked:
            yield Finding("provenance", name, "encloses no provenance.json that can be read")
        return
    ours = {
        "incident": found.incident,
        "incident_sha256": found.incident_sha256,
        "engine": found.engine,
        "law": found.law.model_dump(),
        "record": found.record.model_dump() if found.record is not None else None,
    }
    for key, value in ours.items():
        if said.get(key) != value:
            message = f"its provenance.json has another {key}: {said.get(key)!r}, not {value!r}"
            yield Finding("provenance", name, message)
    keys = {key for paper in found.documents for key in paper.keys if _holds(paper, name)}
    if said.get("key") is not None and said["key"] not in keys:
        message = f"its provenance.json is of {said['key']!r}, the receipt's of {sorted(keys)}"
        yield Finding("provenance", name, message)


def _holds(paper: Paper, name: str) -> bool:
    return any(file.file == name for file in paper.files)


def _enclosed(content: bytes) -> dict[str, Any] | None:
    try:
        with pikepdf.open(io.BytesIO(content)) as opened:
            read = json.loads(opened.attachments["provenance.json"].get_file().read_bytes())
    except (pikepdf.PdfError, KeyError, ValueError):
        return None
    return read if isinstance(read, dict) else None


def _unlisted(root: Path, found: Receipt) -> Iterator[Finding]:
    known = {RECEIPT, *(row.file for row in found.listed())}
    for path in sorted(root.rglob("*")):
        name = path.relative_to(root).as_posix()
        if name not in known and (path.is_symlink() or not path.is_dir()):
            yield Finding("unlisted", name, "is there and is not listed")


def _assessed(root: Path, found: Receipt) -> Iterator[Finding]:
    """Compare assessment.json, where there is one, with what the receipt says of it."""
    row = next((row for row in found.listed() if row.file == _ASSESSMENT), None)
    if row is None:
        return
    content = _read(root / row.file, row)
    if content is not None and sha256(content) != found.assessment_sha256:
        message = "is not the assessment from which the papers were made"
        yield Finding("assessment", row.file, message)


# -- all made anew ----------------------------------------------------------------------


def _remade(
    found: Receipt,
    incident: Incident,
    corpus: Corpus,
    anew: Anew | None,
    since: Mapping[str, FilingRecord] | None,
) -> Iterator[Finding]:
    causes = list(_inputs(found, incident, corpus))
    yield from causes
    if causes:
        return  # other facts or law make other papers: their bytes say nothing more
    yield from _layout(found)
    assessment = _assessment(found, incident, corpus)
    if assessment is None:
        message = "made anew from the same facts and law it is another"
        yield Finding("assessment", "", message)
        return
    notices = [paper for paper in found.documents if paper.kind in _ENCLOSING]
    keys = dict.fromkeys(key for paper in notices for key in paper.keys)
    whole = any(paper.kind in _WHOLE for paper in found.documents)
    again = anew or partial(
        _anew, corpus=corpus, whole=whole, everything=found.everything, since=since
    )
    with on_record(None if found.record is None else OnRecord(**found.record.model_dump())):
        made = again(incident, assessment, tuple(keys))
    for row in found.listed():
        if row.file not in made:
            message = "was not made anew: that it is as it was made rests on the receipt alone"
            yield Finding("file", row.file, message)
        elif sha256(made[row.file]) != row.sha256:
            yield Finding("file", row.file, "made anew it has other bytes")


def _inputs(found: Receipt, incident: Incident, corpus: Corpus) -> Iterator[Finding]:
    if facts_hash(incident) != found.incident_sha256:
        yield Finding("facts", "", "the incident is not the one that the papers tell of")
    if (corpus.version, corpus.sha256) != (found.law.version, found.law.sha256):
        ours, theirs = (f"{x.version} ({x.sha256[:_SHORT]}...)" for x in (corpus, found.law))
        yield Finding("law", "", f"this is law {ours}, the papers were made under {theirs}")
    if found.engine != VERSION:
        message = f"this is engine {VERSION}, the papers were made by {found.engine}"
        yield Finding("engine", "", message)
    if found.inference == "durable" and not durable_available():
        message = "the papers were inferred by durable-rules, which cannot be imported here"
        yield Finding("engine", "", message)


def _layout(found: Receipt) -> Iterator[Finding]:
    if fingerprint() != found.templates_sha256:
        yield Finding("templates", "", "the templates are not those of the papers")
    ours = libraries()
    for name in sorted({*ours, *found.libraries}):
        if ours.get(name) != found.libraries.get(name):
            message = f"{name} is {ours.get(name)}, the papers had {found.libraries.get(name)}"
            yield Finding("renderer", "", message)
    if not found.fonts:
        return
    try:
        installed = fonts.hashes(found.families)
    except (InputError, KeyError) as error:
        yield Finding("fonts", "", f"a font of the papers is not installed: {error}")
        return
    for name in sorted({*installed, *found.fonts}):
        if installed.get(name) != found.fonts.get(name):
            yield Finding("fonts", "", f"{name} is not the file that the papers had")


def _assessment(found: Receipt, incident: Incident, corpus: Corpus) -> Assessment | None:
    """Assess again as the receipt says it was done; ``None`` where another answer comes."""
    for everything in (False, True):  # a receipt does not say whether all was listed
        made = assess(
            incident,
            found.as_of,
            found.now,
            corpus=corpus,
            engine=found.inference,
            check=found.checked,
            everything=everything,
        )
        if sha256(made.to_json().encode()) == found.assessment_sha256:
            return made
    return None


def _anew(
    incident: Incident,
    assessment: Assessment,
    keys: Sequence[str],
    *,
    corpus: Corpus,
    whole: bool,
    everything: bool,
    since: Mapping[str, FilingRecord] | None,
) -> Mapping[str, bytes]:
    """Make the papers again that served some keys; ``whole``: and those of the matter."""
    from regengine.documents.dossier import build  # noqa: PLC0415  # reason: it writes receipts

    made = build(
        incident, assessment, keys, all_=everything, whole=whole, since=since, corpus=corpus
    )
    return made.files
