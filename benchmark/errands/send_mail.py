"""Django's own `send_mail`, in a loop: `python -m benchmark.errands.send_mail PORT MAILS`. Prints mails a second."""

import sys
import time

from django.conf import settings
from django.core.mail import send_mail

from benchmark.bodies import MAILBOX_HOSTS

BODY = """\
Please confirm: open this link, and press the button there.

http://127.0.0.1:8000/s/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA/

Or type this code where you signed:

    123456

If this was not you, you need not do anything. What was entered is then deleted after 14 days.
"""


def send(mails: int) -> float:
    start = time.monotonic()
    for number in range(mails):
        mailbox = f"signatory.{number}@{MAILBOX_HOSTS[number % len(MAILBOX_HOSTS)]}"
        send_mail("Please confirm", BODY, "post@undersigned.example", [mailbox])
    return mails / (time.monotonic() - start)


if __name__ == "__main__":
    settings.configure(EMAIL_HOST="127.0.0.1", EMAIL_PORT=int(sys.argv[1]), DEFAULT_CHARSET="utf-8")
    print(send(int(sys.argv[2])))
