"""Connections on which nothing is read at the other side: the system ends them, since our server has no such limit."""

import asyncio
import os
from contextlib import suppress
from socket import AF_INET, AF_INET6, IPPROTO_TCP, SO_ACCEPTCONN, SOL_SOCKET, TCP_USER_TIMEOUT, socket
from stat import S_ISSOCK

AGAIN_SECONDS = 0.1


async def end_unread(port: int, seconds: int) -> None:
    """Have those connections ended, of all that are accepted at `port` from now on, on which what was sent stays for
    so many seconds where it is. Returns once our server listens there.

    A connection takes this over from the socket at which it is accepted (tcp(7), TCP_USER_TIMEOUT).
    """
    while not _set(port, seconds):
        await asyncio.sleep(AGAIN_SECONDS)


def _set(port: int, seconds: int) -> bool:
    """Whether a socket of this process listens there; our server does not hand it out, so that it has to be found."""
    for name in os.listdir("/proc/self/fd"):
        with suppress(OSError):  # it may be closed by now
            # Nothing else is duplicated: a lock on a file ends with any descriptor of it that is closed.
            if not S_ISSOCK(os.fstat(int(name)).st_mode):
                continue
            with socket(fileno=os.dup(int(name))) as one:
                if _listens(one, port):
                    one.setsockopt(IPPROTO_TCP, TCP_USER_TIMEOUT, seconds * 1000)
                    return True
    return False


def _listens(one: socket, port: int) -> bool:
    is_tcp = one.family in (AF_INET, AF_INET6) and bool(one.getsockopt(SOL_SOCKET, SO_ACCEPTCONN))
    return is_tcp and one.getsockname()[1] == port
