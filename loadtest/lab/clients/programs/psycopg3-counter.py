"""psycopg 3: it prepares each statement once it has run it five times.

With the argument `pipeline` the whole transaction goes out before any of it was answered.
"""

import sys

import psycopg

from counting import ATTEMPT, CLIENT, COUNT, run

pipeline = sys.argv[1:] == ["pipeline"]


def statements(connection, attempt):
    connection.execute(ATTEMPT, (CLIENT, attempt))
    connection.execute(COUNT, (CLIENT,))


def increment(connection, attempt):
    statements(connection, attempt)
    connection.commit()


def increment_at_once(connection, attempt):
    with connection.pipeline():
        connection.execute("begin")
        statements(connection, attempt)
        connection.execute("commit")


def rollback(connection):
    if pipeline:
        connection.execute("rollback")
    else:
        connection.rollback()


run(
    f"psycopg {psycopg.__version__}, libpq {psycopg.pq.version()}",
    lambda: psycopg.connect("", autocommit=pipeline),
    increment_at_once if pipeline else increment,
    rollback,
    lambda e: getattr(e, "sqlstate", None),
)
