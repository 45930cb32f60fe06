<?php
// PDO_PGSQL: statements prepared at the server, once for each connection; the log is that of counting.py.

const ATTEMPT = 'insert into attempts (client, attempt) values (?, ?)';
const COUNT = 'insert into counters (client, n) values (?, 1)'
    . ' on conflict (client) do update set n = counters.n + 1';

$client = (int) getenv('CLIENT');
$log = fopen(getenv('LOG'), 'a');

function line(int $attempt, string $outcome, int $start, string $text): void
{
    global $log;
    fwrite($log, sprintf("%d %s %d %s\n", $attempt, $outcome, intdiv(hrtime(true) - $start, 1000),
        preg_replace('/\s+/', ' ', $text)));
}

function failed(int $attempt, int $start, PDOException $e): void
{
    line($attempt, state($e) ?? 'none', $start, $e->getMessage());
}

function state(PDOException $e): ?string
{
    return $e->errorInfo[0] ?? null;
}

final class Session
{
    private PDO $connection;
    private PDOStatement $attempt;
    private PDOStatement $count;

    function __construct()
    {
        $source = sprintf('pgsql:host=%s;port=%s;dbname=%s;sslmode=%s', getenv('PGHOST'),
            getenv('PGPORT'), getenv('PGDATABASE'), getenv('PGSSLMODE'));
        $this->connection = new PDO($source, getenv('PGUSER'), getenv('PGPASSWORD'),
            [PDO::ATTR_ERRMODE => PDO::ERRMODE_EXCEPTION, PDO::ATTR_EMULATE_PREPARES => false]);
        $this->attempt = $this->connection->prepare(ATTEMPT);
        $this->count = $this->connection->prepare(COUNT);
    }

    function increment(int $client, int $attempt): void
    {
        $this->connection->beginTransaction();
        $this->attempt->execute([$client, $attempt]);
        $this->count->execute([$client]);
        $this->connection->commit();
    }

    function rollBack(): void
    {
        if ($this->connection->inTransaction()) {
            $this->connection->rollBack();
        }
    }
}

/** Whether the connection goes on. */
function goesOn(Session $session, ?string $state): bool
{
    $start = hrtime(true);
    if ($state !== '40001') {
        return false;
    }
    try {
        $session->rollBack();
        return true;
    } catch (PDOException $e) {
        failed(0, $start, $e);
        return false;
    }
}

fwrite($log, 'version PHP ' . PHP_VERSION . "\n");
$session = null;
$attempt = 0;
while (!file_exists(getenv('STOP'))) {
    clearstatcache();
    $start = hrtime(true);
    if ($session === null) {
        try {
            $session = new Session();
        } catch (PDOException $e) {
            failed(0, $start, $e);
            usleep(50000);
            continue;
        }
    }
    $attempt++;
    try {
        $session->increment($client, $attempt);
        line($attempt, 'ok', $start, '');
    } catch (PDOException $e) {
        failed($attempt, $start, $e);
        $session = goesOn($session, state($e)) ? $session : null;
    }
    usleep(1000 * (int) getenv('PAUSE'));
}
fwrite($log, "end\n");
