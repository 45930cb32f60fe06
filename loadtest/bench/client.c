/*
 * Load on one processor: ping (one query, one answer), out and in (COPY without an end), churn
 * (connect, log in, leave), hold (idle connections, some of them active later) and crowd (sessions
 * that come back when they are lost). Prints its figures as "name=value" on one line.
 */
#include "link.h"
#include "peer.h"

#include <arpa/inet.h>
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { EVENTS = 256, READ_SIZE = 262144, READS = 16, COPY_MESSAGE = 8192, AT_ONCE = 64 };
enum { COPY_BLOCK = 16 * COPY_MESSAGE, MAX_SECONDS = 4096, NEVER_NANOS = 1000000000 };
enum kind { PING, OUT, IN, CHURN, HOLD, CROWD };
enum phase { ABSENT, CONNECTING, ASKING, WELCOME, IDLE, BUSY };

static const char *const KINDS[] = {"ping", "out", "in", "churn", "hold", "crowd"};
static const int64_t SECOND = INT64_C(1000000000);
static const int64_t RETRY = INT64_C(20000000);

struct client {
  struct link link;
  struct scanner scanner;
  enum phase phase;
  int64_t asked;  /* when its query was due */
  int64_t opened; /* when the connection was begun */
  size_t offset;  /* in the block, of COPY in */
};

static enum kind kind;
static struct sockaddr_in target, first_source;
static int connections = 1, sources, active, encrypt; /* 1: after an SSLRequest, 2: at once */
static double seconds = 5, warm_up, rate;
static SSL_CTX *tls;
static int poller;
static struct client *clients;
static int64_t *due; /* when each client's next query is to be sent, or its connection retried */
static int paced;    /* whether due is to be looked at */

static unsigned char input[READ_SIZE], block[COPY_BLOCK];
static unsigned char startup[64], query[48], copy_query[16];
static size_t startup_size;

static int64_t measured_from, measured_to;
static int64_t count, bytes, errors, lost;
static uint32_t *latencies;
static size_t latency_count, latency_room;
static int64_t per_second[MAX_SECONDS];
static int64_t flipped; /* crowd: when the primary was changed */
static int back;        /* crowd: sessions opened since then that had an answer */
static unsigned source_next;
static int line_ready; /* crowd: there is something on the standard input */

static void prepare(void) {
  static const char parameters[] = "user\0bench\0database\0fake\0";
  startup_size = 8 + sizeof parameters;
  put32(startup, (uint32_t)startup_size);
  put32(startup + 4, STARTUP);
  memcpy(startup + 8, parameters, sizeof parameters);
  memset(query, ' ', sizeof query);
  query[0] = 'Q';
  put32(query + 1, sizeof query - 1);
  memcpy(query + 5, "ping", 4);
  query[sizeof query - 1] = 0;
  copy_query[0] = 'Q';
  put32(copy_query + 1, 6);
  copy_query[5] = kind == OUT ? 'o' : 'i';
  memset(block, 'x', sizeof block);
  for (int i = 0; i < COPY_BLOCK; i += COPY_MESSAGE) {
    block[i] = 'd';
    put32(block + i + 1, COPY_MESSAGE - 1);
  }
}

static int counts(int64_t now) { return now >= measured_from && now < measured_to; }

static void record(int64_t now, int64_t nanos) {
  if (!counts(now)) return;
  count++;
  int64_t second = (now - measured_from) / SECOND;
  if (second < MAX_SECONDS) per_second[second]++;
  if (latency_count == latency_room) {
    latency_room = latency_room ? 2 * latency_room : 65536;
    latencies = realloc(latencies, latency_room * sizeof *latencies);
    if (!latencies) die("realloc");
  }
  latencies[latency_count++] = nanos > UINT32_MAX ? UINT32_MAX : (uint32_t)nanos;
}

static void watch(struct client *client, int operation, uint32_t events) {
  struct epoll_event event = {.events = events, .data.ptr = client};
  if (epoll_ctl(poller, operation, client->link.fd, &event) < 0) die("epoll_ctl");
}

static int say(struct client *client, const void *what, size_t size) {
  return link_write(&client->link, what, size) == (ssize_t)size;
}

