"""pgbench with one client: it ends when its connection is lost, and is run again."""

import json
import os
import tempfile
import time

import attempts
import processes

PGBENCH = "/usr/lib/postgresql/15/bin/pgbench"
# What \shell runs after each commit writes the line of the log.
SCRIPT = r"""
\set n :n + 1
\sleep 50 ms
insert into writes values ('%s', :n);
\shell sh /opt/clients/pgbench-tick.sh :n :session
"""


def last_id():
    """The last id that pgbench may have used: one more than the last that it got through."""
    with open(os.environ["LOG"]) as log:
        return max((json.loads(line).get("id", 0) for line in log), default=0) + 1


attempts.version(processes.version(PGBENCH))
session = 0
with tempfile.NamedTemporaryFile("w", suffix=".sql") as script:
    script.write(SCRIPT % attempts.WRITER)
    script.flush()
    while True:
        session += 1
        n = last_id()
        run = [PGBENCH, "-n", "-T", "3600", "-f", script.name]
        run += ["-D", f"n={n}", "-D", f"session={session}"]
        pgbench = processes.start(*run)
        message = pgbench.communicate()[1]
        lines = [line for line in message.splitlines() if "error" in line or "FATAL" in line]
        attempts.failed(
            last_id(), session, time.time_ns(), f"exit {pgbench.returncode}", None, "\n".join(lines)
        )
        time.sleep(attempts.TICK)
