"""psycopg 3: one connection, a new one after any error."""

import psycopg

import attempts


def insert(connection, writer, id):
    with connection.transaction():
        connection.execute(attempts.INSERT, (writer, id))


attempts.version(f"psycopg {psycopg.__version__}, libpq {psycopg.pq.version()}")
attempts.run(
    lambda: psycopg.connect(""),
    insert,
    lambda c: c.cancel(),
    lambda e: getattr(e, "sqlstate", None),
)
