// node-postgres: one connection, its statements prepared by name; the log is that of counting.py.
const fs = require('fs');
const pg = require('pg');

const client = Number(process.env.CLIENT);
const log = fs.openSync(process.env.LOG, 'a');
const write = (line) => fs.writeSync(log, line + '\n');
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const ATTEMPT = 'insert into attempts (client, attempt) values ($1, $2)';
const COUNT = 'insert into counters (client, n) values ($1, 1)'
  + ' on conflict (client) do update set n = counters.n + 1';

function line(attempt, outcome, start, text) {
  write(`${attempt} ${outcome} ${Math.round((performance.now() - start) * 1000)} ${text}`);
}

function failed(attempt, start, e) {
  // A network error has a code of the system, such as ECONNRESET.
  const state = /^[0-9A-Z]{5}$/.test(e.code || '') ? e.code : 'none';
  line(attempt, state, start, `${e.code || ''} ${e.message}`.replace(/\s+/g, ' '));
}

async function connect() {
  const connection = new pg.Client({ ssl: false });
  // When it is lost between two queries: without this handler the process ends.
  connection.on('error', () => {});
  await connection.connect();
  return connection;
}

async function increment(connection, attempt) {
  await connection.query('begin');
  await connection.query({ name: 'attempt', text: ATTEMPT, values: [client, attempt] });
  await connection.query({ name: 'count', text: COUNT, values: [client] });
  await connection.query('commit');
}

/** The connection, if it goes on. */
async function after(connection, e) {
  const start = performance.now();
  if (e.code === '40001') {
    try {
      await connection.query('rollback');
      return connection;
    } catch (again) {
      failed(0, start, again);
    }
  }
  connection.end().catch(() => {});
  return null;
}

async function main() {
  write('version node-postgres ' + require('pg/package.json').version);
  let connection = null;
  let attempt = 0;
  while (!fs.existsSync(process.env.STOP)) {
    const start = performance.now();
    if (connection === null) {
      try {
        connection = await connect();
      } catch (e) {
        failed(0, start, e);
        await sleep(50);
        continue;
      }
    }
    attempt++;
    try {
      await increment(connection, attempt);
      line(attempt, 'ok', start, '');
    } catch (e) {
      failed(attempt, start, e);
      connection = await after(connection, e);
    }
    await sleep(Number(process.env.PAUSE));
  }
  write('end');
  process.exit();
}

main();
