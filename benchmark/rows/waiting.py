"""How long people wait: sign-ons in an open loop, at half of what the door can take."""

from statistics import median

from benchmark.bodies import Forms
from benchmark.ground import Ground
from benchmark.open_loop import Waits, send_at_rate
from benchmark.processes import CannotMeasure
from benchmark.row import Goal, Measured, Row
from benchmark.rows.signing import MANY
from benchmark.site import Site

LEAST = 100
"""Fewer answers than this have no 99th percentile to speak of."""


def p99_over_p50(ground: Ground) -> Measured:
    """On a site of its own: elsewhere the worker would take in meanwhile what other rows signed."""
    site, seconds = ground.site("postgresql", whose="wait"), ground.pace.seconds
    ground.rest()
    loads = [site.sign(connections=MANY, seconds=seconds) for _ in range(ground.pace.rounds)]
    rate = median(load.rate for load in loads) / 2
    waits = [_wait(site, rate, seconds) for _ in range(ground.pace.rounds)]
    ratio = median(found.percentile(0.99) / found.percentile(0.5) for found in waits)
    figures = {
        "sign-ons/s": [rate],
        "median ms": [found.percentile(0.5) for found in waits],
        "99th percentile ms": [found.percentile(0.99) for found in waits],
    }
    late = median(found.lateness(0.99) for found in waits)
    return Measured.of(ratio, figures, site.check(), f"99 of 100 requests left less than {late:.1f} ms late")


def _wait(site: Site, rate: float, seconds: int) -> Waits:
    forms = site.forms()
    number = max(int(rate * seconds), LEAST)
    requests = [request(forms, site.office.port, one) for one in range(number)]
    with site.awake():
        waits = send_at_rate(site.office.port, requests, rate, connections=MANY)
    if waits.faults:
        raise CannotMeasure(f"{waits.faults} of {number} sign-ons were not acknowledged")
    site.acknowledged(len(waits.answered), still_open=0)
    return waits


def request(forms: Forms, port: int, number: int) -> bytes:
    """One sign-on as bytes."""
    body = forms.body(number).encode()
    head = (
        f"POST {forms.path(number)} HTTP/1.1",
        f"Host: 127.0.0.1:{port}",
        f"Origin: http://127.0.0.1:{port}",
        "Sec-Fetch-Site: same-origin",
        "Content-Type: application/x-www-form-urlencoded",
        f"Content-Length: {len(body)}",
    )
    return "\r\n".join(head).encode() + b"\r\n\r\n" + body


ROWS = (
    Row(
        "p99_over_p50",
        "sign at half of its peak, open loop: 99th percentile of the wait ÷ its median",
        Goal(4, is_ceiling=True),
        p99_over_p50,
        leans_on_sign=True,
    ),
)
