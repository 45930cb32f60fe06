"""The loop of a client program, and its log: one JSON object for each attempt.

From the environment: where to connect, in libpq's own variables; WRITER, the name in the table
`writes`; LOG, the file. Times are nanoseconds since 1970.
"""

import json
import os
import sys
import threading
import time

WRITER = os.environ["WRITER"]
TICK = 0.05
INSERT = "insert into writes (writer, id) values (%s, %s)"

_log = open(os.environ["LOG"], "a", buffering=1)


def version(text):
    _log.write(json.dumps({"version": text}) + "\n")


def ok(id, session, start):
    _write(id, session, start)


def failed(id, session, start, type, state, message):
    _write(id, session, start, type=type, state=state, message=str(message).strip())


def _write(id, session, start, **more):
    line = {"id": id, "session": session, "start": start, "end": time.time_ns(), **more}
    _log.write(json.dumps(line) + "\n")


def raised(id, session, start, error, state):
    """What an except clause gets, and behind it what was the matter first."""
    states, texts, cause = [], [], error
    while cause is not None:
        states.append(state(cause))
        texts.append(str(cause) if cause is error else f"{_type(cause)}: {cause}")
        cause = cause.__cause__ or cause.__context__
    first = next(filter(None, states), None)
    failed(id, session, start, _type(error), first, " (after: ".join(texts) + ")" * (len(texts) - 1))


def _type(error):
    module = type(error).__module__
    return type(error).__name__ if module == "builtins" else f"{module}.{type(error).__name__}"


class Clock:
    """One attempt each tick; after one that took longer, at once."""

    def __init__(self, tick=TICK):
        self.tick = tick
        self.next = time.monotonic()

    def pause(self):
        """How long to wait until the next attempt."""
        now = time.monotonic()
        self.next = max(self.next + self.tick, now - self.tick)
        return max(0.0, self.next - now)


def run(connect, insert, cancel, state):
    """One connection, as long as it works; a new one after any error."""
    if sys.argv[1:] == ["cancel"]:
        _cancel(connect, cancel, state)
        return
    connection, session, id, clock = None, 0, 0, Clock()
    while True:
        id += 1
        start = time.time_ns()
        try:
            if connection is None:
                session += 1
                connection = connect()
            insert(connection, WRITER, id)
            ok(id, session, start)
        except Exception as error:
            raised(id, session, start, error, state)
            connection = _close(connection)
        time.sleep(clock.pause())


def _close(connection):
    try:
        if connection is not None:
            connection.close()
    except Exception:
        pass  # it was broken


def _cancel(connect, cancel, state):
    """A statement of 30 s that is cancelled after half a second."""
    connection = connect()
    threading.Timer(0.5, cancel, [connection]).start()
    start = time.time_ns()
    try:
        connection.cursor().execute("select pg_sleep(30)")
        ok(0, 1, start)
    except Exception as error:
        raised(0, 1, start, error, state)
