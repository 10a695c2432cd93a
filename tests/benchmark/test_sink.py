import smtplib
from collections.abc import Generator

import pytest

from benchmark.sink import count
from tests.trials.letterbox import Letterbox, open_letterbox

TEXT = "Subject: Please confirm\r\n\r\n.a line that begins with a dot\r\n.\r\n"


@pytest.fixture
def sink() -> Generator[Letterbox]:
    with open_letterbox() as letterbox:
        yield letterbox


def test_mails_are_counted_and_who_they_were_for(sink: Letterbox) -> None:
    port, taken = sink.port, sink.taken
    with smtplib.SMTP("127.0.0.1", port, "test.example", timeout=20) as connection:
        for number in range(3):
            connection.sendmail("post@undersigned.example", [f"somebody{number}@mail.example"], TEXT)
        connection.sendmail("post@undersigned.example", ["somebody0@mail.example"], TEXT)
    assert count(port) == taken.mails == 4
    assert taken.recipients["somebody0@mail.example"] == 2
    assert len(taken.recipients) == 3


def test_commands_that_come_together_are_answered_together(sink: Letterbox) -> None:
    port, taken = sink.port, sink.taken
    with smtplib.SMTP("127.0.0.1", port, "test.example", timeout=20) as connection:
        connection.ehlo()
        one = "MAIL FROM:<a@b.example>\r\nRCPT TO:<c@d.example>\r\nDATA\r\n"
        connection.send(one)
        assert [connection.getreply()[0] for _ in range(3)] == [250, 250, 354]
        connection.send(f"Subject: Please confirm\r\n\r\nPlease do.\r\n.\r\n{one}.\r\n")
        assert [connection.getreply()[0] for _ in range(4)] == [250, 250, 250, 354]
        connection.send("\r\n.\r\n")
        assert connection.getreply()[0] == 250
    assert taken.mails == 2
