"""The parts of the program, each a process of its own: the door and the desk. (The third one is the worker.)"""

import gc
import multiprocessing
import resource
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.core.wsgi import get_wsgi_application
from granian import Granian
from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings
from granian.log import LogLevels

from undersigned.config.processes import end_with_parent
from undersigned.intake.begin import make_door
from undersigned.intake.door import Door
from undersigned.intake.relay import DeskAddress

HEAD_SECONDS = 10
"""How long the head of a request may take; and how long a connection may be idle."""
HEAD_LIMIT_BYTES = 16 * 1024
CONNECTIONS = 8192
"""How many readers may be connected at once; an idle one is sent away after HEAD_SECONDS."""


def serve_door(host: str, port: int, open_: Callable[[], Door]) -> None:
    """Serve there what `open_` opens, until a signal."""

    def open_there() -> Door:
        door = open_()
        door.port = port
        return door

    _serve(
        open_there,
        interface=Interfaces.ASGI,
        address=host,
        port=port,
        http=HTTPModes.http1,
        http1_settings=HTTP1Settings(header_read_timeout=HEAD_SECONDS * 1000, max_buffer_size=HEAD_LIMIT_BYTES),
        backlog=CONNECTIONS,
        backpressure=CONNECTIONS,
    )


def serve_desk(desk: str) -> None:
    """Serve the desk and the forms, which only the door asks, at `desk`, until a signal."""
    _serve(_open_desk, interface=Interfaces.WSGI, blocking_threads=4, **_listen(desk))


def open_door(desk: str) -> Door:
    """The program's door, before the desk at `desk`: for the process that serves it."""
    end_with_parent()
    # The thread that commits wants the interpreter for some microseconds at a time, and all who sign wait for it; by
    # default a busy event loop would let it wait for five milliseconds each time.
    sys.setswitchinterval(0.0005)
    # Each reader is an open file; the usual limit of 1024 is for programs that use select.
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    # What is there by now stays: looking through it for garbage again and again would hold up readers for nothing.
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)
    return make_door(desk, settings.PROXIES, settings.MONITOR)


def _open_desk() -> WSGIHandler:
    end_with_parent()
    return get_wsgi_application()


def _serve(open_: Callable[[], Door | WSGIHandler], **how: Any) -> None:
    multiprocessing.set_start_method("fork", force=True)  # by which granian starts its own child, which opens
    says: dict[str, Any] = {"log_level": LogLevels.error, "log_dictconfig": settings.LOGGING}
    server = Granian("undersigned", workers=1, websockets=False, **says, **how)
    server.serve(target_loader=open_, wrap_loader=False)


def _listen(desk: str) -> dict[str, Any]:
    place = DeskAddress.parse(desk)
    if not place.socket:
        return {"address": place.host, "port": place.port}
    socket = Path(place.socket)
    socket.unlink(missing_ok=True)  # as a process that was killed left it behind
    return {"uds": socket, "uds_permissions": 0o600}
