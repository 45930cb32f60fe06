/*
 * The least that a relay in user space has to do: read, write, wait, and nothing else. No health
 * checks, no timeouts, no limits, no view of the messages. What a proxy takes above this is its own;
 * what is below it is the kernel's. Two threads for each address, one for each processor.
 */
#include "link.h"
#include "peer.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { EVENTS = 64, THREADS = 2, READ_SIZE = 524288 };

struct end {
  int fd;
  struct end *peer;
  struct end *dead;     /* the next one to be freed; both ends of a pair are closed together */
  int over;             /* it will send nothing more */
  int closed;
  unsigned char *rest;  /* what could not be written yet */
  size_t from, size;
};

struct route {
  struct sockaddr_in listening, target;
};

struct loop {
  const struct route *route;
  int poller;
  struct end *dead;
  unsigned char buffer[READ_SIZE];
};

static void watch(struct loop *loop, struct end *end, int operation) {
  uint32_t events = (end->over || end->peer->rest ? 0 : EPOLLIN) | (end->rest ? EPOLLOUT : 0);
  struct epoll_event event = {.events = events, .data.ptr = end};
  if (epoll_ctl(loop->poller, operation, end->fd, &event) < 0) die("epoll_ctl");
}

/* Others of this round of events may still be about either end. */
static void leave(struct loop *loop, struct end *end) {
  struct end *both[] = {end, end->peer};
  for (int i = 0; i < 2; i++) {
    close(both[i]->fd);
    free(both[i]->rest);
    both[i]->closed = 1;
    both[i]->dead = loop->dead;
    loop->dead = both[i];
  }
}

static int put(struct end *to, const unsigned char *bytes, size_t size, size_t *sent) {
  ssize_t put = send(to->fd, bytes, size, MSG_NOSIGNAL);
  *sent = put > 0 ? (size_t)put : 0;
  return put >= 0 || errno == EAGAIN;
}

static int on_readable(struct loop *loop, struct end *end) {
  ssize_t got = recv(end->fd, loop->buffer, READ_SIZE, 0);
  if (got < 0) return errno == EAGAIN;
  if (got == 0) {
    end->over = 1;
    if (end->peer->over) return 0;
    shutdown(end->peer->fd, SHUT_WR);
    watch(loop, end, EPOLL_CTL_MOD);
    return 1;
  }
  size_t sent;
  if (!put(end->peer, loop->buffer, (size_t)got, &sent)) return 0;
  if (sent == (size_t)got) return 1;
  struct end *to = end->peer;
  to->from = 0;
  to->size = (size_t)got - sent;
  to->rest = malloc(to->size);
  if (!to->rest) die("malloc");
  memcpy(to->rest, loop->buffer + sent, to->size);
  watch(loop, to, EPOLL_CTL_MOD);
  watch(loop, end, EPOLL_CTL_MOD);
  return 1;
}

static int on_writable(struct loop *loop, struct end *end) {
  size_t sent;
  if (!put(end, end->rest + end->from, end->size - end->from, &sent)) return 0;
  end->from += sent;
  if (end->from < end->size) return 1;
  free(end->rest);
  end->rest = NULL;
  watch(loop, end, EPOLL_CTL_MOD);
  watch(loop, end->peer, EPOLL_CTL_MOD);
  return 1;
}

static void on_listener(struct loop *loop, int listener) {
  int fd;
  while ((fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK)) >= 0) {
    struct end *client = calloc(1, sizeof *client), *server = calloc(1, sizeof *server);
    if (!client || !server) die("calloc");
    *client = (struct end){.fd = fd, .peer = server};
    *server = (struct end){.fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0), .peer = client};
    link_tune(client->fd);
    link_tune(server->fd);
    int connected = connect(
        server->fd, (const struct sockaddr *)&loop->route->target, sizeof loop->route->target);
    if (connected < 0 && errno != EINPROGRESS) {
      leave(loop, client);
      continue;
    }
    watch(loop, client, EPOLL_CTL_ADD);
    watch(loop, server, EPOLL_CTL_ADD);
  }
}

static void *run(void *route) {
  struct loop *loop = calloc(1, sizeof *loop);
  if (!loop) die("calloc");
  loop->route = route;
  int listener = link_listen(&loop->route->listening, 1);
  loop->poller = epoll_create1(0);
  struct epoll_event event = {.events = EPOLLIN}, events[EVENTS];
  epoll_ctl(loop->poller, EPOLL_CTL_ADD, listener, &event);
  while (1) {
    int count = epoll_wait(loop->poller, events, EVENTS, -1);
    for (int i = 0; i < count; i++) {
      struct end *end = events[i].data.ptr;
      if (!end) {
        on_listener(loop, listener);
      } else if (!end->closed) {
        int alive = !end->rest || !(events[i].events & EPOLLOUT) || on_writable(loop, end);
        if (events[i].events & EPOLLERR) alive = 0;
        if (alive && !end->peer->rest && events[i].events & ~(uint32_t)EPOLLOUT)
          alive = on_readable(loop, end);
        if (!alive) leave(loop, end);
      }
    }
    while (loop->dead) {
      struct end *next = loop->dead->dead;
      free(loop->dead);
      loop->dead = next;
    }
  }
  return NULL;
}

int relay(int argc, char **argv) {
  if (argc < 5 || argc % 3 != 2) die("relay ADDRESS { PORT TARGET TARGET-PORT } ...");
  for (int i = 2; i < argc; i += 3) {
    struct route *route = malloc(sizeof *route);
    if (!route) die("malloc");
    *route = (struct route){
        link_address(argv[1], argv[i]), link_address(argv[i + 1], argv[i + 2])};
    for (int j = 0; j < THREADS; j++) {
      pthread_t thread;
      if (pthread_create(&thread, NULL, run, route) != 0) die("pthread_create");
    }
  }
  while (1) pause();
}
