# DBD::Pg: statements prepared once for each connection; the log is that of counting.py.
use strict;
use warnings;
use DBD::Pg;
use DBI;
use IO::Handle;
use Time::HiRes qw(sleep time);

open(my $log, '>>', $ENV{LOG}) or die "$ENV{LOG}: $!";
$log->autoflush(1);

my $attempt_text = 'insert into attempts (client, attempt) values (?, ?)';
my $count_text = 'insert into counters (client, n) values (?, 1)'
  . ' on conflict (client) do update set n = counters.n + 1';

sub line {
  my ($attempt, $outcome, $start, $text) = @_;
  printf $log "%d %s %d %s\n", $attempt, $outcome, (time - $start) * 1e6, $text;
}

sub failed {
  my ($attempt, $start, $state, $text) = @_;
  $text =~ s/\s+/ /g;
  line($attempt, $state || 'none', $start, $text);
}

sub open_connection {
  my $dbh = DBI->connect('dbi:Pg:', undef, undef,
    { AutoCommit => 1, RaiseError => 1, PrintError => 0 });
  return { dbh => $dbh, attempt => $dbh->prepare($attempt_text), count => $dbh->prepare($count_text) };
}

sub increment {
  my ($connection, $attempt) = @_;
  $connection->{dbh}->begin_work;
  $connection->{attempt}->execute($ENV{CLIENT}, $attempt);
  $connection->{count}->execute($ENV{CLIENT});
  $connection->{dbh}->commit;
}

# Whether the connection goes on.
sub goes_on {
  my ($connection, $state) = @_;
  my $start = time;
  if ($state eq '40001') {
    # After a failed COMMIT there is nothing to roll back.
    return 1 if eval { $connection->{dbh}->rollback unless $connection->{dbh}{AutoCommit}; 1 };
    failed(0, $start, $DBI::state, $@);
  }
  eval { $connection->{dbh}->disconnect };
  return 0;
}

print $log "version DBD::Pg $DBD::Pg::VERSION\n";
my ($connection, $attempt) = (undef, 0);
while (!-e $ENV{STOP}) {
  my $start = time;
  if (!$connection) {
    if (!eval { $connection = open_connection(); 1 }) {
      failed(0, $start, $DBI::state, $@);
      sleep 0.05;
      next;
    }
  }
  $attempt++;
  if (eval { increment($connection, $attempt); 1 }) {
    line($attempt, 'ok', $start, '');
  } else {
    my $state = $DBI::state || '';
    failed($attempt, $start, $state, $@);
    undef $connection unless goes_on($connection, $state);
  }
  sleep $ENV{PAUSE} / 1000;
}
print $log "end\n";
