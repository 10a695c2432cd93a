"""What is written down about faults: where and of what kind, never the data they were about.

Addresses of requests may hold private links, and the words of an exception may quote names or mailboxes.
"""

import logging
import traceback
from copy import copy
from types import TracebackType

OURS = "undersigned"


class WithoutData(logging.Formatter):
    """Time, level, source and message; of an exception its kind and the lines it went through.

    Only of what we ourselves say is the message written. Django, the web server and the libraries quote what they were
    given, be it an address, a header or a value; of what they say, where they say it must do.
    """

    def format(self, record: logging.LogRecord) -> str:
        told = copy(record)
        told.exc_text = None  # as another formatter may have left it, with its words
        if record.name.partition(".")[0] != OURS:
            _take_words_out_of(told)
        return super().format(told)

    def formatException(  # noqa: N802  the name is the library's
        self,
        ei: tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None],
    ) -> str:
        kind, _, trace = ei
        frames = traceback.extract_tb(trace)
        places = "\n".join(f"  {frame.filename}:{frame.lineno} in {frame.name}" for frame in frames)
        return f"{kind.__module__}.{kind.__qualname__}\n{places}" if kind else ""


def _take_words_out_of(record: logging.LogRecord) -> None:
    status = getattr(record, "status_code", None)
    if status is None:
        record.msg, record.args = "at %s:%d, in words that may hold data", (record.pathname, record.lineno)
        return
    record.msg, record.args = "a request failed with %s", (status,)
    if status < 500:  # the doing of whoever asks, as often as they like: no fault of ours that is to be found
        record.exc_info = None
