"""Load in an open loop: each request has its moment, whether or not the ones before it were answered.

A closed loop asks less often while the server is slow, and so hides how long people wait (“coordinated omission”).
Here the wait is counted from the moment at which a request was meant to leave, even if no connection was free by then.
"""

import ctypes
import gc
import os
import select
import socket
import time
from collections import deque
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

TICK_SECONDS = 0.0002
PATIENCE_SECONDS = 20.0


@dataclass(slots=True)
class Waits:
    """How long each request waited for its answer, and how late it left; in milliseconds."""

    answered: list[float] = field(default_factory=list)
    late: list[float] = field(default_factory=list)
    faults: int = 0

    def percentile(self, share: float) -> float:
        return _percentile(self.answered, share)

    def lateness(self, share: float) -> float:
        return _percentile(self.late, share)


def send_at_rate(port: int, requests: Sequence[bytes], rate: float, connections: int) -> Waits:
    """Send `requests`, `rate` a second, over so many connections that stay open; how long each one waited."""
    return _Sending(port, requests, rate, connections).run()


class _Sending:
    def __init__(self, port: int, requests: Sequence[bytes], rate: float, connections: int) -> None:
        self._requests = requests
        self._between = 1 / rate
        self._sockets = {file.fileno(): file for file in (_connect(port) for _ in range(connections))}
        self._free = deque(self._sockets)
        self._busy: dict[int, tuple[float, bytearray]] = {}
        self._sent = 0
        self._start = 0.0
        self.waits = Waits()

    def run(self) -> Waits:
        poll = select.epoll()
        for number in self._sockets:
            poll.register(number, select.EPOLLIN)
        with _ticks() as clock, _without_pauses():
            poll.register(clock, select.EPOLLIN)
            self._start = last = time.perf_counter()
            while self._sockets and (self._sent < len(self._requests) or self._busy):
                for number, _ in poll.poll(1.0):
                    if number == clock:
                        os.read(clock, 8)
                    else:
                        last = self._read(number)
                self._send_what_is_due()
                if time.perf_counter() - max(last, self._start + self._sent * self._between) > PATIENCE_SECONDS:
                    break
        self._close()
        return self.waits

    def _send_what_is_due(self) -> None:
        now = time.perf_counter()
        while self._free and self._sent < len(self._requests):
            moment = self._start + self._sent * self._between
            if moment > now:
                return
            number = self._free.popleft()
            self._sockets[number].send(self._requests[self._sent])
            self._busy[number] = (moment, bytearray())
            self.waits.late.append((now - moment) * 1000)
            self._sent += 1

    def _read(self, number: int) -> float:
        """Take in what came; when the answer is whole, its wait is over. The moment."""
        now = time.perf_counter()
        moment, answer = self._busy.get(number, (now, bytearray()))
        data = self._sockets[number].recv(1 << 16)
        answer += data
        if not data:
            self._lose(number)
        elif is_whole(answer):
            del self._busy[number]
            self._free.append(number)
            self.waits.answered.append((now - moment) * 1000)
            self.waits.faults += not answer.startswith(b"HTTP/1.1 200")
        return now

    def _lose(self, number: int) -> None:
        """The server hung up: nothing will come here any more."""
        self.waits.faults += 1
        self._busy.pop(number, None)
        if number in self._free:
            self._free.remove(number)
        self._sockets.pop(number).close()

    def _close(self) -> None:
        self.waits.faults += len(self._busy) + len(self._requests) - self._sent
        for file in self._sockets.values():
            file.close()


def is_whole(answer: bytes | bytearray) -> bool:
    """Whether an answer that says its length has come to its end."""
    head = answer.find(b"\r\n\r\n")
    if head < 0:
        return False
    length = answer[:head].lower().partition(b"content-length:")[2].partition(b"\r\n")[0]
    return len(answer) >= head + 4 + int(length or 0)


def _connect(port: int) -> socket.socket:
    connection = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_SECONDS)
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return connection


@contextmanager
def _ticks() -> Generator[int]:
    """A descriptor that can be read every tick: waiting by milliseconds, as poll does, would send too late."""
    libc = ctypes.CDLL(None, use_errno=True)
    clock = libc.timerfd_create(time.CLOCK_MONOTONIC, 0)
    tick = int(TICK_SECONDS * 1e9)
    libc.timerfd_settime(clock, 0, (ctypes.c_long * 4)(0, tick, 0, tick), None)
    try:
        yield clock
    finally:
        os.close(clock)


@contextmanager
def _without_pauses() -> Generator[None]:
    """No garbage collection, which would count as the server's."""
    gc.collect()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def _percentile(values: Sequence[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(int(len(ordered) * share), len(ordered) - 1)]