static void begin(struct client *client) {
  int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0), on = 1;
  if (fd < 0) die("socket");
  link_tune(fd);
  if (sources > 0) {
    struct sockaddr_in source = first_source;
    source.sin_addr.s_addr =
        htonl(ntohl(source.sin_addr.s_addr) + source_next++ % (unsigned)sources);
    setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof on);
    if (bind(fd, (struct sockaddr *)&source, sizeof source) < 0) die("bind");
  }
  memset(&client->scanner, 0, sizeof client->scanner);
  client->link.fd = fd;
  client->link.ssl = NULL;
  client->offset = 0;
  client->phase = CONNECTING;
  client->opened = now_nanos();
  if (connect(fd, (struct sockaddr *)&target, sizeof target) < 0 && errno != EINPROGRESS) {
    errors++;
    link_close(&client->link);
    client->phase = ABSENT;
    due[client - clients] = client->opened + RETRY;
    paced = 1;
    return;
  }
  watch(client, EPOLL_CTL_ADD, EPOLLIN | EPOLLOUT);
}

/* The connection has ended without being asked to. */
static void lose(struct client *client) {
  if (client->phase == IDLE || client->phase == BUSY) {
    lost++;
  } else {
    errors++;
  }
  link_close(&client->link);
  client->phase = ABSENT;
  if (kind == HOLD || kind == OUT || kind == IN) {
    fprintf(stderr, "peer: a connection was lost\n");
    exit(1);
  }
  due[client - clients] = now_nanos() + RETRY;
  paced = 1;
}

static int ask(struct client *client, int64_t at) {
  client->asked = at;
  client->phase = BUSY;
  return say(client, query, sizeof query);
}

static int stream(struct client *client) {
  ssize_t put = link_write(&client->link, block + client->offset, COPY_BLOCK - client->offset);
  if (put == LINK_GONE) return 0;
  if (put > 0) {
    client->offset = (client->offset + (size_t)put) % COPY_BLOCK;
    if (counts(now_nanos())) bytes += put;
  }
  return 1;
}

static int on_welcome(struct client *client, int64_t now) {
  static const unsigned char leave[] = {'X', 0, 0, 0, 4};
  client->phase = IDLE;
  switch (kind) {
    case PING:
      if (rate > 0) return 1;
      return ask(client, now);
    case CROWD: return ask(client, now);
    case OUT:
    case IN: client->phase = BUSY; return say(client, copy_query, 11);
    case CHURN:
      record(now, now - client->opened);
      say(client, leave, sizeof leave);
      link_close(&client->link);
      begin(client);
      return 1;
    case HOLD: record(now, now - client->opened); return 1;
  }
  return 0;
}

static int on_answer(struct client *client, int64_t now) {
  int index = (int)(client - clients);
  record(now, now - client->asked);
  client->phase = IDLE;
  if (kind == CROWD && flipped && client->opened >= flipped) {
    back++;
    client->opened = 0;
  }
  if (rate > 0) {
    int64_t pause = (int64_t)(connections * 1e9 / rate);
    due[index] = kind == CROWD ? now + pause : due[index] + pause;
    if (due[index] > now) return 1;
    return ask(client, due[index]);
  }
  return ask(client, now);
}

static int on_messages(struct client *client, const unsigned char *at, size_t size) {
  if (kind == OUT && client->phase == BUSY) {
    if (counts(now_nanos())) bytes += (int64_t)size;
    return 1;
  }
  while (size > 0) {
    int complete;
    size_t taken = scan(&client->scanner, at, size, &complete);
    at += taken, size -= taken;
    if (!complete) continue;
    if (client->scanner.type == 'E') return 0;
    if (client->scanner.type == 'G') {
      watch(client, EPOLL_CTL_MOD, EPOLLIN | EPOLLOUT);
    } else if (client->scanner.type == 'Z') {
      int64_t now = now_nanos();
      int goes_on =
          client->phase == WELCOME ? on_welcome(client, now) : on_answer(client, now);
      if (!goes_on || kind == CHURN) return goes_on;
    }
  }
  return 1;
}

static int log_in(struct client *client) {
  client->phase = WELCOME;
  ssize_t put = link_write(&client->link, startup, startup_size);
  if (put == LINK_GONE) return 0;
  if (put == LINK_LATER) client->phase = ASKING; /* TLS is being agreed on: again when readable */
  return 1;
}

static int on_connected(struct client *client) {
  static const unsigned char request[] = {0, 0, 0, 8, 4, 210, 22, 47};
  int error = 0;
  socklen_t size = sizeof error;
  getsockopt(client->link.fd, SOL_SOCKET, SO_ERROR, &error, &size);
  if (error) return 0;
  watch(client, EPOLL_CTL_MOD, EPOLLIN);
  client->phase = ASKING;
  if (encrypt == 1) return say(client, request, sizeof request);
  if (encrypt == 2) link_tls(&client->link, tls, 0);
  return log_in(client);
}

