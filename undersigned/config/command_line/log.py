"""`log`: verifying a published log, which needs nothing of ours, and changing the keys that sign it, which does."""

import importlib
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

import click
import django

from undersigned.config.command_line.waiting import Waiting
from undersigned.ledger.line import hour_text
from undersigned.ledger.note import NotANote, VerifierKey
from undersigned.ledger.reading import source_at
from undersigned.ledger.receipt import NotAReceipt, Opening, Receipt
from undersigned.ledger.verify import PLURALS, Known, NotVerified, Unreadable, Verdict, verify

KEYS = "undersigned.config.command_line.log_keys"
ADOPTING = "undersigned.config.command_line.log_adopt"
NOT_VERIFIED, NOT_READ = 1, 2

PROVES = """\
What this shows: every entry that the signed checkpoint stands for is here, in its order; none was cut out, changed or
put in between, and the counts above are what these entries add up to."""
PROVES_NOT = """\
What it does not show: that every signatory is real; that somebody who signed was entered at all (their receipt shows
that); or that nobody was shown another log: for that, compare this checkpoint with those that others hold, or keep it
and give it as --since the next time."""
ON_TRUST = """\
The key was read from the log itself. Compare it with one that you have from elsewhere, and give that one as --key."""

KNOWN_KEYS = click.option(
    "--key",
    "known_keys",
    metavar="VKEY",
    multiple=True,
    help="The log's verifier key (NAME+ID+KEY), as you know it; after a change of keys each of them, in an option of "
    "its own.",
)


@click.group()
def log() -> None:
    """Verify the public log of a letter; change its keys; take it over after an older backup."""


@log.command("verify")
@click.argument("where", metavar="URL|FOLDER")
@KNOWN_KEYS
@click.option(
    "--since",
    metavar="CHECKPOINT_FILE",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A checkpoint that you kept: the log must begin with it.",
)
def verify_(where: str, known_keys: Sequence[str], since: Path | None) -> None:
    """Work the log at URL or in FOLDER out anew: entries, tiles, root, signature, counts.

    The address or the folder of the letter will do. Ends with 0 if all is as it must be, with 1 if anything is not,
    and with 2 if the log cannot be read.
    """
    known = Known(_verifiers(known_keys), since.read_bytes() if since else None)
    try:
        source = source_at(where)
        with Waiting("entries") as waiting:
            verdict = verify(source, known, waiting.go_on)
    except NotVerified as fault:
        click.echo(f"NOT VERIFIED: {fault}", err=True)
        sys.exit(NOT_VERIFIED)
    except Unreadable as fault:
        click.echo(f"not read: {fault}", err=True)
        sys.exit(NOT_READ)
    _tell(verdict, bool(known.keys))


@log.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@KNOWN_KEYS
def receipt(file: Path, known_keys: Sequence[str]) -> None:
    """Check the receipt in FILE (receipt.json). Ends with 0 if it is good, with 1 if it is not."""
    known = _verifiers(known_keys)
    try:
        found = Receipt.parse(file.read_bytes())
        checked = found.check(known or found.keys)
    except NotAReceipt as fault:
        click.echo(f"NOT GOOD: {fault}", err=True)
        sys.exit(NOT_VERIFIED)
    for item, (line, head) in zip(found.items, checked, strict=True):
        kind = f" ({line.kind})" if line.kind else ""
        click.echo(f"good: entry {item.proof.index} of {head.origin}, under a checkpoint of {head.size:,} entries")
        click.echo(f"  {line.event}{kind} in the hour {hour_text(line.hour)}, text {line.version.hex()}")
        click.echo(f"  {_opened(item.opening)}")
    click.echo("It does not show that the entry still counts: a later one may have undone it.")
    if not known:
        click.echo(ON_TRUST.replace("the log itself", "the receipt itself"))


@log.command()
@click.argument("slug")
@click.option("--retire", is_flag=True, help="Let the newest key sign alone from now on.")
def rotate(slug: str, retire: bool) -> None:
    """Give the log of SLUG a new key. The old one signs beside it until --retire; both are listed in its keys.txt.

    Tell whoever verifies the log, and leave them the time to learn of it, before you retire the old key.
    """
    django.setup()
    importlib.import_module(KEYS).rotate_keys(slug, retires=retire)


@log.command()
@click.argument("slug")
def keys(slug: str) -> None:
    """Show the verifier keys of the log of SLUG, with the hours from which and until which they sign."""
    django.setup()
    importlib.import_module(KEYS).show_keys(slug)


@log.command()
@click.argument("slug")
@click.option("--dry-run", is_flag=True, help="Only say what it would do.")
def adopt(slug: str, dry_run: bool) -> None:
    """Take what was published of the log of SLUG into a record that is older, because a backup was restored.

    Do this only where no newer record can be had: signatures of which this record knows nothing are taken back in the
    log for good. Who was published, and withdrew after the backup was made, is taken off the list again, and erased.
    Of those who wait in this record for the desk, or for their number in the log, the log tells nothing: if they
    withdrew, they stand again. It says how many they are.
    """
    django.setup()
    importlib.import_module(ADOPTING).adopt_log(slug, dry_run=dry_run)


def _verifiers(texts: Sequence[str]) -> list[VerifierKey]:
    try:
        return [VerifierKey.parse(text) for text in texts]
    except NotANote as fault:
        raise click.UsageError(f"--key: {fault}") from None


def _opened(opening: Opening | None) -> str:
    if opening is None:
        return "nothing in the receipt opens it, so it does not show whom it is about"
    if opening.is_nonce:
        return "it opens with a random number alone, which says nothing of a person"
    return f"it opens with the record {opening.record.decode()}"


def _tell(verdict: Verdict, key_is_known: bool) -> None:
    head = verdict.head
    click.echo(f"{head.origin}: {head.size:,} entries, signed with {', '.join(key.text for key in verdict.keys)}")
    for line in _counted(verdict):
        click.echo(f"  {line}")
    click.echo("ok  entries, tiles, root and signature fit together")
    if verdict.since:
        click.echo(f"ok  the log begins with the checkpoint of {verdict.since.size:,} entries that you kept")
    if verdict.compared is None:
        click.echo("--  no letter.json lies beside the log: its counts were not compared")
    else:
        click.echo(f"ok  letter.json counts what the log counts at {verdict.compared:,} entries")
    for text in (PROVES, PROVES_NOT, *([] if key_is_known else [ON_TRUST])):
        click.echo(f"\n{text}")


def _counted(verdict: Verdict) -> Iterable[str]:
    """One line a version and kind, and the total."""
    for version in sorted({version for _, version in verdict.counts}):
        for kind, name in PLURALS.items():
            if number := verdict.counts[kind, version]:
                yield f"{number:>10,} {name:<14} of text {version.hex()}"
    yield f"{Counter(verdict.counts).total():>10,} in all"
