"""Several processes at once, each with its own connection: every mailbox still gets one mail."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from uuid import uuid4

import pytest
from django.db import connections

from tests.post.post_office import PostOffice, addresses, note
from tests.stage import NOON
from undersigned.post.gather import gather
from undersigned.post.models import Mail, MailState, Note
from undersigned.post.outbox import put

RIVALS = 4
MAILBOXES = 25


def at_once(work: Callable[[], object]) -> None:
    """Do the same in several threads, all starting together."""
    start = Barrier(RIVALS)

    def one(_rival: int) -> None:
        try:
            start.wait()
            work()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(RIVALS) as pool:
        list(pool.map(one, range(RIVALS)))


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("keys")
def test_rivals_make_one_mail_for_each_mailbox_and_send_it_once() -> None:
    put([note(address, reference=uuid4()) for address in addresses(MAILBOXES) for _ in range(3)], NOON)
    at_once(lambda: gather(NOON))
    assert Mail.objects.count() == MAILBOXES
    assert not Note.objects.filter(mail=None).exists()
    office = PostOffice()
    at_once(lambda: office.sender().send_due(NOON))
    assert sorted(office.recipients()) == sorted(addresses(MAILBOXES))
    assert Mail.objects.filter(state=MailState.SENT, attempts=1).count() == MAILBOXES
