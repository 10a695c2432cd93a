"""What operators can watch: how much is taken, refused and waiting, and how long a commit takes. About nobody."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from django.db import DatabaseError
from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

Level = Callable[[], float]
BATCHES = [2**power for power in range(10)]


class Measures:
    """The door's measures, in a registry of their own."""

    def __init__(self) -> None:
        self.registry = registry = CollectorRegistry()
        self._accepted = Counter("undersigned_door_accepted", "Committed, by act", ["act"], registry=registry)
        self._refused = Counter("undersigned_door_refused", "Not taken, by reason", ["reason"], registry=registry)
        self._batches = Histogram(
            "undersigned_door_batch_size", "Committed together", ["act"], buckets=BATCHES, registry=registry
        )
        self._commits = Histogram("undersigned_door_commit_seconds", "How long it took", ["act"], registry=registry)

    def committed(self, act: str) -> Callable[[int, float], None]:
        """What to call after each commit of `act`: with how many, and in how many seconds."""
        accepted, batches, commits = self._accepted.labels(act), self._batches.labels(act), self._commits.labels(act)

        def observe(count: int, seconds: float) -> None:
            accepted.inc(count)
            batches.observe(count)
            commits.observe(seconds)

        return observe

    def refused(self, reason: str) -> None:
        """Count one that was not taken; `reason` is the code of a refusal."""
        self._refused.labels(reason).inc()

    def watch(self, levels: "Levels") -> None:
        """Tell these too, whenever somebody asks."""
        self.registry.register(levels)

    def text(self) -> bytes:
        """All of it, as Prometheus reads it."""
        return generate_latest(self.registry)


@dataclass(frozen=True, slots=True, eq=False)  # a registry keeps it by what it is, not by what it says
class Levels(Collector):
    """Gauges that are looked at when somebody asks: what each label's is, and how to find out."""

    name: str
    meaning: str
    label: str
    found: Mapping[str, Level]

    def collect(self) -> Iterator[GaugeMetricFamily]:
        family = GaugeMetricFamily(self.name, self.meaning, labels=[self.label])
        for value, level in self.found.items():
            try:
                family.add_metric([value], level())
            except DatabaseError:  # the record is away: what it would say is left out, the rest is told
                continue
        yield family

    def describe(self) -> Iterator[GaugeMetricFamily]:
        """Without looking: registering a measure asks nothing of the record."""
        yield GaugeMetricFamily(self.name, self.meaning, labels=[self.label])
