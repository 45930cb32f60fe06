"""psycopg2, which sends the values within the text of each statement."""

import psycopg2

from counting import ATTEMPT, CLIENT, COUNT, run


def increment(connection, attempt):
    with connection.cursor() as cursor:
        cursor.execute(ATTEMPT, (CLIENT, attempt))
        cursor.execute(COUNT, (CLIENT,))
    connection.commit()


run(
    f"psycopg2 {psycopg2.__version__.split()[0]}, libpq {psycopg2.extensions.libpq_version()}",
    lambda: psycopg2.connect(""),
    increment,
    lambda c: c.rollback(),
    lambda e: getattr(e, "pgcode", None),
)
