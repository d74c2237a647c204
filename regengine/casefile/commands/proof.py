"""Prove a matter, stamp it, send it to another machine and take it in there."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.text import Text

from regengine import tables
from regengine.casefile.commands import shown
from regengine.casefile.commands.options import (
    By,
    Name,
    Where,
    casefile,
    opened_case,
    opened_store,
)
from regengine.options import Law, Listing, ListingOption, refuse

if TYPE_CHECKING:
    from regengine.casefile.chain import Finding
    from regengine.casefile.store import Store

_PASSPHRASE = "REGENGINE_PASSPHRASE"  # noqa: S105  # reason: the name of a variable
_LARGEST = 1 << 20  # bytes of a certificate


def verify(
    name: Annotated[
        str | None,
        typer.Argument(help="one matter; without, all", metavar="[MATTER]", show_default=False),
    ] = None,
    where: Where = None,
    heads: Annotated[
        list[str] | None,
        typer.Option("--head", metavar="HASH", help="a head that was printed or sent; repeatable"),
    ] = None,
    papers: Annotated[
        list[Path] | None,
        typer.Option(
            "--papers", metavar="DIR", help="a folder of papers: are they those on record"
        ),
    ] = None,
    roots: Annotated[
        list[Path] | None,
        typer.Option(
            "--tsa-cert", metavar="FILE", help="trust time stamps under this certificate alone"
        ),
    ] = None,
    form: ListingOption = Listing.table,
) -> None:
    """Find every change, deletion and reordering of what was recorded, and say where."""
    casefile()
    from regengine.casefile import chain  # noqa: PLC0415  # reason: needs the extra

    anchors = [_certificate(path) for path in roots or ()]
    with opened_store(where) as store:
        with tables.progress("Checking") as advance:
            found = chain.verify(store, name, heads=heads or (), roots=anchors, progress=advance)
        for folder in papers or ():
            found += _on_paper(store, folder)
        if form is Listing.json:
            rows = [item._asdict() for item in found]
            sys.stdout.write(json.dumps(rows, indent=2, ensure_ascii=False) + "\n")
        else:
            _show(store, name, found, anchors)
    if any(item.kind not in chain.NOTES for item in found):
        raise typer.Exit(3)


def _on_paper(store: Store, folder: Path) -> list[Finding]:
    try:
        from regengine.casefile.on_paper import check_papers  # noqa: PLC0415  # reason: two extras
    except ImportError as error:
        refuse("--papers", f"{error.name} is missing: pip install 'regengine[documents]'")
    return list(check_papers(store, folder))


def _certificate(path: Path) -> bytes:
    """Read a certificate, PEM or DER, as DER."""
    from cryptography import x509  # noqa: PLC0415  # reason: for this option alone
    from cryptography.hazmat.primitives.serialization import Encoding  # noqa: PLC0415  # reason: as above

    try:
        with path.open("rb") as file:
            content = file.read(_LARGEST)
    except OSError as error:
        refuse("--tsa-cert", f"{path}: {(error.strerror or str(error)).lower()}")
    pem = content.lstrip().startswith(b"-----BEGIN")
    try:
        made = x509.load_pem_x509_certificate(content) if pem else x509.load_der_x509_certificate(content)  # fmt: skip  # reason: one choice
    except ValueError:
        refuse("--tsa-cert", f"{path}: is no certificate (PEM or DER)")
    return made.public_bytes(Encoding.DER)


def _show(
    store: Store, name: str | None, found: Sequence[Finding], anchors: Sequence[bytes]
) -> None:
    """Print the findings, or what was found sound; then stamps, and what this copy lacks."""
    from regengine.casefile.chain import NOTES  # noqa: PLC0415  # reason: needs the extra

    out = tables.console()
    notes = [item for item in found if item.kind in NOTES]
    found = [item for item in found if item.kind not in NOTES]
    for item in found:
        place = f"{item.matter}, entry {item.seq}: " if item.seq else f"{item.matter}: "
        out.print(Text(place, style="bold red") + Text(item.message))
    if found:
        many = "" if len(found) == 1 else "s"
        out.print(Text(f"{len(found)} finding{many}", style="red"))
    elif name is not None:
        line = store.matter(name)
        out.print(Text(f"{line.reference}: {line.entries} entries, all as recorded", style="green"))
        out.print(Text(f"head {line.head}", style="dim"))
    else:
        lines = store.matters()
        total = sum(line.entries for line in lines)
        out.print(Text(f"{len(lines)} matters, {total} entries, all as recorded", style="green"))
    for item in notes:
        out.print(Text(f"{item.matter}: {item.message}", style="yellow"))
    if name is not None and not any(item.kind == "changed" for item in found):
        _show_stamps(store, name, anchors)  # what was changed may not be readable


def _show_stamps(store: Store, name: str, anchors: Sequence[bytes]) -> None:
    case = casefile().Case(store, name, "verify")
    if not any(entry.kind == "stamp" for entry in case.entries):
        return
    for entry, found in _stamping().stamps(case, anchors):
        if found is None:
            continue  # told among the findings
        trust = {
            None: "whether to trust it is not checked: --tsa-cert FILE",
            True: "trusted by --tsa-cert",
            False: "not trusted by --tsa-cert",
        }[found.trusted]
        at = found.at.isoformat(timespec="seconds")
        covers = (entry.body or {}).get("covers")
        tables.console().print(
            Text(f"entry {entry.seq}: entries to {covers} stood at {at}, says {found.authority} ({trust})")
        )  # fmt: skip  # reason: one sentence


def _stamping() -> Any:  # reason: a module
    try:
        from regengine.casefile import stamping  # noqa: PLC0415  # reason: an extra
    except ImportError as error:
        refuse("stamp", f"{error.name} is missing: pip install 'regengine[sign]'")
    return stamping


def stamp(
    name: Name,
    authority: Annotated[
        str,
        typer.Option(
            "--tsa", metavar="URL", help="the time-stamp authority to ask", show_default=False
        ),
    ],
    where: Where = None,
    by: By = None,
) -> None:
    """Have a time-stamp authority (RFC 3161) vouch that the record stood now; uses the network."""
    casefile()
    rooms = _stamping()
    with opened_case(name, where, by) as case:
        made = rooms.stamp(case, authority)
    told = made.told
    sys.stdout.write(
        f"{name}: entry {told['covers']} stood at {told['at']}, says {told['authority']}; "
        f"kept as entry {made.seq}\n"
    )


def export(
    name: Name,
    out: Annotated[
        Path,
        typer.Option("--out", metavar="FILE", help="the archive to write", show_default=False),
    ],
    where: Where = None,
    by: By = None,
    track: Annotated[
        str, typer.Option("--track", help="all, or facts: without a word of advice")
    ] = "all",
    encrypt: Annotated[
        bool,
        typer.Option("--encrypt", help=f"with a passphrase; that of {_PASSPHRASE}, or asked for"),
    ] = False,
    law: Law = None,
) -> None:
    """Write the whole matter to one signed file that opens on another machine."""
    if track not in ("all", "facts"):
        refuse("--track", f'"{track}" is no choice; all or facts')
    casefile()
    from regengine.casefile import archive, signature  # noqa: PLC0415  # reason: needs the extra

    secret = _passphrase(twice=True) if encrypt else None
    with opened_case(name, where, by, law) as case:
        made = archive.export(case, out, track=track, passphrase=secret)  # type: ignore[arg-type]  # reason: checked above
    without = f", without the content of {len(made.left_out)}" if made.left_out else ""
    sealed = "encrypted" if encrypt else "not encrypted: --encrypt asks for a passphrase"
    sys.stdout.write(
        f"{made.path}: {made.entry.seq} entries{without}; {sealed}\n"
        f"head {made.entry.hash}\nsigned by {signature.spelled(made.fingerprint)}\n"
    )


def import_(
    archive_file: Annotated[
        Path, typer.Argument(help="an archive of a matter", metavar="FILE", show_default=False)
    ],
    where: Where = None,
    unknown_key: Annotated[
        bool,
        typer.Option("--unknown-key", help="let a key that is not known go on with a matter"),
    ] = False,
    look: Annotated[
        bool, typer.Option("--check", help="check the archive alone, and take nothing in")
    ] = False,
) -> None:
    """Take a matter in from an archive, or what is new of it; every hash is checked first."""
    casefile()
    from regengine.casefile import archive  # noqa: PLC0415  # reason: needs the extra

    secret = _passphrase() if archive.is_encrypted(archive_file) else None
    if look:
        found = archive.open_archive(archive_file, passphrase=secret)
        _say_signer(found.signer)
        sys.stdout.write(
            f"{found.reference}: {len(found.entries)} entries, head {found.manifest.head}; "
            "sound, nothing was taken in\n"
        )
        return
    with opened_store(where) as store:
        made = archive.import_archive(
            store, archive_file, passphrase=secret, unknown_key=unknown_key
        )
    _say_signer(made.signer)
    sys.stdout.write(f"{made.reference}: {_OUTCOMES[made.outcome].format(made.added)}\n")
    sys.stdout.write(f"head of the archive {made.head}\n")
    if made.left_out:
        named = ", ".join(map(str, made.left_out))
        sys.stdout.write(f"without the content of entries of the advice track: {named}\n")


_OUTCOMES = {
    "new": "taken in with {} entries",
    "continued": "continued by {} entries",
    "identical": "is here already, entry by entry; nothing was changed",
    "older": "goes further here than in the archive; nothing was changed",
}


def _say_signer(signer: Any) -> None:  # reason: a named tuple of a room that needs the extra
    from regengine.casefile.signature import spelled  # noqa: PLC0415  # reason: needs the extra

    if signer.known:
        sys.stdout.write(f"signed by {signer.name}\n")
        return
    sys.stdout.write(
        f"signed by a key that is not known here: {spelled(signer.fingerprint)}\n"
        "compare it over another channel; regengine case keys trust FINGERPRINT --name NAME\n"
    )


def _passphrase(*, twice: bool = False) -> str:
    """Take the passphrase from the environment, or ask; never from an option that others see."""
    given = os.environ.get(_PASSPHRASE)
    if given is not None:
        return given
    if not sys.stdin.isatty():
        refuse("passphrase", f"one is wanted: set {_PASSPHRASE}")
    return str(
        typer.prompt(
            "Passphrase of the archive", hide_input=True, confirmation_prompt=twice, err=True
        )
    )


# -- keys ---------------------------------------------------------------------------------

keys = typer.Typer(no_args_is_help=True, help="Your own key, and those of others that you trust.")


@keys.command("list")
def list_keys() -> None:
    """Show the fingerprint of your own key, and the keys that are trusted."""
    held = _keys()
    made = shown.table("key", "fingerprint")
    rows = {held.fingerprint: "your own key", **held.trusted()}
    for fingerprint, called in rows.items():
        made.add_row(Text(called, style="bold"), Text(_spelled(fingerprint)))
    tables.console().print(made)


@keys.command()
def trust(
    fingerprint: Annotated[str, typer.Argument(help="64 digits", show_default=False)],
    name: Annotated[
        str, typer.Option("--name", help="whose key it is, as you want it told", show_default=False)
    ],
) -> None:
    """Trust a key, once its owner has read you its fingerprint over another channel."""
    digits = _keys().trust(fingerprint, name)
    sys.stdout.write(f"{_spelled(digits)} is trusted as {name}\n")


@keys.command()
def forget(
    fingerprint: Annotated[str, typer.Argument(help="64 digits", show_default=False)],
) -> None:
    """Trust a key no more."""
    sys.stdout.write(f"{_keys().forget(fingerprint)} is no longer trusted\n")


def _keys() -> Any:  # reason: a class of a room that needs the extra
    casefile()
    from regengine.casefile.signature import Keys  # noqa: PLC0415  # reason: needs the extra

    return Keys()


def _spelled(fingerprint: str) -> str:
    from regengine.casefile.signature import spelled  # noqa: PLC0415  # reason: needs the extra

    return spelled(fingerprint)


COMMANDS: dict[str, Callable[..., None]] = {
    "verify": verify,
    "stamp": stamp,
    "export": export,
    "import": import_,
}