static int on_asked(struct client *client) {
  if (!client->link.ssl) {
    unsigned char yes;
    ssize_t got = link_read(&client->link, &yes, 1);
    if (got == LINK_LATER) return 1;
    if (got == LINK_GONE || yes != 'S') return 0;
    link_tls(&client->link, tls, 0);
  }
  return log_in(client);
}

static int on_readable(struct client *client) {
  if (client->phase == ASKING) return on_asked(client);
  int reads = 0;
  do {
    ssize_t got = link_read(&client->link, input, sizeof input);
    if (got == LINK_LATER) return 1;
    if (got == LINK_GONE || !on_messages(client, input, (size_t)got)) return 0;
    if (client->phase < WELCOME) return 1; /* churn: it is another connection now */
  } while (client->link.ssl && (++reads < READS || SSL_pending(client->link.ssl) > 0));
  return 1;
}

static void on_event(struct client *client, uint32_t events) {
  if (client->phase == ABSENT) return;
  if (client->phase == CONNECTING) {
    if (!on_connected(client)) lose(client);
    return;
  }
  int alive = 1;
  if (events & ~(uint32_t)EPOLLOUT) alive = on_readable(client);
  if (alive && client->phase == BUSY && kind == IN && events & EPOLLOUT) alive = stream(client);
  if (!alive) lose(client);
}

/* Sends what is due, and tells how long nothing will be. */
static int64_t on_due(int64_t now) {
  int64_t next = now + NEVER_NANOS;
  int still = 0;
  for (int i = 0; i < connections; i++) {
    struct client *client = &clients[i];
    if (client->phase == ABSENT) {
      still = 1;
      if (due[i] <= now) begin(client);
    } else if (client->phase == IDLE && rate > 0) {
      if (due[i] <= now && !ask(client, due[i])) lose(client);
    } else {
      continue;
    }
    if ((client->phase == ABSENT || client->phase == IDLE) && due[i] < next) next = due[i];
  }
  paced = still || (rate > 0 && kind != HOLD);
  return next > now ? next - now : 0;
}

/* One round of the loop; waits for so long at most. */
static void turn(int64_t patience) {
  struct epoll_event events[EVENTS];
  struct timespec time = {patience / SECOND, patience % SECOND};
  int ready = epoll_pwait2(poller, events, EVENTS, &time, NULL);
  for (int i = 0; i < ready; i++) {
    if (!events[i].data.ptr) {
      line_ready = 1;
    } else {
      on_event(events[i].data.ptr, events[i].events);
    }
  }
}

static int64_t until_due(int64_t end) {
  int64_t now = now_nanos(), wait = paced ? on_due(now) : NEVER_NANOS;
  return end - now < wait ? (end > now ? end - now : 0) : wait;
}

static void run_until(int64_t end) {
  while (now_nanos() < end) turn(until_due(end));
}

static int ascending(const void *a, const void *b) {
  uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
  return (x > y) - (x < y);
}

static double micros(double share) {
  if (latency_count == 0) return 0;
  size_t at = (size_t)(share * (double)latency_count);
  return latencies[at < latency_count ? at : latency_count - 1] / 1000.0;
}

static void report(double took) {
  qsort(latencies, latency_count, sizeof *latencies, ascending);
  int64_t least = per_second[0];
  for (int i = 1; i < (int)took && i < MAX_SECONDS; i++) {
    if (per_second[i] < least) least = per_second[i];
  }
  printf("count=%lld bytes=%lld seconds=%.4f p50=%.1f p99=%.1f p999=%.1f max=%.1f errors=%lld"
         " lost=%lld least=%lld\n",
         (long long)count, (long long)bytes, took, micros(0.5), micros(0.99), micros(0.999),
         micros(1), (long long)errors, (long long)lost, (long long)least);
  fflush(stdout);
  count = bytes = 0;
  latency_count = 0;
}

static void await_line(void) {
  char line[16];
  if (!fgets(line, sizeof line, stdin)) exit(0);
}

