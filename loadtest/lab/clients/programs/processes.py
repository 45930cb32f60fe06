"""Programs that are run and talked to through pipes."""

import re
import subprocess

# As psql writes it with VERBOSITY verbose: "FATAL:  57P01: terminating connection ...".
_STATE = re.compile(r"(?:ERROR|FATAL|PANIC): +([0-9A-Z]{5}): ")


def start(*command, stderr=subprocess.PIPE):
    pipe = subprocess.PIPE
    return subprocess.Popen(
        command, stdin=pipe, stdout=pipe, stderr=stderr, text=True, bufsize=1
    )


def state(text):
    found = _STATE.search(text)
    return found.group(1) if found else None


def version(program):
    return subprocess.run(
        [program, "--version"], capture_output=True, text=True
    ).stdout.strip()
