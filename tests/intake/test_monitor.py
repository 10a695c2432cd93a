import asyncio
import http.client
import json
from collections.abc import Generator

import pytest
from django.db import DatabaseError

from tests.flows.office import SECONDS, free_port
from tests.intake.asking import Reader
from tests.intake.test_taking import form, sign
from tests.people import SOMI
from tests.stage import sign_on
from undersigned.intake.begin import make_door
from undersigned.intake.door import Door
from undersigned.intake.measure import Levels, Measures
from undersigned.intake.monitor import Monitor, place_of_monitor
from undersigned.intake.wire import Message
from undersigned.letters.models import Letter
from undersigned.lib.env import Misconfigured
from undersigned.pages.generation import PublicFolder

pytestmark = pytest.mark.django_db(transaction=True)


def measures(door: Door) -> dict[str, float]:
    """All that Prometheus would read, by name and labels."""
    lines = [line for line in door.measures.text().decode().splitlines() if not line.startswith("#")]
    return {name: float(value) for name, _, value in (line.rpartition(" ") for line in lines)}


def test_what_is_taken_and_what_is_refused_is_counted(door: Reader, letter: Letter) -> None:
    for _ in range(3):
        sign(door, letter, form(letter))
    sign(door, letter, form(letter, email="nowhere", age=""))
    found = measures(door.door)
    assert found['undersigned_door_accepted_total{act="sign-on"}'] == 3
    assert found['undersigned_door_batch_size_count{act="sign-on"}'] == 3
    assert found['undersigned_door_commit_seconds_count{act="sign-on"}'] == 3
    for reason in ("not-an-address", "age-missing"):
        assert found[f'undersigned_door_refused_total{{reason="{reason}"}}'] == 1


def test_what_waits_is_counted_when_somebody_asks(door: Reader, letter: Letter) -> None:
    sign(door, letter, form(letter))
    sign_on(SOMI, letter)
    found = measures(door.door)
    assert found['undersigned_waiting{kind="arrivals"}'] == 1
    assert found['undersigned_waiting{kind="notes"}'] == 1
    assert found['undersigned_door_queue{act="sign-on"}'] == 0


def test_a_measure_names_nobody(door: Reader, letter: Letter) -> None:
    sign(door, letter, form(letter))
    sign(door, letter, form(letter, email="nowhere@nowhere"))
    text = door.door.measures.text().decode()
    assert not [told for told in (SOMI.name, SOMI.email, "nowhere@", letter.slug, "192.0.2") if told in text]


def test_while_the_record_is_away_the_rest_is_told() -> None:
    def away() -> float:
        raise DatabaseError("gone")

    made = Measures()
    made.watch(Levels("waiting", "What waits", "kind", {"here": lambda: 1.0, "away": away}))
    text = made.text().decode()
    assert 'waiting{kind="here"} 1.0' in text
    assert "away" not in text


@pytest.fixture
def monitored(door: Reader, folder: PublicFolder) -> Generator[Monitor]:
    """The monitor of that door, listening."""
    other = make_door(f"unix:{door.door.relay.desk.socket}", 0, f"127.0.0.1:{free_port()}")
    monitor = other.monitor
    assert monitor
    other.taking.places.look()
    with folder.lock():
        folder.publish({"index.html": b"<p>All letters</p>"})
    monitor.open()
    yield monitor
    monitor.close()


def look(monitor: Monitor, path: str) -> tuple[int, str]:
    connection = http.client.HTTPConnection(*monitor.address, timeout=SECONDS)
    connection.request("GET", path)
    answer = connection.getresponse()
    text = answer.read().decode()
    connection.close()
    return answer.status, text


def test_a_door_that_can_do_all_its_work_is_ready(monitored: Monitor) -> None:
    status, text = look(monitored, "/healthz")
    assert (status, json.loads(text)) == (200, {"record": True, "folder": True, "desk": True})
    assert look(monitored, "/healthz/live")[0] == 200


def test_a_door_that_lacks_something_says_what_and_lives_on(monitored: Monitor) -> None:
    monitored.conditions = {"record": lambda: False, "desk": lambda: True}
    status, text = look(monitored, "/healthz")
    assert (status, json.loads(text)) == (503, {"record": False, "desk": True})
    assert look(monitored, "/healthz/live")[0] == 200


def test_prometheus_reads_the_measures_there(monitored: Monitor) -> None:
    status, text = look(monitored, "/metrics")
    assert status == 200
    assert "# TYPE undersigned_door_accepted_total counter" in text
    assert "undersigned_waiting" in text


def test_nothing_else_is_told_there(monitored: Monitor) -> None:
    assert look(monitored, "/") == (404, "")


def test_where_another_listens_already_the_door_does_not_open_and_says_why(
    monitored: Monitor, caplog: pytest.LogCaptureFixture
) -> None:
    door = make_door("unix:/nowhere", 0, ":".join(map(str, monitored.address)))

    async def live() -> list[Message]:
        asked: asyncio.Queue[Message] = asyncio.Queue()
        asked.put_nowait({"type": "lifespan.startup"})
        said: list[Message] = []

        async def send(message: Message) -> None:
            said.append(message)

        await door({"type": "lifespan"}, asked.get, send)
        return said

    assert asyncio.run(live()) == [{"type": "lifespan.startup.failed"}]
    assert "the door cannot open: " in caplog.text


@pytest.mark.parametrize("text", ["9100", "localhost:", "localhost:port", "localhost:0", "localhost:70000", ":9100"])
def test_where_the_monitor_listens_is_not_guessed_at(text: str) -> None:
    with pytest.raises(Misconfigured):
        place_of_monitor(text)


def test_without_a_setting_there_is_no_monitor() -> None:
    assert place_of_monitor("") is None
    assert place_of_monitor("[::1]:9100") == ("::1", 9100)
