# A primary to look at: Patroni's REST API on 8008, its timeline from /run/timeline, and a server on
# 5433 that lets everybody in and then says nothing.
use strict;
use warnings;
use IO::Socket::INET;

$SIG{CHLD} = 'IGNORE';

sub listener {
  my ($port) = @_;
  return IO::Socket::INET->new(
    LocalAddr => '127.0.0.1', LocalPort => $port, Listen => 20, ReuseAddr => 1) or die "$port: $!";
}

sub timeline {
  open my $file, '<', '/run/timeline' or die $!;
  chomp(my $timeline = <$file>);
  return $timeline;
}

sub answer_rest {
  my ($client) = @_;
  while (defined(my $request = <$client>)) {
    while (defined(my $header = <$client>)) { last if $header eq "\r\n" }
    my $timeline = timeline();
    my $body =
      $request =~ m{^\w+ /cluster }
      ? '{"scope": "main", "members": [{"name": "pg-1", "role": "leader", "state": "running",'
        . ' "api_url": "http://127.0.0.1:8008/patroni", "host": "127.0.0.1", "port": 5433,'
        . qq( "timeline": $timeline}]})
      : qq({"state": "running", "role": "primary", "timeline": $timeline, "server_version": 150000,)
        . ' "xlog": {"location": 1000},'
        . ' "patroni": {"version": "3.0.2", "scope": "main", "name": "pg-1"}}';
    print $client "HTTP/1.1 200 OK\r\nContent-Length: " . length($body) . "\r\n\r\n$body";
    $client->flush;
  }
}

sub answer_sessions {
  my ($client) = @_;
  sysread $client, my $startup, 4096;
  syswrite $client, "R\0\0\0\x08\0\0\0\0Z\0\0\0\x05I";
  1 while sysread $client, my $rest, 4096;
}

sub serve {
  my ($port, $answer) = @_;
  my $listener = listener($port);
  while (my $client = $listener->accept) {
    if (fork == 0) { $answer->($client); exit }
    close $client;
  }
}

if (fork == 0) { serve(5433, \&answer_sessions); exit }
serve(8008, \&answer_rest);
