"""The rows of the table, a family in each module."""

from benchmark.rows import baking, confirming, exporting, mailing, printing, reading, recording, signing, waiting

ROWS = (
    *signing.ROWS,
    *waiting.ROWS,
    *confirming.ROWS,
    *recording.ROWS,
    *reading.ROWS,
    *exporting.ROWS,
    *mailing.ROWS,
    *baking.ROWS,
    *printing.ROWS,
)
