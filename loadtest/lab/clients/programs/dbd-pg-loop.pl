# DBD::Pg: one connection, a new one after any error.
use strict;
use warnings;
use DBD::Pg qw(:async);
use DBI;
use JSON::PP;
use Time::HiRes qw(sleep time);

open(my $log, '>>', $ENV{LOG}) or die "$ENV{LOG}: $!";
$log->autoflush(1);

sub now { int(time * 1e9) }

sub line { print $log encode_json({@_}), "\n" }

sub failed {
  my (%attempt) = @_;
  my ($state, $message) = ($DBI::state, $DBI::errstr);
  chomp $message;
  line(%attempt, end => now(), type => "DBI error $DBI::err", state => $state || undef, message => $message);
}

sub open_connection {
  return DBI->connect('dbi:Pg:', undef, undef,
    { AutoCommit => 1, RaiseError => 1, PrintError => 0 });
}

line(version => "DBD::Pg $DBD::Pg::VERSION");
if (@ARGV and $ARGV[0] eq 'cancel') {
  my $dbh = open_connection();
  my $start = now();
  eval {
    $dbh->do('select pg_sleep(30)', { pg_async => PG_ASYNC });
    sleep 0.5;
    $dbh->pg_cancel;
    # The statement's error is swallowed by pg_cancel: what counts is that it ends, and when.
    line(id => 0, session => 1, start => $start, end => now());
    1;
  } or failed(id => 0, session => 1, start => $start);
  exit;
}

my ($dbh, $session, $id) = (undef, 0, 0);
while (1) {
  my $start = now();
  $id++;
  eval {
    if (!$dbh) {
      $session++;
      $dbh = open_connection();
    }
    $dbh->do('insert into writes (writer, id) values (?, ?)', undef, $ENV{WRITER}, $id);
    line(id => $id, session => $session, start => $start, end => now());
    1;
  } or do {
    failed(id => $id, session => $session, start => $start);
    eval { $dbh->disconnect } if $dbh;
    undef $dbh;
  };
  my $left = 0.05 - (now() - $start) / 1e9;
  sleep $left if $left > 0;
}
