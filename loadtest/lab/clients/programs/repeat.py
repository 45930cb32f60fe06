"""A program that takes some seconds, again and again: `repeat.py VERSION_OF COMMAND`."""

import subprocess
import sys
import time

import attempts
import processes

attempts.version(processes.version(sys.argv[1]))
run = 0
while True:
    run += 1
    start = time.time_ns()
    done = subprocess.run(
        ["bash", "-o", "pipefail", "-c", sys.argv[2]], capture_output=True, text=True
    )
    if done.returncode == 0:
        attempts.ok(run, run, start)
    else:
        attempts.failed(run, run, start, f"exit {done.returncode}", None, done.stderr)
    time.sleep(attempts.TICK)
