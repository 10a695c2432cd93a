"""Put so many notes into the outbox, each to a mailbox of its own: `python -m benchmark.errands.outbox RUN NOTES`."""

import sys
from uuid import uuid4

import django

django.setup()

from benchmark.bodies import MAILBOX_HOSTS  # noqa: E402  models need Django to be set up
from undersigned.letters.models import Letter  # noqa: E402
from undersigned.lib.addresses import EmailAddress  # noqa: E402
from undersigned.lib.clock import now  # noqa: E402
from undersigned.post import outbox  # noqa: E402
from undersigned.signing.sign import private_link  # noqa: E402

BATCH = 500


def fill(run: str, notes: int) -> None:
    """As the door writes them: the mail that asks to confirm, with link and code."""
    letter, at = Letter.objects.get(), now()
    for start in range(0, notes, BATCH):
        outbox.put(
            [
                _note(run, number, letter, private_link(uuid4(), at))
                for number in range(start, min(start + BATCH, notes))
            ],
            at,
        )


def _note(run: str, number: int, letter: Letter, link: str) -> outbox.NewNote:
    host = MAILBOX_HOSTS[number % len(MAILBOX_HOSTS)]
    return outbox.NewNote(
        mailbox=EmailAddress(f"signatory.{run}{number}@{host}"),
        topic=str(letter.pk),
        language=letter.languages[number % len(letter.languages)],
        template="confirm",
        facts={"link": link, "code": "1234 5678"},
        reference=uuid4(),
    )


if __name__ == "__main__":
    fill(sys.argv[1], int(sys.argv[2]))
