"""asyncpg: its own pool, which opens connections as it needs them."""

import asyncio
import sys
import time

import asyncpg

import attempts

INSERT = "insert into writes (writer, id) values ($1, $2)"
sessions = 0


async def opened(connection):
    global sessions
    sessions += 1


async def insert(pool, id):
    async with pool.acquire() as connection, connection.transaction():
        await connection.execute(INSERT, attempts.WRITER, id)


async def attempt(id, statement):
    start = time.time_ns()
    try:
        await statement
        attempts.ok(id, sessions, start)
    except Exception as error:
        attempts.raised(id, sessions, start, error, lambda e: getattr(e, "sqlstate", None))


async def main():
    attempts.version(f"asyncpg {asyncpg.__version__}")
    pool = await asyncpg.create_pool(min_size=1, max_size=2, init=opened)
    if sys.argv[1:] == ["cancel"]:
        # At its timeout asyncpg sends a cancel request.
        await attempt(0, pool.execute("select pg_sleep(30)", timeout=0.5))
        return
    id, clock = 0, attempts.Clock()
    while True:
        id += 1
        await attempt(id, insert(pool, id))
        await asyncio.sleep(clock.pause())


asyncio.run(main())
