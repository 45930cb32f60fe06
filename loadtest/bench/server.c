/*
 * Just enough of a PostgreSQL server to carry load at little cost: it lets everybody in, and answers
 * a query by its first letter: "o" is COPY out without an end, "i" is COPY in without an end, and
 * all others are one row of 80 bytes. A batch of extended messages is taken for the one that
 * Trunkline asks what a session has become with: nothing here sends another.
 */
#include "link.h"
#include "peer.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
  EVENTS = 256,
  READS = 16, /* TLS records of one session before it is another one's turn */
  READ_SIZE = 262144,
  COPY_MESSAGE = 8192,
  COPY_BLOCK = 16 * COPY_MESSAGE
};

struct session {
  struct link link;
  struct scanner scanner;
  int open;      /* the startup packet has been answered */
  int streaming; /* COPY out */
  size_t offset; /* in the block */
  size_t had;
  unsigned char opening[512];
};

static int poller;
static SSL_CTX *tls;
static unsigned char input[READ_SIZE];
static unsigned char block[COPY_BLOCK];
static unsigned char welcome[512], answer[160], fresh[160];
static size_t welcome_size, answer_size, fresh_size;

static size_t message(unsigned char *at, unsigned char type, const void *payload, size_t size) {
  at[0] = type;
  put32(at + 1, (uint32_t)size + 4);
  memcpy(at + 5, payload, size);
  return size + 5;
}

static size_t setting(unsigned char *at, const char *name, const char *value) {
  char pair[64];
  size_t size = (size_t)snprintf(pair, sizeof pair, "%s%c%s", name, 0, value) + 1;
  return message(at, 'S', pair, size);
}

/* The role "none" of the user "bench", in hexadecimal digits, as StateQuery.java asks for it. */
static void prepare_fresh(void) {
  static const char *const columns[] = {"role", "6e6f6e65", "62656e6368", ""};
  unsigned char row[64] = {0, 4};
  unsigned char *field = row + 2;
  for (int i = 0; i < 4; i++) {
    size_t size = strlen(columns[i]);
    put32(field, (uint32_t)size);
    memcpy(field + 4, columns[i], size);
    field += 4 + size;
  }
  unsigned char *at = fresh;
  at += message(at, '1', "", 0);
  at += message(at, '2', "", 0);
  at += message(at, 'D', row, (size_t)(field - row));
  at += message(at, 'C', "SELECT 1", 9);
  at += message(at, '3', "", 0); /* the portal */
  at += message(at, '3', "", 0); /* the statement */
  at += message(at, 'Z', "I", 1);
  fresh_size = (size_t)(at - fresh);
}

static void prepare(void) {
  unsigned char *at = welcome;
  at += message(at, 'R', "\0\0\0\0", 4);
  at += setting(at, "server_version", "15.0");
  at += setting(at, "client_encoding", "UTF8");
  at += setting(at, "standard_conforming_strings", "on");
  at += setting(at, "in_hot_standby", "off");
  at += message(at, 'K', "\0\0\1\1\0\0\2\2", 8);
  at += message(at, 'Z', "I", 1);
  welcome_size = (size_t)(at - welcome);
  unsigned char row[86] = {0, 1, 0, 0, 0, 80};
  memset(row + 6, 'x', 80);
  at = answer;
  at += message(at, 'D', row, sizeof row);
  at += message(at, 'C', "SELECT 1", 9);
  at += message(at, 'Z', "I", 1);
  answer_size = (size_t)(at - answer);
  prepare_fresh();
  static unsigned char data[COPY_MESSAGE - 5];
  memset(data, 'x', sizeof data);
  for (int i = 0; i < COPY_BLOCK; i += COPY_MESSAGE) message(block + i, 'd', data, sizeof data);
}

static void finish(struct session *session) {
  link_close(&session->link);
  free(session);
}

static void watch(struct session *session, int operation, uint32_t events) {
  struct epoll_event event = {.events = events, .data.ptr = session};
  if (epoll_ctl(poller, operation, session->link.fd, &event) < 0) die("epoll_ctl");
}

/* Small enough for the socket's buffer, which is empty or nearly so. */
static int say(struct session *session, const void *bytes, size_t size) {
  return link_write(&session->link, bytes, size) == (ssize_t)size;
}

