"""The loop of a client that increments its counter, and its log: a line for each attempt.

From the environment: where to connect, in libpq's own variables; CLIENT, its number; LOG, the file;
STOP, the file whose appearance ends the loop; PAUSE, milliseconds between two attempts. A line has the attempt's number (0: there was none, a
connection could not be opened or was lost between two), `ok` or the SQLSTATE (`none` where the
driver gives none), the microseconds, and what the driver said. The last line is `end`.

What got 40001 is rolled back, and the next attempt uses the same connection; after anything else it
opens a new one.
"""

import os
import time

CLIENT = int(os.environ["CLIENT"])
LOST = "40001"
PAUSE = int(os.environ["PAUSE"]) / 1000
ATTEMPT = "insert into attempts (client, attempt) values (%s, %s)"
COUNT = (
    "insert into counters (client, n) values (%s, 1)"
    " on conflict (client) do update set n = counters.n + 1"
)

_log = open(os.environ["LOG"], "a", buffering=1)


def run(version, connect, increment, rollback, state):
    """`increment(connection, attempt)` is one transaction; `state(error)` its SQLSTATE."""
    _log.write(f"version {version}\n")
    connection, attempt = None, 0
    while not os.path.exists(os.environ["STOP"]):
        start = time.monotonic_ns()
        if connection is None:
            try:
                connection = connect()
            except Exception as error:
                _failed(0, start, error, state)
                time.sleep(0.05)
                continue
        attempt += 1
        try:
            increment(connection, attempt)
            _line(attempt, "ok", start, "")
        except Exception as error:
            _failed(attempt, start, error, state)
            connection = _after(connection, state(error), rollback, state)
        time.sleep(PAUSE)
    _log.write("end\n")


def _after(connection, refused, rollback, state):
    """The connection, if it goes on."""
    if refused == LOST:
        start = time.monotonic_ns()
        try:
            rollback(connection)
            return connection
        except Exception as error:
            _failed(0, start, error, state)
    try:
        connection.close()
    except Exception:
        pass  # it was broken
    return None


def _failed(attempt, start, error, state):
    text = " ".join(f"{type(error).__name__}: {error}".split())
    _line(attempt, state(error) or "none", start, text)


def _line(attempt, outcome, start, text):
    micros = (time.monotonic_ns() - start) // 1000
    _log.write(f"{attempt} {outcome} {micros} {text}\n")
