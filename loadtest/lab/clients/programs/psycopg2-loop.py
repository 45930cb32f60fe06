"""psycopg2: one connection, a new one after any error."""

import psycopg2

import attempts


def connect():
    return psycopg2.connect("")


def insert(connection, writer, id):
    with connection, connection.cursor() as cursor:
        cursor.execute(attempts.INSERT, (writer, id))


attempts.version(f"psycopg2 {psycopg2.__version__.split()[0]}, libpq {psycopg2.extensions.libpq_version()}")
attempts.run(connect, insert, lambda c: c.cancel(), lambda e: getattr(e, "pgcode", None))
