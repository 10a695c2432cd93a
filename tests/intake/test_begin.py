import sqlite3

import psycopg
import pytest
from django.db import DataError, InterfaceError, OperationalError
from psycopg import errors

from undersigned.intake.begin import is_away


@pytest.mark.parametrize(
    "cause",
    [
        errors.AdminShutdown,
        errors.CannotConnectNow,
        errors.DiskFull,
        psycopg.OperationalError,
        sqlite3.OperationalError,
    ],
)
def test_a_record_that_cannot_be_asked_is_away(cause: type[Exception]) -> None:
    assert is_away(raised(OperationalError, cause))
    assert is_away(InterfaceError())


@pytest.mark.parametrize("cause", [errors.DeadlockDetected, errors.LockNotAvailable, errors.SerializationFailure])
def test_where_two_get_in_each_others_way_the_record_is_not_away(cause: type[Exception]) -> None:
    """Or hundreds of a batch would hear that nothing is known, for the sake of one of them."""
    assert not is_away(raised(OperationalError, cause))
    assert not is_away(raised(DataError, errors.NumericValueOutOfRange))


def raised(fault: type[Exception], cause: type[Exception]) -> Exception:
    """A fault as Django raises it for that of a database."""
    try:
        raise fault from cause()
    except fault as known:
        return known
