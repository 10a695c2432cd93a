"""Several processes at once, each with its own connection: every mailbox still gets one mail."""

from collections import Counter
from functools import partial
from uuid import uuid4

import pytest

from tests.post.post_office import PostOffice, addresses, note
from tests.stage import DAY, NOON
from tests.trouble import at_once
from undersigned.post.gather import gather
from undersigned.post.models import Mail, Mailed, MailState, Note
from undersigned.post.outbox import put, take_back
from undersigned.post.purge import purge

RIVALS = 4
MAILBOXES = 40

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("keys")]


def test_rivals_make_one_mail_for_each_mailbox_and_send_it_once() -> None:
    put([note(address, reference=uuid4()) for address in addresses(MAILBOXES) for _ in range(3)], NOON)
    gathered = sum(at_once(*[lambda: gather(NOON)] * RIVALS))
    gathered += gather(NOON)  # a mailbox of which two of them have some notes each is left to the next pass
    assert gathered == MAILBOXES
    assert Mail.objects.count() == MAILBOXES
    assert not Note.objects.filter(mail=None).exists()
    office = PostOffice()
    assert sum(at_once(*[lambda: office.sender().send_due(NOON)] * RIVALS)) == MAILBOXES
    assert sorted(office.recipients()) == sorted(addresses(MAILBOXES))
    assert Mail.objects.filter(state=MailState.SENT, attempts=1).count() == MAILBOXES


def test_rivals_that_gather_send_forget_and_take_back_do_not_get_into_each_others_way() -> None:
    office = PostOffice()
    for at in (NOON, NOON + DAY):  # on the second day all rows about the first one are there to be rewritten
        gone = [uuid4() for _ in range(MAILBOXES // 2)]
        put([note(address, reference=uuid4()) for address in addresses(MAILBOXES)], at)
        put([note(address, reference=one) for address, one in zip(addresses(MAILBOXES), gone, strict=False)], at)
        send = partial(office.sender().send_due, at)
        others = (partial(office.sender().send_due, at), partial(purge, at), partial(take_back, gone))
        assert not [one for one in at_once(send, *others) if isinstance(one, Exception)]
        while send():
            pass
    assert Counter(office.recipients()) == Counter({address: 2 for address in addresses(MAILBOXES)})
    assert Mailed.objects.filter(at=NOON + DAY).count() == MAILBOXES