static void measure(void) {
  int64_t now = now_nanos();
  measured_from = now + (int64_t)(warm_up * 1e9);
  measured_to = measured_from + (int64_t)(seconds * 1e9);
  for (int i = 0; i < connections; i++) {
    due[i] = now + (rate > 0 ? (int64_t)(i * 1e9 / rate) : 0);
    if (clients[i].phase == ABSENT) begin(&clients[i]);
  }
  paced = rate > 0;
  run_until(measured_to);
  report(seconds);
}

/* Opens connections step by step, a few at a time; waits for a line after each step. */
static void hold(char *steps) {
  measured_to = INT64_MAX;
  int opened = 0;
  for (char *step = strtok(steps, ","); step; step = strtok(NULL, ",")) {
    int goal = atoi(step);
    int64_t start = now_nanos(), end = start + 120 * SECOND;
    int64_t base = count;
    int first = opened;
    while (count - base < goal - first) {
      while (opened < goal && opened - first - (count - base) < AT_ONCE) begin(&clients[opened++]);
      turn(NEVER_NANOS);
      if (now_nanos() > end) die("the connections were not opened in time");
    }
    printf("connections=%d seconds=%.4f\n", goal, (double)(now_nanos() - start) / 1e9);
    fflush(stdout);
    await_line();
  }
  if (active == 0) return;
  kind = PING;
  count = 0;
  latency_count = 0;
  int64_t now = now_nanos();
  measured_from = now;
  measured_to = now + (int64_t)(seconds * 1e9);
  for (int i = 0; i < active; i++) ask(&clients[i], now);
  run_until(measured_to);
  report(seconds);
}

/* Says when all sessions are there, waits for a line, and says when all are there again. */
static void crowd(void) {
  int64_t end = now_nanos() + (int64_t)(seconds * 1e9);
  measured_to = INT64_MAX;
  double pause = connections / rate;
  for (int i = 0; i < connections; i++) {
    due[i] = now_nanos() + (int64_t)(i * pause / connections * 1e9);
  }
  paced = 1;
  while (now_nanos() < end) {
    int missing = 0;
    for (int i = 0; i < connections; i++) missing += clients[i].phase < IDLE;
    if (missing == 0) break;
    turn(until_due(now_nanos() + SECOND / 10));
  }
  printf("ready\n");
  fflush(stdout);
  struct epoll_event event = {.events = EPOLLIN, .data.ptr = NULL};
  epoll_ctl(poller, EPOLL_CTL_ADD, STDIN_FILENO, &event);
  while (!line_ready && now_nanos() < end) turn(until_due(end));
  await_line();
  epoll_ctl(poller, EPOLL_CTL_DEL, STDIN_FILENO, NULL);
  flipped = now_nanos();
  errors = lost = 0;
  while (back < connections && now_nanos() < end) turn(until_due(end));
  printf("back=%d seconds=%.4f lost=%lld errors=%lld\n", back,
         (double)(now_nanos() - flipped) / 1e9, (long long)lost, (long long)errors);
}

static enum kind kind_of(const char *name) {
  for (int i = PING; i <= CROWD; i++) {
    if (strcmp(KINDS[i], name) == 0) return (enum kind)i;
  }
  errno = EINVAL;
  die(name);
  return PING;
}

int load(int argc, char **argv) {
  char *steps = NULL;
  if (argc < 3) die("ADDRESS PORT");
  kind = kind_of(argv[0]);
  target = link_address(argv[1], argv[2]);
  int option;
  optind = 3;
  while ((option = getopt(argc, argv, "c:t:w:r:s:b:n:a:S:")) != -1) {
    switch (option) {
      case 'c': connections = atoi(optarg); break;
      case 't': seconds = atof(optarg); break;
      case 'w': warm_up = atof(optarg); break;
      case 'r': rate = atof(optarg); break;
      case 's': encrypt = *optarg == 'r' ? 1 : *optarg == 'd' ? 2 : 0; break;
      case 'b': first_source = link_address(optarg, "0"); break;
      case 'n': sources = atoi(optarg); break;
      case 'a': active = atoi(optarg); break;
      case 'S': steps = optarg; break;
      default: return 2;
    }
  }
  if (encrypt) tls = client_context();
  prepare();
  clients = calloc((size_t)connections, sizeof *clients);
  due = calloc((size_t)connections, sizeof *due);
  poller = epoll_create1(0);
  if (!clients || !due || poller < 0) die("memory");
  if (kind == HOLD) {
    hold(steps);
  } else if (kind == CROWD) {
    crowd();
  } else {
    measure();
  }
  return 0;
}
