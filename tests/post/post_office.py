"""The post office of the tests: a transport that answers what it is told to, and what arrives there."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser

from undersigned.lib.addresses import EmailAddress
from undersigned.post.outbox import NewNote
from undersigned.post.sender import Sender
from undersigned.post.transport import Answer, Outcome, always
from undersigned.post.wire import Parcel

FROM = EmailAddress.parse("post@undersigned.example")
LINK = "https://letters.example/s/abcdefghijklmnopqrstuvwxyz-0123456789_ABCDEFGH/"


@dataclass
class PostOffice:
    """Takes messages, or gives the answers laid out for it, one by one."""

    answers: list[Answer] = field(default_factory=list)
    messages: list[EmailMessage] = field(default_factory=list)
    eight_bit: bool = True

    def hand_over(self, parcels: Sequence[Parcel], goes_on: Callable[[], bool] = always) -> list[Answer]:
        answers = [Answer(Outcome.UNTRIED)] * len(parcels)
        for place, parcel in enumerate(parcels):
            if not goes_on():
                break
            answers[place] = self.take(parcel)
            if answers[place].outcome == Outcome.UNREACHABLE:
                break
        return answers

    def take(self, parcel: Parcel) -> Answer:
        answer = self.answers.pop(0) if self.answers else Answer(Outcome.TAKEN, 250)
        if answer.outcome in (Outcome.TAKEN, Outcome.UNKNOWN):
            self.messages.append(read(parcel.message))
        return answer

    def close(self) -> None:
        """It never closes."""

    def sender(self, pace: timedelta = timedelta(0)) -> Sender:
        return Sender(self, FROM, pace)

    def recipients(self) -> list[str]:
        return [str(message["To"]) for message in self.messages]


def read(raw: bytes) -> EmailMessage:
    message = BytesParser(EmailMessage, policy=policy.SMTPUTF8).parsebytes(raw)
    assert isinstance(message, EmailMessage)
    return message


def words(message: EmailMessage) -> str:
    content = message.get_content()
    assert isinstance(content, str)
    return content.replace("\r\n", "\n")


def note(address: str = "somi@mail.example", topic: str = "one letter", **changes: object) -> NewNote:
    facts: dict[str, object] = {"template": "confirm", "facts": {"link": LINK, "code": "1234 5678"}, "language": "en"}
    return NewNote(EmailAddress.parse(address), topic, **(facts | changes))  # type: ignore[arg-type]


def addresses(count: int, domain: str = "mail.example") -> Iterator[str]:
    return (f"person{number}@{domain}" for number in range(count))
