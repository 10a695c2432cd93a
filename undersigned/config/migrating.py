"""Whether the database has the shape that this version of the program needs."""

from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

from undersigned.lib.refusal import Refusal


class OtherShape(Refusal):
    """Told on the command line only, so in English only."""

    code = "other-shape"
    message = "The database lacks %(count)s changes that this version needs. Run: undersigned migrate"


class FromTheFuture(Refusal):
    """As above."""

    code = "from-the-future"
    message = "The database was made by a newer version of this program (%(name)s). Install that version."


def bring_up_to_date() -> None:
    """Apply what is missing; refuse a database of a newer version."""
    refuse_future(applied())
    call_command("migrate", verbosity=0, interactive=False)


def missing() -> int:
    """How many migrations the database lacks."""
    executor = MigrationExecutor(connection)
    return len(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def refuse_other_shape() -> None:
    """Refuse a database that is older or newer than this version."""
    if count := missing():
        raise OtherShape(count=count)
    refuse_future(applied())


def applied() -> set[tuple[str, str]]:
    """The migrations that the database has seen, as (app, name)."""
    return set(MigrationRecorder(connection).applied_migrations())


def refuse_future(seen: set[tuple[str, str]]) -> None:
    """Refuse migrations that this version does not know."""
    known = set(MigrationLoader(None).disk_migrations or {})
    apps = {app for app, _ in known}
    unknown = sorted((app, name) for app, name in seen - known if app in apps)
    if unknown:
        raise FromTheFuture(name=".".join(unknown[0]))
