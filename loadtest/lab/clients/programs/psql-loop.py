"""psql reading a script: it ends with 2 when its connection is lost, and is run again."""

import signal
import sys
import threading
import time

import attempts
import processes

PSQL = ["psql", "-XAtq", "-v", "ON_ERROR_STOP=1", "-v", "VERBOSITY=verbose"]


def ask(psql, statement, wanted):
    """Whether psql has answered; it ends where it does not."""
    try:
        psql.stdin.write(statement + "\n")
        psql.stdin.flush()
    except BrokenPipeError:
        return False
    return psql.stdout.readline().strip() == wanted


def end(psql):
    try:
        psql.stdin.close()
    except BrokenPipeError:
        pass  # it has ended
    lines = [line for line in psql.stderr if not line.startswith("LOCATION: ")]
    return psql.wait(), "".join(lines)


def cancel():
    psql = processes.start(*PSQL)
    start = time.time_ns()
    threading.Timer(0.5, psql.send_signal, [signal.SIGINT]).start()  # Ctrl-C
    ask(psql, "select pg_sleep(30);", "")
    code, message = end(psql)
    attempts.failed(0, 1, start, f"exit {code}", processes.state(message), message)


def loop():
    psql, session, id, clock = None, 0, 0, attempts.Clock()
    while True:
        id += 1
        start = time.time_ns()
        if psql is None:
            session += 1
            psql = processes.start(*PSQL)
        insert = f"insert into writes values ('{attempts.WRITER}', {id}) returning id;"
        if ask(psql, insert, str(id)):
            attempts.ok(id, session, start)
        else:
            code, message = end(psql)
            psql = None
            attempts.failed(id, session, start, f"exit {code}", processes.state(message), message)
        time.sleep(clock.pause())


attempts.version(processes.version("psql"))
cancel() if sys.argv[1:] == ["cancel"] else loop()
