"""Number and publish all that waits in the logs, as the worker does: `python -m benchmark.errands.sequence`.

Prints how many seconds it took.
"""

import time

import django

django.setup()

from undersigned.config.worker import sequence_step  # noqa: E402  models need Django to be set up
from undersigned.lib.clock import now  # noqa: E402

if __name__ == "__main__":
    start = time.monotonic()
    sequence_step(now())
    print(time.monotonic() - start)
