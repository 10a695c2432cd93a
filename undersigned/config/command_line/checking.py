"""`check`: is everything in order? One line for each thing, and 1 if any is not."""

import shutil
import sys
import time
from collections.abc import Callable

import click
from django.conf import settings
from django.core import checks
from django.db import connection

from undersigned.config.command_line.keys import SITE_KEYS
from undersigned.config.mailing import make_transport, own_address
from undersigned.config.migrating import refuse_other_shape
from undersigned.config.purging import recalls
from undersigned.kit.fonts import missing
from undersigned.ledger import head
from undersigned.ledger.folder import CHECKPOINT
from undersigned.ledger.models import Log
from undersigned.letters.models import Letter
from undersigned.lib.clock import now
from undersigned.post.smtp import SmtpTransport

FREE_BYTES = 1024**3
DRIFT_SECONDS = 5
WAIT_SECONDS = 300


class NotInOrder(Exception):
    """What is wrong, in words for an operator."""


@click.command()
def check() -> None:
    """Check configuration, keys, database, mail, time, disk, public folder and caches."""
    healthy = True
    for name, look in CHECKS.items():
        try:
            click.echo(f"ok      {name}: {look()}")
        except Exception as fault:  # whatever it is, the other checks are worth knowing
            healthy = False
            click.echo(f"WRONG   {name}: {fault or type(fault).__name__}")
    sys.exit(0 if healthy else 1)


def _configuration() -> str:
    wrong = [str(message.msg) for message in checks.run_checks() if message.level >= checks.WARNING]
    if wrong:
        raise NotInOrder("; ".join(wrong))
    return f"{settings.SITE_URL}, data in {settings.DATA}"


def _keys() -> str:
    for name in SITE_KEYS:
        settings.KEYS.site_key(name)
    settings.KEYS.coalition_recipient()
    open_to_others = [path.name for path in settings.KEYS.folder.rglob("*.key") if path.stat().st_mode & 0o077]
    if open_to_others:
        raise NotInOrder(f"others can read {', '.join(sorted(open_to_others))}: chmod 600")
    return "all are there, and private"


def _letter_keys() -> str:
    letters = Letter.objects.filter(keep_until__gte=now().date()).values_list("pk", flat=True)
    for letter in letters:
        settings.KEYS.letter_key(letter)
    return f"{len(letters)} letters"


def _logs() -> str:
    """Each opened log can be signed on: its keys are there, its published head is the beginning of it, and under that
    no file is missing."""
    logs = list(Log.objects.filter(opened_at__isnull=False))
    for log in logs:
        keys = head.keys_of(log)
        if keys.periods():
            keys.signers()
        if out := head.continued(log):
            _published_files(log, out.size)
    return f"{len(logs)} opened"


def _published_files(log: Log, size: int) -> None:
    folder = head.folder_of(log)
    lacking = list(folder.lacks(size))
    if lacking:
        raise NotInOrder(
            f"of the published log {log.origin} {len(lacking)} files are missing, {lacking[0]} first: fetch them from "
            f"a copy; or remove {folder.root / CHECKPOINT}, and the worker makes all of them again from the record"
        )


def _database() -> str:
    refuse_other_shape()
    return connection.vendor


def _mail() -> str:
    transport = make_transport()
    if not isinstance(transport, SmtpTransport):
        return f"messages are written into {settings.MAIL_FOLDER}"
    transport.greet(own_address())
    return f"{settings.MAIL_HOST} answers"


def _time() -> str:
    """The clock of this machine against that of the database server; on SQLite there is but one."""
    if connection.vendor != "postgresql":
        return "one machine, one clock"
    with connection.cursor() as cursor:
        cursor.execute("SELECT extract(epoch FROM clock_timestamp())")
        drift = abs(float(cursor.fetchone()[0]) - time.time())
    if drift > DRIFT_SECONDS:
        raise NotInOrder(f"the database's clock and ours are {drift:.0f} seconds apart")
    return f"the database's clock and ours are {drift:.1f} seconds apart"


def _disk() -> str:
    free = shutil.disk_usage(settings.DATA if settings.DATA.exists() else settings.DATA.parent).free
    if free < FREE_BYTES:
        raise NotInOrder(f"only {free // 1024**2} MB are free")
    return f"{free // 1024**3} GB are free"


def _fonts() -> str:
    tags = {tag for languages in Letter.objects.values_list("languages", flat=True) for tag in languages}
    absent = missing(tags)
    if absent:
        raise NotInOrder(f"kits cannot be made without {', '.join(absent)} (Debian: fonts-noto-core, fonts-noto-cjk)")
    return f"all that {len(tags)} languages need"


def _public_folder() -> str:
    if not settings.PUBLIC_ROOT.exists():
        raise NotInOrder(f"{settings.PUBLIC_ROOT} is not there yet; the worker bakes it")
    return str(settings.PUBLIC_ROOT)


def _caches() -> str:
    """The caches in front are told of changes, where they want to be."""
    if not settings.PURGE_COMMAND:
        return "not told of changes; they keep a page for a minute"
    if shutil.which(settings.PURGE_COMMAND[0]) is None:
        raise NotInOrder(f"there is no program {settings.PURGE_COMMAND[0]}: UNDERSIGNED_PURGE_COMMAND")
    waiting, failure = recalls().waiting(), recalls().failure()
    if failure:
        raise NotInOrder(f"UNDERSIGNED_PURGE_COMMAND failed {failure.times} times in a row; {len(waiting)} bakes wait")
    if waiting and time.time() - waiting[0].stat().st_mtime > WAIT_SECONDS:
        raise NotInOrder(f"{len(waiting)} bakes wait for UNDERSIGNED_PURGE_COMMAND: does the worker run?")
    return f"told of changes by {settings.PURGE_COMMAND[0]}"


CHECKS: dict[str, Callable[[], str]] = {
    "configuration": _configuration,
    "keys": _keys,
    "database": _database,
    "keys of letters": _letter_keys,
    "logs": _logs,
    "mail": _mail,
    "time": _time,
    "disk": _disk,
    "fonts": _fonts,
    "public folder": _public_folder,
    "caches": _caches,
}
