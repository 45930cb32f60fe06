<?php
// PDO_PGSQL: one connection, a new one after any error.

$log = fopen(getenv('LOG'), 'a');

function now(): int
{
    return (int) (microtime(true) * 1e6) * 1000;
}

function line(array $fields): void
{
    global $log;
    fwrite($log, json_encode($fields) . "\n");
}

function connect(): PDO
{
    $source = sprintf('pgsql:host=%s;port=%s;dbname=%s;sslmode=%s', getenv('PGHOST'),
        getenv('PGPORT'), getenv('PGDATABASE'), getenv('PGSSLMODE'));
    return new PDO($source, getenv('PGUSER'), getenv('PGPASSWORD'),
        [PDO::ATTR_ERRMODE => PDO::ERRMODE_EXCEPTION]);
}

line(['version' => 'PHP ' . PHP_VERSION]);
$connection = null;
$session = 0;
for ($id = 1; ; $id++) {
    $start = now();
    try {
        if ($connection === null) {
            $session++;
            $connection = connect();
        }
        $connection->prepare('insert into writes (writer, id) values (?, ?)')
            ->execute([getenv('WRITER'), $id]);
        line(['id' => $id, 'session' => $session, 'start' => $start, 'end' => now()]);
    } catch (PDOException $e) {
        line(['id' => $id, 'session' => $session, 'start' => $start, 'end' => now(),
            'type' => get_class($e), 'state' => $e->errorInfo[0] ?? null,
            'message' => $e->getMessage()]);
        $connection = null;
    }
    usleep(max(0, 50000 - intdiv(now() - $start, 1000)));
}
