"""A thousand mails over a line or several: each gets its own answer, and nobody gets a mail twice."""

from collections import Counter
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.post.mail_server import HANG_UP, Manners, Reply, mail_server
from tests.post.post_office import FROM
from tests.stage import NOON
from undersigned.lib.addresses import EmailAddress
from undersigned.post.message import Text
from undersigned.post.smtp import Server, SmtpTransport
from undersigned.post.transport import Answer, Outcome, always
from undersigned.post.wire import Envelope, Parcel, pack

PIPELINING = pytest.mark.parametrize("extensions", [("PIPELINING",), ()], ids=["pipelining", "one by one"])
NO = Reply(rcpt="550 no such mailbox")
LATER = Reply(rcpt="451 later")
NOT_LIKE_THIS = Reply(text="554 spam")
GONE_BEFORE_THE_TEXT = Reply(data=HANG_UP)
GONE_AFTER_THE_TEXT = Reply(text=HANG_UP)
NO_TEXT_NOW = Reply(data="452 no room")


def name(number: int) -> str:
    return f"person{number}@mail.example"


def parcels(count: int) -> list[Parcel]:
    bodies = (Text("A test", f"This is for number {number}.\n.\n..\nThat is all.") for number in range(count))
    mailboxes = (EmailAddress.parse(name(number)) for number in range(count))
    return [
        pack(body, Envelope(FROM, mailbox, NOON), eight_bit=False)
        for body, mailbox in zip(bodies, mailboxes, strict=True)
    ]


def handed_over(manners: Manners, sent: Sequence[Parcel], lines: int = 1) -> list[Answer]:
    with mail_server(manners) as port:
        transport = SmtpTransport(Server("127.0.0.1", port, "none"), lines, timeout_seconds=60)
        answers = transport.hand_over(sent)
        transport.close()
    return answers


def taken_by(manners: Manners) -> list[str]:
    return sorted(mailbox for mailbox, _text in manners.taken)


@PIPELINING
@pytest.mark.parametrize("lines", [1, 3])
def test_every_mailbox_gets_its_own_mail_whole(extensions: tuple[str, ...], lines: int) -> None:
    manners, sent = Manners(extensions), parcels(40)
    assert {answer.outcome for answer in handed_over(manners, sent, lines)} == {Outcome.TAKEN}
    assert dict(manners.taken) == {str(one.envelope.recipient): one.message for one in sent}
    assert len(manners.taken) == 40
    assert manners.opened == lines


def test_the_text_of_a_mail_and_the_beginning_of_the_next_go_together() -> None:
    """The server hears the next MAIL although it has not said yet what it thinks of the text."""
    manners = Manners()
    handed_over(manners, parcels(3))
    verbs = [words[:4] for words in manners.said]
    assert verbs == ["ehlo", "MAIL", "RCPT", "DATA", "MAIL", "RCPT", "DATA", "MAIL", "RCPT", "DATA", "quit"]


@PIPELINING
def test_what_is_refused_is_one_mailboxes_affair(extensions: tuple[str, ...]) -> None:
    replies = {name(1): NO, name(2): LATER, name(4): NOT_LIKE_THIS, name(5): NO_TEXT_NOW}
    manners = Manners(extensions, replies=replies)
    codes = [(answer.outcome, answer.code) for answer in handed_over(manners, parcels(7))]
    assert codes == [
        (Outcome.TAKEN, 250),
        (Outcome.REFUSED, 550),
        (Outcome.LATER, 451),
        (Outcome.TAKEN, 250),
        (Outcome.REFUSED, 554),
        (Outcome.LATER, 452),
        (Outcome.TAKEN, 250),
    ]
    assert taken_by(manners) == [name(0), name(3), name(6)]
    assert manners.opened == 1


@pytest.mark.parametrize("answer", ["354 go on", "503 for whom?"])
def test_a_server_that_wants_a_text_for_nobody_gets_an_empty_one(answer: str) -> None:
    manners = Manners(replies={name(0): NO, "nobody": Reply(data=answer)})
    outcomes = [answer.outcome for answer in handed_over(manners, parcels(2))]
    assert outcomes == [Outcome.REFUSED, Outcome.TAKEN]
    assert taken_by(manners) == [name(1)]


@PIPELINING
def test_a_connection_that_breaks_costs_only_the_mail_that_was_under_way(extensions: tuple[str, ...]) -> None:
    replies = {name(1): GONE_BEFORE_THE_TEXT, name(3): GONE_AFTER_THE_TEXT}
    manners = Manners(extensions, replies=replies)
    outcomes = [answer.outcome for answer in handed_over(manners, parcels(6))]
    assert outcomes == [
        Outcome.TAKEN,
        Outcome.LATER,
        Outcome.TAKEN,
        Outcome.UNKNOWN,
        Outcome.TAKEN,
        Outcome.TAKEN,
    ]
    assert taken_by(manners) == [name(0), name(2), name(3), name(4), name(5)]


@PIPELINING
def test_a_server_that_takes_few_mails_over_one_connection_gets_more_connections(extensions: tuple[str, ...]) -> None:
    manners = Manners(extensions, mails_per_connection=2)
    assert {answer.outcome for answer in handed_over(manners, parcels(7))} == {Outcome.TAKEN}
    assert len(manners.taken) == 7
    assert manners.opened == 4


