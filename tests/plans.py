"""How the database goes about a question, as it says itself."""

from django.db import connection

EXPLAIN = {"postgresql": "EXPLAIN", "sqlite": "EXPLAIN QUERY PLAN"}


def plan_of(question: str) -> str:
    """The plan of `question`, with what the transaction around it has set: `find_by_key` for one."""
    with connection.cursor() as cursor:
        cursor.execute(f"{EXPLAIN[connection.vendor]} {question}")
        return "\n".join(str(row) for row in cursor.fetchall())
