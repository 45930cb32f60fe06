"""asyncpg: it prepares every statement that has parameters, and keeps it."""

import asyncio

import asyncpg

from counting import CLIENT, COUNT, ATTEMPT, run

loop = asyncio.new_event_loop()
INSERT = ATTEMPT.replace("%s", "$1", 1).replace("%s", "$2")
INCREMENT = COUNT.replace("%s", "$1")


class Session:
    """A connection and its newest transaction."""

    def __init__(self):
        self.connection = loop.run_until_complete(asyncpg.connect())
        self.transaction = None

    def increment(self, attempt):
        loop.run_until_complete(self._increment(attempt))

    async def _increment(self, attempt):
        self.transaction = self.connection.transaction()
        await self.transaction.start()
        await self.connection.execute(INSERT, CLIENT, attempt)
        await self.connection.execute(INCREMENT, CLIENT)
        await self.transaction.commit()

    def rollback(self):
        if self.connection.is_in_transaction():
            loop.run_until_complete(self.transaction.rollback())

    def close(self):
        self.connection.terminate()


run(
    f"asyncpg {asyncpg.__version__}",
    Session,
    lambda session, attempt: session.increment(attempt),
    lambda session: session.rollback(),
    lambda e: getattr(e, "sqlstate", None),
)