def test_a_server_that_takes_few_connections_gets_all_mails_over_those() -> None:
    manners, sent = Manners(connections=2), parcels(32)
    with mail_server(manners) as port:
        transport = SmtpTransport(Server("127.0.0.1", port, "none"), 4, timeout_seconds=60)
        first = transport.hand_over(sent[:16])
        again = [one for one, answer in zip(sent, first, strict=False) if answer.outcome == Outcome.UNTRIED]
        second = transport.hand_over([*again, *sent[16:]])
        assert manners.opened == 4  # it asked once for the two that it did not get
        transport.close()
    assert {answer.outcome for answer in first} <= {Outcome.TAKEN, Outcome.UNTRIED}
    assert {answer.outcome for answer in second} == {Outcome.TAKEN}
    assert taken_by(manners) == sorted(name(number) for number in range(32))


def test_a_server_that_does_not_take_us_blames_no_mailbox() -> None:
    manners = Manners(mail="550 we do not know you")
    answers = Counter(handed_over(manners, parcels(9), lines=2))
    assert answers == {Answer(Outcome.UNREACHABLE, 550): 1, Answer(Outcome.UNTRIED): 8}
    assert not manners.taken


def test_few_mails_open_one_connection() -> None:
    manners = Manners()
    handed_over(manners, parcels(3), lines=4)
    assert manners.opened == 1


def test_asked_to_stop_it_ends_the_mail_in_hand_and_begins_no_other() -> None:
    manners = Manners()
    with mail_server(manners) as port:
        transport = SmtpTransport(Server("127.0.0.1", port, "none"))
        answers = transport.hand_over(parcels(5), lambda: not manners.said)
        transport.close()
    assert [answer.outcome for answer in answers] == [Outcome.TAKEN] + [Outcome.UNTRIED] * 4
    assert taken_by(manners) == [name(0)]


def test_after_a_fault_of_ours_no_answer_is_taken_for_another_mails() -> None:
    manners, sent = Manners(replies={name(3): NO}), parcels(8)
    turns = 0

    def interrupted() -> bool:
        nonlocal turns
        turns += 1
        if turns == 6:
            raise KeyboardInterrupt
        return True

    with mail_server(manners) as port:
        transport = SmtpTransport(Server("127.0.0.1", port, "none"), 2, timeout_seconds=60)
        with pytest.raises(KeyboardInterrupt):
            transport.hand_over(sent, interrupted)
        [answer] = transport.hand_over([sent[3]], always)
        transport.close()
    assert answer == Answer(Outcome.REFUSED, 550)


@PIPELINING
@pytest.mark.parametrize(
    ("mail", "outcome"), [("250 yes", Outcome.TAKEN), ("553 what is that?", Outcome.LATER), (HANG_UP, Outcome.LATER)]
)
def test_a_mailbox_beyond_ascii_that_the_server_stumbles_over_holds_nobody_up(
    extensions: tuple[str, ...], mail: str, outcome: Outcome
) -> None:
    sent = parcels(3)
    somi = EmailAddress.parse("소미@mail.example")
    sent[1] = pack(Text("A test", "A test."), Envelope(FROM, somi, NOON), eight_bit=False)
    manners = Manners((*extensions, "SMTPUTF8"), mail_beyond_ascii=mail)
    outcomes = [answer.outcome for answer in handed_over(manners, sent)]
    assert outcomes == [Outcome.TAKEN, outcome, Outcome.TAKEN]
    assert (str(somi) in taken_by(manners)) == (outcome == Outcome.TAKEN)


replies = st.sampled_from(
    [Reply(), Reply(), Reply(), NO, LATER, NOT_LIKE_THIS, NO_TEXT_NOW, GONE_BEFORE_THE_TEXT, GONE_AFTER_THE_TEXT]
)


@given(
    st.lists(replies, min_size=1, max_size=12),
    st.sampled_from([("PIPELINING",), ()]),
    st.integers(1, 3),
    st.integers(1, 5),
    st.sampled_from(["354 go on", "503 for whom?"]),
)
def test_whatever_the_server_does_an_answer_never_says_what_is_not_so(
    script: list[Reply], extensions: tuple[str, ...], lines: int, mails_per_connection: int, for_nobody: str
) -> None:
    told = {name(number): reply for number, reply in enumerate(script)} | {"nobody": Reply(data=for_nobody)}
    manners = Manners(extensions, replies=told, mails_per_connection=mails_per_connection)
    sent = parcels(len(script))
    answers = handed_over(manners, sent, lines)
    arrived = taken_by(manners)
    assert len(set(arrived)) == len(arrived)
    for one, answer in zip(sent, answers, strict=True):
        mailbox = str(one.envelope.recipient)
        if answer.outcome == Outcome.TAKEN:
            assert mailbox in arrived
        elif answer.outcome != Outcome.UNKNOWN:
            assert mailbox not in arrived
        if HANG_UP not in (told[mailbox].rcpt, told[mailbox].data, told[mailbox].text):
            assert answer.outcome != Outcome.UNTRIED
