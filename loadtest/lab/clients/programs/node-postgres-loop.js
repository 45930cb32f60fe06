// node-postgres: its own pool, which opens connections as it needs them.
const fs = require('fs');
const pg = require('pg');

const log = fs.openSync(process.env.LOG, 'a');
const line = (fields) => fs.writeSync(log, JSON.stringify(fields) + '\n');
const now = () => Math.round((performance.timeOrigin + performance.now()) * 1e6);
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

let sessions = 0;
const encrypted = process.env.PGSSLMODE !== 'disable';
// As libpq's sslmode=require: encrypted, whoever answers.
const pool = new pg.Pool({ max: 2, ssl: encrypted && { rejectUnauthorized: false } });
pool.on('connect', () => sessions++);
// Of a connection that was idle in the pool: without this handler the process ends.
pool.on('error', () => {});

async function attempt(id) {
  const start = now();
  try {
    await pool.query('insert into writes (writer, id) values ($1, $2)', [process.env.WRITER, id]);
    line({ id, session: sessions, start, end: now() });
  } catch (e) {
    line({ id, session: sessions, start, end: now(), type: e.name, state: e.code, message: e.message });
  }
}

async function cancel() {
  const client = await pool.connect();
  const start = now();
  setTimeout(() => pool.query('select pg_cancel_backend($1)', [client.processID]), 500);
  try {
    await client.query('select pg_sleep(30)');
    line({ id: 0, session: 1, start, end: now() });
  } catch (e) {
    line({ id: 0, session: 1, start, end: now(), type: e.name, state: e.code, message: e.message });
  }
  process.exit();
}

async function main() {
  line({ version: 'node-postgres ' + require('pg/package.json').version });
  if (process.argv[2] === 'cancel') {
    await cancel();
  }
  for (let id = 1; ; id++) {
    const start = now();
    await attempt(id);
    await sleep(Math.max(0, 50 - (now() - start) / 1e6));
  }
}

main();