static int stream(struct session *session) {
  ssize_t put =
      link_write(&session->link, block + session->offset, COPY_BLOCK - session->offset);
  if (put == LINK_GONE) return 0;
  if (put > 0) session->offset = (session->offset + (size_t)put) % COPY_BLOCK;
  return 1;
}

static int answer_query(struct session *session, unsigned char kind) {
  static const unsigned char begin_in[] = {'G', 0, 0, 0, 7, 0, 0, 0};
  static const unsigned char begin_out[] = {'H', 0, 0, 0, 7, 0, 0, 0};
  if (kind == 'i') return say(session, begin_in, sizeof begin_in);
  if (kind != 'o') return say(session, answer, answer_size);
  session->streaming = 1;
  watch(session, EPOLL_CTL_MOD, EPOLLIN | EPOLLOUT);
  return say(session, begin_out, sizeof begin_out);
}

static int on_messages(struct session *session, const unsigned char *bytes, size_t size) {
  while (size > 0) {
    int complete;
    size_t taken = scan(&session->scanner, bytes, size, &complete);
    bytes += taken, size -= taken;
    if (!complete) continue;
    if (session->scanner.type == 'X') return 0;
    if (session->scanner.type == 'S' && !say(session, fresh, fresh_size)) return 0;
    if (session->scanner.type == 'Q' && !answer_query(session, session->scanner.first)) return 0;
  }
  return 1;
}

static int on_opening(struct session *session, const unsigned char *bytes, size_t size) {
  if (session->had + size > sizeof session->opening) return 0;
  memcpy(session->opening + session->had, bytes, size);
  session->had += size;
  if (session->had < 8) return 1;
  uint32_t length = get32(session->opening);
  if (length < 8 || length > sizeof session->opening) return 0;
  if (session->had < length) return 1;
  uint32_t code = get32(session->opening + 4);
  size_t rest = session->had - length;
  session->had = 0;
  if (code == CANCEL_REQUEST) return 0;
  if (code == STARTUP) {
    session->open = 1;
    if (!say(session, welcome, welcome_size)) return 0;
    return on_messages(session, session->opening + length, rest);
  }
  if (code != SSL_REQUEST || !tls) return say(session, "N", 1);
  if (!say(session, "S", 1)) return 0;
  link_tls(&session->link, tls, 1);
  return 1;
}

static int on_readable(struct session *session) {
  int reads = 0;
  do {
    ssize_t got = link_read(&session->link, input, sizeof input);
    if (got == LINK_LATER) return 1;
    if (got == LINK_GONE) return 0;
    int goes_on = session->open ? on_messages(session, input, (size_t)got)
                                : on_opening(session, input, (size_t)got);
    if (!goes_on) return 0;
  } while (session->link.ssl && (++reads < READS || SSL_pending(session->link.ssl) > 0));
  return 1;
}

static void on_listener(int listener) {
  int fd;
  while ((fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK)) >= 0) {
    link_tune(fd);
    struct session *session = calloc(1, sizeof *session);
    if (!session) die("calloc");
    session->link.fd = fd;
    watch(session, EPOLL_CTL_ADD, EPOLLIN);
  }
}

int serve(int argc, char **argv) {
  if (argc < 3) die("serve ADDRESS PORT [CERT KEY]");
  if (argc > 4) tls = server_context(argv[3], argv[4]);
  prepare();
  struct sockaddr_in at = link_address(argv[1], argv[2]);
  int listener = link_listen(&at, 0);
  poller = epoll_create1(0);
  struct epoll_event event = {.events = EPOLLIN, .data.ptr = NULL};
  epoll_ctl(poller, EPOLL_CTL_ADD, listener, &event);
  struct epoll_event events[EVENTS];
  while (1) {
    int count = epoll_wait(poller, events, EVENTS, -1);
    for (int i = 0; i < count; i++) {
      struct session *session = events[i].data.ptr;
      if (!session) {
        on_listener(listener);
        continue;
      }
      int alive = 1;
      if (events[i].events & ~(uint32_t)EPOLLOUT) alive = on_readable(session);
      if (alive && session->streaming && events[i].events & EPOLLOUT) alive = stream(session);
      if (!alive) finish(session);
    }
  }
}
