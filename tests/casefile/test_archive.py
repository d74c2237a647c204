"""Archives: a matter goes to another machine and comes back, and nothing altered is taken in."""

from __future__ import annotations

import json
import random
import zipfile
from collections.abc import Callable, Iterator
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import databases
import pytest
from databases_edit import edit

from regengine.casefile import archive, sealing, tasks
from regengine.casefile.archive import (
    Exported,
    export,
    import_archive,
    is_encrypted,
    open_archive,
)
from regengine.casefile.case import Case
from regengine.casefile.chain import left_out, verify
from regengine.casefile.entries import (
    GENESIS,
    Draft,
    KeptFile,
    body_hash,
    body_text,
    canonical,
    entry_hash,
    sha256,
)
from regengine.casefile.sealing import BrokenError, container, packed, unpacked
from regengine.casefile.signature import Keys
from regengine.casefile.store import Store
from regengine.errors import InputError

Clock = Callable[[], datetime]
SECRET = "correct horse battery"  # noqa: S105  # reason: of files that live for one test
LOG = b"a line of a log\n" * 50


@pytest.fixture(autouse=True)
def keys(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Keys:
    monkeypatch.setenv("REGENGINE_KEYS", str(tmp_path / "keys"))
    return Keys()


@pytest.fixture
def worked(case: Case) -> Case:
    case.set({"affected.customers.people.IE": 950}, source="log")
    with case.writing() as journal:
        kept = journal.keep("log.txt", LOG)
        opinion = journal.keep("opinion.txt", b"what counsel thinks")
        image = KeptFile(name="disk.img", sha256=sha256(b"disk"), size=4, kept=False)
        journal.add(Draft(kind="evidence", body={"id": "E1"}, files=(kept, image)))
        journal.add(Draft(kind="note", body={"text": "deny it"}, files=(opinion,), track="advice"))
    case.assess()
    return case


@pytest.fixture(params=["sqlite", "postgresql"])
def elsewhere(request: pytest.FixtureRequest, clock: Clock, tmp_path: Path) -> Iterator[Store]:
    """A store on another machine, of either kind: so each goes to each."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path / 'elsewhere.db'}"
    else:
        server: databases.Server = request.getfixturevalue("postgresql")
        url = server.database()
    with Store.open(url, clock=clock) as opened:
        yield opened


@pytest.fixture
def other(clock: Clock, tmp_path: Path) -> Iterator[Store]:
    with Store.open(tmp_path / "other.db", clock=clock) as opened:
        yield opened


def sent(case: Case, tmp_path: Path, name: str = "EX-7.regengine") -> Exported:
    return export(case, tmp_path / name)


def test_a_matter_arrives_as_it_was_with_its_files_and_its_list(
    worked: Case, elsewhere: Store, tmp_path: Path
) -> None:
    made = sent(worked, tmp_path)
    assert made.entry.told["left_out"] == []
    assert made.path.stat().st_mode & 0o777 == 0o600
    taken = import_archive(elsewhere, made.path)
    assert (taken.outcome, taken.added) == ("new", made.entry.seq)
    assert taken.signer.name == "your own key"
    there = Case(elsewhere, "EX-7", "B. Counsel")
    assert list(there.entries) == list(worked.entries)
    assert there.incident() == worked.incident()
    assert elsewhere.content(sha256(LOG)) == LOG
    ours, theirs = worked.line, there.line
    assert theirs._replace(number=0, link="") == ours._replace(number=0, link="")
    assert verify(elsewhere, heads=[worked.head]) == []


def test_an_import_of_what_is_there_changes_nothing_and_says_so(
    worked: Case, other: Store, tmp_path: Path
) -> None:
    made = sent(worked, tmp_path)
    import_archive(other, made.path)
    before = other.matter("EX-7")
    assert import_archive(other, made.path).outcome == "identical"
    assert other.matter("EX-7") == before
    assert import_archive(worked.store, made.path).outcome == "identical"


def test_two_machines_go_on_from_each_other(worked: Case, elsewhere: Store, tmp_path: Path) -> None:
    import_archive(elsewhere, sent(worked, tmp_path, "1.regengine").path)
    there = Case(elsewhere, "EX-7", "B. Counsel")
    there.set({"title": "Found again"}, source="call")
    with there.writing() as journal:
        kept = journal.keep("more.txt", b"more")
        journal.add(Draft(kind="evidence", body={"id": "E2"}, files=(kept,)))
    back = import_archive(worked.store, sent(there, tmp_path, "2.regengine").path)
    assert (back.outcome, back.added) == ("continued", 3)
    assert worked.head == there.head
    assert worked.line.title == "Found again"
    assert worked.store.content(sha256(b"more")) == b"more"
    assert verify(worked.store) == []
    worked.set({"title": "Closed"}, source="call")
    again = import_archive(elsewhere, sent(worked, tmp_path, "3.regengine").path)
    assert again.outcome == "continued"
    assert Case(elsewhere, "EX-7", "B").head == worked.head
    assert verify(elsewhere) == []


def test_an_older_archive_takes_nothing_back(worked: Case, other: Store, tmp_path: Path) -> None:
    first = sent(worked, tmp_path, "1.regengine")
    worked.set({"title": "Later"})
    import_archive(other, sent(worked, tmp_path, "2.regengine").path)
    assert import_archive(other, first.path).outcome == "older"
    assert other.matter("EX-7").head == worked.head


def test_two_records_that_parted_are_refused_and_the_entry_is_named(
    worked: Case, other: Store, tmp_path: Path
) -> None:
    made = sent(worked, tmp_path)
    import_archive(other, made.path)
    there = Case(other, "EX-7", "B. Counsel")
    there.set({"title": "One way"})
    worked.set({"title": "Another way"})
    before = worked.head
    with pytest.raises(InputError, match=f"part at entry {made.entry.seq + 1}: here fact by A"):
        import_archive(worked.store, sent(there, tmp_path, "2.regengine").path)
    assert worked.head == before


def test_another_matter_of_the_same_name_is_refused(
    worked: Case, other: Store, tmp_path: Path
) -> None:
    Case.new(other, {"reference": "EX-7"}, by="B. Counsel")
    with pytest.raises(InputError, match='another matter "EX-7" is here'):
        import_archive(other, sent(worked, tmp_path).path)
    assert len(other.matters()) == 1


# -- two tracks ----------------------------------------------------------------------------


def test_facts_go_out_without_a_word_of_advice_and_the_chain_still_holds(
    worked: Case, elsewhere: Store, tmp_path: Path
) -> None:
    made = export(worked, tmp_path / "facts.regengine", track="facts")
    advice = [entry.seq for entry in worked.entries if entry.track == "advice"]
    assert list(made.left_out) == advice
    assert len(advice) == 1
    with zipfile.ZipFile(made.path) as opened:
        held = b"".join(
            sealing.zlib.decompress(opened.read(name), 31) if name.endswith(".gz") else opened.read(name)
            for name in opened.namelist()
        )  # fmt: skip  # reason: one expression
    salt = worked.entries[advice[0] - 1].salt or ""
    assert b"a line of a log" in held
    for word in (b"deny it", b"what counsel thinks", salt.encode(), b"opinion.txt"):
        assert word not in held
    taken = import_archive(elsewhere, made.path)
    assert list(taken.left_out) == advice
    (note,) = verify(elsewhere, heads=[worked.head])
    assert (note.kind, str(advice[0]) in note.message) == ("left_out", True)
    assert left_out(elsewhere.rows(worked.id)) == advice
    with pytest.raises(KeyError):
        elsewhere.content(sha256(b"what counsel thinks"))


def test_a_copy_of_facts_is_continued_and_comes_home_to_the_whole(
    worked: Case, other: Store, tmp_path: Path
) -> None:
    made = export(worked, tmp_path / "facts.regengine", track="facts")
    import_archive(other, made.path)
    there = Case(other, "EX-7", "B. Counsel")
    there.set({"title": "Seen by others"})
    back = import_archive(worked.store, sent(there, tmp_path, "back.regengine").path)
    assert (back.outcome, back.added) == ("continued", 2)
    assert verify(worked.store) == []
    assert any(entry.body and entry.body.get("text") == "deny it" for entry in worked.entries)


def test_a_copy_of_facts_is_worked_on_and_gives_no_hidden_id_again(
    worked: Case, other: Store, tmp_path: Path
) -> None:
    tasks.add(worked, "Ask the insurer", "experts")
    tasks.add(worked, "Weigh the privilege", "legal", track="advice")
    path = export(worked, tmp_path / "facts.regengine", track="facts").path
    import_archive(other, path)
    there = Case(other, "EX-7", "B. Counsel")
    assert [task.title for task in tasks.TASKS.all(there)] == ["Ask the insurer"]
    tasks.add(there, "Call the host", "containment")
    assert [task.id for task in tasks.TASKS.all(there)] == ["T1", "T3"]
    there.assess()
    assert [one.kind for one in verify(other)] == ["left_out"]
    import_archive(worked.store, sent(there, tmp_path, "back.regengine").path)
    assert [task.id for task in tasks.TASKS.all(worked)] == ["T1", "T2", "T3"]


def test_advice_that_was_wiped_in_the_whole_record_cannot_go_out(
    worked: Case, tmp_path: Path
) -> None:
    edit(worked.store, "UPDATE entry SET body = NULL, salt = NULL WHERE track = 'advice'")
    with pytest.raises(InputError, match="content was taken out"):
        sent(Case(worked.store, "EX-7", "A"), tmp_path)
    assert list(tmp_path.glob("*.regengine")) == []


# -- keys ------------------------------------------------------------------------------------


def test_a_key_is_made_once_for_its_owner_alone(keys: Keys) -> None:
    first = keys.fingerprint
    path = keys.folder / "signing-key.pem"
    assert path.stat().st_mode & 0o777 == 0o600
    assert Keys().fingerprint == first
    path.chmod(0o644)
    with pytest.raises(InputError, match="others can read this key"):
        keys.sign(b"x")


def test_a_key_that_is_none_is_refused(keys: Keys) -> None:
    keys.folder.mkdir()
    path = keys.folder / "signing-key.pem"
    path.touch(mode=0o600)
    path.write_text("no key")
    with pytest.raises(InputError, match="is no key of Ed25519"):
        keys.sign(b"x")


def test_whose_key_signed_is_told_and_only_a_known_one_continues_a_matter(
    worked: Case, other: Store, tmp_path: Path
) -> None:
    theirs = Keys(tmp_path / "theirs")
    taken = import_archive(other, sent(worked, tmp_path).path, keys=theirs)
    assert not taken.signer.known
    assert taken.signer.fingerprint == Keys().fingerprint
    worked.set({"title": "Later"})
    more = sent(worked, tmp_path, "2.regengine").path
    with pytest.raises(InputError, match="signed by a key that is not known here"):
        import_archive(other, more, keys=theirs)
    theirs.trust(taken.signer.fingerprint.upper(), "Example Forensics")
    again = import_archive(other, more, keys=theirs)
    assert (again.outcome, again.signer.name) == ("continued", "Example Forensics")
    assert theirs.forget(taken.signer.fingerprint) == "Example Forensics"
    assert theirs.trusted() == {}


def test_an_unknown_key_continues_a_matter_where_that_is_said(
    worked: Case, other: Store, tmp_path: Path
) -> None:
    theirs = Keys(tmp_path / "theirs")
    import_archive(other, sent(worked, tmp_path).path, keys=theirs)
    worked.set({"title": "Later"})
    more = sent(worked, tmp_path, "2.regengine").path
    assert import_archive(other, more, keys=theirs, unknown_key=True).outcome == "continued"


@pytest.mark.parametrize("fingerprint", ["", "3fa9", "g" * 64, "0" * 65])
def test_what_is_no_fingerprint_is_not_trusted(keys: Keys, fingerprint: str) -> None:
    with pytest.raises(InputError, match="is no fingerprint"):
        keys.trust(fingerprint, "Somebody")
    with pytest.raises(InputError, match="no key"):
        keys.forget("0" * 64)
    with pytest.raises(InputError, match="a name of 1 to 80"):
        keys.trust("0" * 64, " ")


# -- sealed ----------------------------------------------------------------------------------


def test_an_encrypted_archive_opens_with_its_passphrase_alone(
    worked: Case, other: Store, tmp_path: Path
) -> None:
    made = export(worked, tmp_path / "EX-7.regengine", passphrase=SECRET)
    assert is_encrypted(made.path)
    assert b"log" not in made.path.read_bytes()[:4]
    with pytest.raises(InputError, match="is encrypted: its passphrase is wanted"):
        open_archive(made.path)
    with pytest.raises(InputError, match="wrong passphrase, or it was changed"):
        import_archive(other, made.path, passphrase="another passphrase")  # noqa: S106  # reason: of this test
    assert other.matters() == []
    assert import_archive(other, made.path, passphrase=SECRET).outcome == "new"


def test_a_passphrase_that_keeps_nothing_is_refused_and_nothing_is_recorded(
    worked: Case, tmp_path: Path
) -> None:
    before = worked.head
    with pytest.raises(InputError, match="at least 8 characters"):
        export(worked, tmp_path / "x.regengine", passphrase="short")  # noqa: S106  # reason: of this test
    assert worked.head == before
    assert list(tmp_path.glob("*.regengine")) == []


def test_an_export_replaces_no_file_and_needs_its_folder(worked: Case, tmp_path: Path) -> None:
    made = sent(worked, tmp_path)
    before = worked.head
    with pytest.raises(InputError, match="is there already"):
        sent(worked, tmp_path)
    with pytest.raises(InputError, match="cannot be written"):
        export(worked, tmp_path / "none" / "x.regengine")
    assert worked.head == before == made.entry.hash
    assert [path.name for path in tmp_path.glob(".*regengine*")] == []


# -- hostile archives --------------------------------------------------------------------------


def test_a_byte_that_is_changed_anywhere_is_found(
    worked: Case, other: Store, tmp_path: Path
) -> None:
    content = sent(worked, tmp_path).path.read_bytes()
    chosen = random.Random(7)  # noqa: S311  # reason: places of a test
    edges = [*range(120), *range(len(content) - 120, len(content))]
    path = tmp_path / "altered.regengine"
    for place in [*edges, *chosen.sample(range(len(content)), 300)]:
        altered = bytearray(content)
        altered[place] ^= 1 << chosen.randrange(8)
        path.write_bytes(altered)
        with pytest.raises(InputError):
            import_archive(other, path)
    assert other.matters() == []


def test_a_byte_that_is_changed_in_an_encrypted_archive_is_found(
    worked: Case, tmp_path: Path
) -> None:
    content = export(worked, tmp_path / "x.regengine", passphrase=SECRET).path.read_bytes()
    path = tmp_path / "altered.regengine"
    for place in (3, 30, 100, len(content) // 2, len(content) - 1):
        altered = bytearray(content)
        altered[place] ^= 1
        path.write_bytes(altered)
        with pytest.raises(InputError):
            open_archive(path, passphrase=SECRET)


def test_an_archive_that_was_cut_off_or_lengthened_is_refused(worked: Case, tmp_path: Path) -> None:
    content = sent(worked, tmp_path).path.read_bytes()
    path = tmp_path / "altered.regengine"
    for altered in (b"", b"PK", content[:40], content[: len(content) // 2], content[:-1],
                    content + b"\0", b"\0" + content, content + content):  # fmt: skip  # reason: a list
        path.write_bytes(altered)
        with pytest.raises(InputError) as told:
            open_archive(path)
        assert len(str(told.value).splitlines()) == 1


Members = dict[str, bytes]


def remade(path: Path, change: Callable[[Members], None], *, sign: bool = True) -> Path:
    """Write an archive again as somebody with a key of their own would."""
    with zipfile.ZipFile(path) as opened:
        members = {name: opened.read(name) for name in opened.namelist()}
    change(members)
    if sign:
        told = json.loads(members["manifest.json"])
        told["members"] = [
            {"name": name, "sha256": sha256(content), "size": len(content)}
            for name, content in members.items()
            if name not in ("manifest.json", "signature.json")
        ]
        manifest = (canonical(told) + "\n").encode()
        members |= {"manifest.json": manifest, "signature.json": Keys().sign(manifest)}
    made = path.with_name("remade.regengine")
    made.write_bytes(container(members))
    return made


def manifest_with(**fields: object) -> Callable[[Members], None]:
    def change(members: Members) -> None:
        told = json.loads(members["manifest.json"]) | fields
        members["manifest.json"] = (canonical(told) + "\n").encode()

    return change


def lines_with(edit_lines: Callable[[list[dict[str, object]]], None]) -> Callable[[Members], None]:
    def change(members: Members) -> None:
        size = json.loads(members["manifest.json"])["entries_size"]
        rows = [json.loads(x) for x in unpacked(members["entries.jsonl.gz"], size).splitlines()]
        edit_lines(rows)
        text = "".join(canonical(row) + "\n" for row in rows).encode()
        members["entries.jsonl.gz"] = packed(text)
        manifest_with(entries_size=len(text))(members)

    return change


LOG_FILE = f"files/{sha256(LOG)}.gz"


def bomb(members: Members) -> None:
    members[LOG_FILE] = packed(b"\0" * (50 << 20))


def more_than_kept(members: Members) -> None:
    members[f"files/{'0' * 64}.gz"] = packed(b"x")


def trailing(members: Members) -> None:
    members[LOG_FILE] += b"more"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (manifest_with(schema="regengine.archive/9"), "written by a newer regengine"),
        (manifest_with(schema="another"), "its manifest is none"),
        (manifest_with(entries=10**6), "does not end with entry 1000000"),
        (manifest_with(entries_size=1 << 40), "at most 1073741824 are read"),
        (manifest_with(entries_size=5), "does not unpack to the 5 bytes"),
        (manifest_with(head="0" * 64), "does not end with entry"),
        (manifest_with(reference="EX-70"), "does not begin with the opening of EX-70"),
        (manifest_with(reference="EX-7\x1b[31m"), "not written as we write it"),
        (manifest_with(track="facts"), "holds facts alone, and entry"),
        (manifest_with(left_out=[2]), "content of entry 2 is not what was recorded"),
        (manifest_with(more=1), "its manifest is none"),
        (bomb, "does not unpack to the 800 bytes"),
        (trailing, "does not unpack to the 800 bytes"),
        (more_than_kept, "does not hold the files that its entries keep"),
        (lambda members: members.pop(LOG_FILE), "does not hold the files"),
        (lambda members: members.update({LOG_FILE: packed(LOG[::-1])}), '"log.txt" is not'),
        (lambda members: members.pop("entries.jsonl.gz"), "holds no entries"),
        (lines_with(lambda rows: rows[2].update(by="Another")), "entry 3 is not what was recorded"),
        (lines_with(lambda rows: rows[2].update(body={"text": "x"})), "content of entry 3 is not"),
        (lines_with(lambda rows: rows[2].update(body=None, salt=None)), "content of entry 3 was taken"),
        (lines_with(lambda rows: rows.pop(2)), "does not end with entry"),
        (lines_with(lambda rows: rows.insert(1, rows.pop(2))), "entry 2 does not follow"),
        (lines_with(lambda rows: rows[0].update(more=1)), "entry 1 cannot be read"),
        (lines_with(lambda rows: rows[0].update(at="2026-11-20")), "entry 1 "),
    ],
)  # fmt: skip  # reason: a table of one line each
def test_an_archive_that_lies_is_refused_though_it_is_signed(
    worked: Case, other: Store, tmp_path: Path, change: Callable[[Members], None], message: str
) -> None:
    path = remade(sent(worked, tmp_path).path, change)
    with pytest.raises(InputError, match=message) as told:
        import_archive(other, path)
    assert len(str(told.value).splitlines()) == 1
    assert other.matters() == []


def test_a_signature_that_is_gone_or_of_other_words_is_refused(
    worked: Case, tmp_path: Path
) -> None:
    path = sent(worked, tmp_path).path
    for change, message in (
        (lambda members: members.pop("signature.json"), "is not signed"),
        (manifest_with(by="Somebody"), "the signature does not hold"),
        (lambda members: members.update({"signature.json": b"{}"}), "cannot be read"),
        (lambda members: members.update({"signature.json": members["signature.json"] + b" "}), "not written"),
    ):  # fmt: skip  # reason: a table
        with pytest.raises(InputError, match=message):
            open_archive(remade(path, change, sign=False))


def zipped(*members: tuple[str, bytes], method: int = zipfile.ZIP_STORED) -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w", method) as made, pytest.MonkeyPatch.context() as patch:
        patch.setattr("warnings.warn", lambda *_args, **_more: None)  # of names that come twice
        for name, content in members:
            made.writestr(name, content)
    return out.getvalue()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (zipped(("../../evil", b"x")), "holds '../../evil', which is no part"),
        (zipped(("/etc/passwd", b"x")), "which is no part"),
        (zipped(("files/../x.gz", b"x")), "which is no part"),
        (zipped(("manifest.json", b"{}"), ("manifest.json", b"[]")), "manifest.json twice"),
        (zipped(("manifest.json", b"\0" * 10**7), method=zipfile.ZIP_DEFLATED), "members are stored"),
        (zipped(("manifest.json", b"{}")), "not written as archives are"),
        (container({"manifest.json": b"[" * 100_000}), "nested deeper|cannot be read"),
        (container({"manifest.json": b"{}"}), "its manifest is none"),
        (container({"manifest.json": b"\xff"}), "manifest cannot be read"),
        (container({"signature.json": b"{}"}), "it has no manifest"),
        (container({}), "it has no manifest"),
        (b"text", "is no archive of a matter"),
    ],
)  # fmt: skip  # reason: a table of one line each
def test_what_is_no_archive_is_refused_in_one_line(
    tmp_path: Path, content: bytes, message: str
) -> None:
    path = tmp_path / "x.regengine"
    path.write_bytes(content)
    with pytest.raises(InputError, match=message) as told:
        open_archive(path)
    assert len(str(told.value).splitlines()) == 1
    assert [found.name for found in tmp_path.iterdir()] == ["x.regengine"]


def test_what_is_not_there_or_too_large_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(InputError, match="cannot be read: no such file"):
        open_archive(tmp_path / "none")
    (tmp_path / "large").write_bytes(b"PK" * 100)
    monkeypatch.setattr(sealing, "LARGEST", 100)
    with pytest.raises(InputError, match="is larger than 100 bytes"):
        open_archive(tmp_path / "large")


def test_files_that_would_fill_the_memory_are_refused(
    worked: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = sent(worked, tmp_path).path
    monkeypatch.setattr(archive, "_TOTAL", 100)
    with pytest.raises(InputError, match="would take more than 100 bytes"):
        open_archive(path)


def test_a_matter_that_does_not_verify_is_neither_exported_nor_continued(
    worked: Case, other: Store, tmp_path: Path
) -> None:
    import_archive(other, sent(worked, tmp_path).path)
    worked.set({"title": "Later"})
    more = sent(worked, tmp_path, "2.regengine").path
    edit(other, "UPDATE entry SET \"by\" = 'X' WHERE seq = 2")
    with pytest.raises(InputError, match="record that is here does not verify"):
        import_archive(other, more)
    with pytest.raises(InputError, match="was changed"):
        export(Case(other, "EX-7", "B"), tmp_path / "3.regengine")


def test_the_same_matter_gives_the_same_container(worked: Case) -> None:
    entry = worked.record(Draft(kind="exported", body={"law": {}, "left_out": []}))
    first = archive._written(worked, entry, "all", (), Keys())
    assert first == archive._written(worked, entry, "all", (), Keys())


def test_packing_is_undone_only_to_its_stated_length() -> None:
    assert unpacked(packed(LOG), len(LOG)) == LOG
    for length in (0, len(LOG) - 1, len(LOG) + 1):
        with pytest.raises(BrokenError, match="does not unpack"):
            unpacked(packed(LOG), length)
    with pytest.raises(BrokenError, match="cannot be unpacked"):
        unpacked(b"text", 4)


def test_a_clock_that_was_set_back_keeps_no_matter_at_home(
    worked: Case, other: Store, clock: Clock, tmp_path: Path
) -> None:
    clock.move(hours=-2)  # type: ignore[attr-defined]  # reason: the clock of the tests
    worked.set({"title": "Later, and earlier"})
    assert [one.kind for one in verify(worked.store)] == ["clock"]
    assert import_archive(other, sent(worked, tmp_path).path).outcome == "new"


def test_what_tells_of_advice_on_the_track_of_facts_stays_at_home_too(
    case: Case, other: Store, tmp_path: Path
) -> None:
    told = "the board was told in confidence that the backup had failed for ninety days"
    tasks.add(case, f"Ask whether {told}", "legal", track="advice")
    case.set({"description.cause": "a thief"}, source="police")
    leak = case.set({"description.nature": "theft"}, source=f"note: {told}")[0]
    made = export(case, tmp_path / "facts.regengine", track="facts")
    assert leak.seq in made.left_out
    assert leak.seq - 1 not in made.left_out
    import_archive(other, made.path)
    there = Case(other, "EX-7", "B. Counsel")
    assert [one.kind for one in verify(other)] == ["left_out"]
    assert all(told not in str(entry.body) for entry in there.entries)
    with pytest.raises(InputError, match=r"its content \(fact\) was left out of this copy"):
        there.facts()


def test_a_whole_archive_is_not_called_the_same_as_a_copy_with_gaps(
    worked: Case, other: Store, tmp_path: Path
) -> None:
    facts = export(worked, tmp_path / "facts.regengine", track="facts")
    import_archive(other, facts.path)
    before = other.matter("EX-7")
    whole = sent(worked, tmp_path, "whole.regengine").path
    named = f"without the content of entry {facts.left_out[0]}: import the whole archive"
    with pytest.raises(InputError, match=named):
        import_archive(other, whole)
    assert other.matter("EX-7") == before
    assert import_archive(other, facts.path).outcome == "identical"


def rechained(change: Callable[[list[dict[str, Any]]], None]) -> Callable[[Members], None]:
    """Hash the chain anew over other entries, as whoever wrote the archive could."""

    def again(rows: list[dict[str, Any]]) -> None:
        change(rows)
        previous = GENESIS
        for row in rows:
            files = tuple(map(KeptFile.model_validate, row["files"]))
            text = body_text(row["body"], files)
            row["body_sha256"] = body_hash(row["salt"], text)
            row["previous"] = previous
            row["hash"] = entry_hash(row["matter"], row["seq"], row["kind"], row["at"], row["by"],
                                     row["track"], row["body_sha256"], previous)  # fmt: skip  # reason: one call
            previous = row["hash"]

    def changed(members: Members) -> None:
        heads: list[str] = []

        def kept(rows: list[dict[str, Any]]) -> None:
            again(rows)
            heads.append(rows[-1]["hash"])

        lines_with(kept)(members)
        manifest_with(head=heads[0])(members)

    return changed


def body_with(kind: str, **fields: object) -> Callable[[Members], None]:
    def change(rows: list[dict[str, Any]]) -> None:
        row = next(x for x in rows if x["kind"] == kind)
        row["body"] = {**row["body"], **fields} if fields else {}

    return rechained(change)


def last_as(kind: str, **body: object) -> Callable[[Members], None]:
    return rechained(lambda rows: rows[-1].update(kind=kind, body=body))


def author(name: str) -> Callable[[Members], None]:
    return rechained(lambda rows: rows[1].update(by=name))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (body_with("assessment"), "is no assessment that can be read"),
        (body_with("assessment", required=10**30), "is no assessment that can be read: required"),
        (body_with("assessment", next_due="2026-12-01T00:00:00"), "without an offset"),
        (body_with("assessment", next_due="0001-01-01T00:00:00+14:00"), "of no year"),
        (body_with("assessment", next_due="soon"), "next_due"),
        (body_with("assessment", law={}), "law.version"),
        (body_with("fact"), "is no fact that can be read: path"),
        (body_with("fact", learned="2026-12-01"), "without an offset"),
        (body_with("fact", path="title", value={"a": 1}), "is no fact that can be read: value"),
        (body_with("opened", title=7), "is no opened that can be read: title"),
        (body_with("opened", title="\x1b[31m"), "control characters"),
        (body_with("opened"), "is no opened that can be read"),
        (last_as("closed"), "is no closed that can be read: state"),
        (last_as("closed", state="zzz", why="x"), "is no closed that can be read: state"),
        (last_as("reopened", state="closed", why="x"), "is no reopened that can be read"),
        (last_as("filing", key="x", state="zzz", at="2026-11-20"), "is no filing"),
        (last_as("filing", key="x", state="sent", at="2026-11-20T09:00"), "without an offset"),
        (last_as("documents", documents=[{}]), "is no documents that can be read"),
        (last_as("exported", left_out="x"), "is no exported that can be read"),
        (last_as("no\x1bte"), "its author or kind"),
        (author("A\x1b[2J"), "its author or kind"),
    ],
)  # fmt: skip  # reason: a table of one line each
def test_a_chain_of_what_cannot_be_replayed_is_refused_in_one_line(
    worked: Case, other: Store, tmp_path: Path, change: Callable[[Members], None], message: str
) -> None:
    path = remade(sent(worked, tmp_path).path, change)
    with pytest.raises(InputError, match=message) as told:
        import_archive(other, path)
    assert len(str(told.value).splitlines()) == 1
    assert str(told.value).isprintable()
    assert other.matters() == []


def test_a_chain_that_was_hashed_anew_and_can_be_replayed_is_taken(
    worked: Case, other: Store, tmp_path: Path
) -> None:
    path = remade(sent(worked, tmp_path).path, body_with("fact", source="another"))
    assert import_archive(other, path).outcome == "new"


def test_a_lone_surrogate_is_refused_in_the_manifest_and_in_a_body(
    worked: Case, tmp_path: Path
) -> None:
    path = sent(worked, tmp_path).path
    with zipfile.ZipFile(path) as opened:
        members = {name: opened.read(name) for name in opened.namelist()}
    for name, old, new in (
        ("manifest.json", b'"by":"', b'"by":"\\ud800'),
        ("entries.jsonl.gz", b'"by":"', b'"by":"\\ud800'),
    ):
        altered = dict(members)
        if name == "manifest.json":
            manifest = members[name].replace(old, new)
        else:
            told = json.loads(members["manifest.json"])
            lines = unpacked(members[name], told["entries_size"]).replace(old, new)
            altered[name] = packed(lines)
            told["entries_size"] = len(lines)
            told["members"][0] |= {"sha256": sha256(altered[name]), "size": len(altered[name])}
            manifest = (canonical(told) + "\n").encode()
        altered |= {"manifest.json": manifest, "signature.json": Keys().sign(manifest)}
        made = path.with_name(f"surrogate-{name}.regengine")
        made.write_bytes(container(altered))
        with pytest.raises(InputError) as refused:
            open_archive(made)
        assert len(str(refused.value).splitlines()) == 1
