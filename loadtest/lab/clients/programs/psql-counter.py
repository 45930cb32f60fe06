"""psql reading a script, a statement at a time: it ends when its connection is lost."""

import re
import tempfile

import processes
from counting import ATTEMPT, CLIENT, COUNT, run

PSQL = ["psql", "-XAtq", "-v", "VERBOSITY=verbose"]
DONE = "00000"


class Failed(Exception):
    def __init__(self, state, message):
        super().__init__(message)
        self.state = state


class Psql:
    def __init__(self):
        # A file, since nobody reads a pipe while psql is asked.
        self.errors = tempfile.TemporaryFile("w+")
        self.process = processes.start(*PSQL, stderr=self.errors)
        self.ask("select 1")

    def ask(self, statement):
        try:
            self.process.stdin.write(statement + ";\n\\echo state :SQLSTATE\n")
            self.process.stdin.flush()
        except BrokenPipeError:
            pass  # it ends
        state = None
        for line in self.process.stdout:
            if line.startswith("state "):
                state = line.split()[1]
                break
        if state != DONE:
            self.fail(state)

    def fail(self, state):
        if state is None:
            self.process.wait()
        text = self.said()
        raise Failed(state or processes.state(text), text)

    def said(self):
        self.errors.seek(0)
        text = self.errors.read()
        self.errors.seek(0)
        self.errors.truncate()
        return re.sub(r"LOCATION: .*", "", text)

    def increment(self, attempt):
        self.ask("begin")
        self.ask(ATTEMPT % (CLIENT, attempt))
        self.ask(COUNT % CLIENT)
        self.ask("commit")

    def close(self):
        self.process.kill()
        self.process.wait()
        self.errors.close()


run(
    processes.version("psql"),
    Psql,
    lambda psql, attempt: psql.increment(attempt),
    lambda psql: psql.ask("rollback"),
    lambda e: getattr(e, "state", None),
)
