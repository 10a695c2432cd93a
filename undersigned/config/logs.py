"""What is written down about faults: where and of what kind, never the data they were about.

Addresses of requests may hold private links, and the words of an exception may quote names or mailboxes.
"""

import logging
import traceback
from types import TracebackType


class WithoutData(logging.Formatter):
    """Time, level, source and message; of an exception its kind and the lines it went through."""

    def formatException(  # noqa: N802  the name is the library's
        self,
        ei: tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None],
    ) -> str:
        kind, _, trace = ei
        frames = traceback.extract_tb(trace)
        places = "\n".join(f"  {frame.filename}:{frame.lineno} in {frame.name}" for frame in frames)
        return f"{kind.__module__}.{kind.__qualname__}\n{places}" if kind else ""


class WithoutAddresses(logging.Filter):
    """Takes the address out of what Django says about a request."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg, record.args = "a request failed with %s", (getattr(record, "status_code", "a fault"),)
        return True
