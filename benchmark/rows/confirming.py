"""Confirming, which writes the entry of the log, beside signing."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from benchmark.ground import Ground
from benchmark.processes import CannotMeasure
from benchmark.records import LISTED
from benchmark.row import Goal, Measured, Row
from benchmark.rows.signing import SOME, sign
from benchmark.site import Site
from undersigned.lib.keys import KeyRing
from undersigned.signing.links import Link

DAY = timedelta(days=1)
PENDING = "SELECT id FROM signing_signature WHERE state = 'pending'"


def confirm_vs_sign(ground: Ground) -> Measured:
    """What one round signed is taken in, and confirmed in the next, each sign-on once.

    On a site of its own: elsewhere a million of other rows' sign-ons may wait to be taken in first.
    """
    site = ground.site("postgresql", whose="confirm")
    sign(ground, site, SOME)
    pair = ground.contest(lambda: _confirm(ground, site), lambda: sign(ground, site, SOME))
    return Measured.of(pair.ratio, {"confirm/s": pair.first, "sign/s": pair.second}, site.check())


def _confirm(ground: Ground, site: Site) -> float:
    """Confirmations a second; each is counted in the records with its entry of the log."""
    site.wait_until_taken_in()
    key = KeyRing(site.office.folder / "data" / "keys").site_key("links")
    pages = [(f"/s/{_token(found, key)}/", "action=confirm") for (found,) in site.records.rows(PENDING)]
    before = site.records.number(LISTED)
    load = site.post(pages, connections=SOME, seconds=ground.pace.seconds)
    listed = site.records.number(LISTED) - before
    if not load.answered <= listed <= load.answered + SOME:
        raise CannotMeasure(f"{load.answered} confirmations were acknowledged, and {listed} are written down")
    return load.rate


def _token(signature: UUID, key: bytes) -> str:
    return Link(signature, datetime.now(UTC) + DAY).token(key)


ROWS = (
    Row(
        "confirm_vs_sign",
        f"confirm, with its entry of the log ÷ sign, PostgreSQL, {SOME} connections",
        Goal(0.7),
        confirm_vs_sign,
        leans_on_sign=True,
    ),
)
