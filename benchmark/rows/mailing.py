"""Handing mail over: what waits in the outbox of a site, beside Django's `send_mail` in a loop."""

import sys
import time

from benchmark.ground import Ground
from benchmark.processes import run, wait_until
from benchmark.row import Goal, Measured, Row
from benchmark.sink import count
from benchmark.site import Site

NOTES_A_SECOND = 2000
LOOP_A_SECOND = 500
NO_PACE = {"UNDERSIGNED_MAIL_PACE": "0"}
"""The limit on how fast one domain is written to, raised."""


def mail_vs_send_mail(ground: Ground) -> Measured:
    """The outbox is filled while the site is frozen; then it takes its time to hand all of it over."""
    site, sink = ground.site("postgresql", settings=NO_PACE), ground.sink
    pair = ground.contest(lambda: _drain(ground, site), lambda: _loop(ground, sink))
    return Measured.of(pair.ratio, {"mails/s": pair.first, "send_mail/s": pair.second})


def _drain(ground: Ground, site: Site) -> float:
    notes = ground.pace.scaled(NOTES_A_SECOND)
    site.errand("outbox", f"{site.next_run()}", str(notes))
    before, start = count(ground.sink), time.monotonic()
    with site.awake():
        wait_until(lambda: count(ground.sink) >= before + notes, "all mails to be handed over", seconds=600)
        return notes / (time.monotonic() - start)


def _loop(ground: Ground, sink: int) -> float:
    mails = ground.pace.scaled(LOOP_A_SECOND)
    return float(run([sys.executable, "-m", "benchmark.errands.send_mail", str(sink), str(mails)]))


ROWS = (
    Row(
        "mail_vs_send_mail",
        "mails that waited in the outbox, handed to a local SMTP sink ÷ Django's send_mail in a loop, same sink",
        Goal(3),
        mail_vs_send_mail,
    ),
)
