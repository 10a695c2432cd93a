"""So many at once and no more: for what each takes memory that strangers ask for."""

from dataclasses import dataclass

from undersigned.intake.commit import LaneFull


@dataclass(slots=True)
class Few:
    """Room for `most` at a time. Belongs to one event loop."""

    most: int
    inside: int = 0

    def __enter__(self) -> None:
        """Take a place; LaneFull where there is none."""
        if self.inside >= self.most:
            raise LaneFull
        self.inside += 1

    def __exit__(self, *_fault: object) -> None:
        self.inside -= 1
