"""pg_recvlogical: each row that arrives is an attempt that went well; it reconnects by itself."""

import os
import threading
import time

import attempts
import processes

PROGRAM = "pg_recvlogical"
COMMAND = [PROGRAM, "-d", os.environ["PGDATABASE"], "--slot", os.environ["SLOT"], "--start", "-f", "-", "-s", "1", "-F", "0"]

attempts.version(processes.version(PROGRAM))
rows, session = 0, 0
while True:
    session += 1
    start = time.time_ns()
    receiver = processes.start(*COMMAND)

    def complain(receiver=receiver, session=session):
        for line in receiver.stderr:
            if "Terminating" not in line:
                attempts.failed(rows, session, time.time_ns(), "still running", None, line)

    thread = threading.Thread(target=complain)
    thread.start()
    for line in receiver.stdout:
        if "INSERT" in line:
            rows += 1
            attempts.ok(rows, session, time.time_ns())
    thread.join()
    attempts.failed(rows, session, start, f"exit {receiver.wait()}", None, "it has ended")
    time.sleep(attempts.TICK)
