#include "link.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static const unsigned char ALPN[] = {10, 'p', 'o', 's', 't', 'g', 'r', 'e', 's', 'q', 'l'};

static ssize_t tls_result(SSL *ssl, int result) {
  int error = SSL_get_error(ssl, result);
  ERR_clear_error();
  return error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE ? LINK_LATER : LINK_GONE;
}

ssize_t link_read(struct link *link, void *buffer, size_t size) {
  if (link->ssl) {
    int got = SSL_read(link->ssl, buffer, (int)size);
    return got > 0 ? got : tls_result(link->ssl, got);
  }
  ssize_t got = recv(link->fd, buffer, size, 0);
  if (got < 0) return errno == EAGAIN || errno == EINTR ? LINK_LATER : LINK_GONE;
  return got;
}

ssize_t link_write(struct link *link, const void *bytes, size_t size) {
  if (link->ssl) {
    int put = SSL_write(link->ssl, bytes, (int)size);
    return put > 0 ? put : tls_result(link->ssl, put);
  }
  ssize_t put = send(link->fd, bytes, size, MSG_NOSIGNAL);
  if (put < 0) return errno == EAGAIN || errno == EINTR ? LINK_LATER : LINK_GONE;
  return put;
}

void link_close(struct link *link) {
  if (link->ssl) {
    SSL_shutdown(link->ssl);
    ERR_clear_error();
    SSL_free(link->ssl);
    link->ssl = NULL;
  }
  if (link->fd >= 0) close(link->fd);
  link->fd = -1;
}

void link_tls(struct link *link, SSL_CTX *context, int accepts) {
  link->ssl = SSL_new(context);
  if (!link->ssl || !SSL_set_fd(link->ssl, link->fd)) die("TLS");
  if (accepts) {
    SSL_set_accept_state(link->ssl);
  } else {
    SSL_set_connect_state(link->ssl);
  }
}

void link_tune(int fd) {
  int on = 1;
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

struct sockaddr_in link_address(const char *host, const char *port) {
  struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons((uint16_t)atoi(port))};
  if (inet_pton(AF_INET, host, &at.sin_addr) != 1) die(host);
  return at;
}

int link_listen(const struct sockaddr_in *at, int shared) {
  int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0), on = 1;
  setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (shared) setsockopt(listener, SOL_SOCKET, SO_REUSEPORT, &on, sizeof on);
  if (bind(listener, (const struct sockaddr *)at, sizeof *at) < 0 || listen(listener, 4096) < 0)
    die("listen");
  return listener;
}

size_t scan(struct scanner *scanner, const unsigned char *bytes, size_t size, int *complete) {
  size_t at = 0;
  *complete = 0;
  while (at < size && scanner->had < 5) {
    scanner->header[scanner->had++] = bytes[at++];
    if (scanner->had == 5) {
      scanner->type = scanner->header[0];
      scanner->left = get32(scanner->header + 1) - 4;
      scanner->first = 0;
    }
  }
  if (scanner->had < 5) return at;
  if (scanner->had == 5 && scanner->left > 0 && at < size) {
    scanner->first = bytes[at];
    scanner->had = 6;
  }
  size_t step = size - at < scanner->left ? size - at : scanner->left;
  scanner->left -= (uint32_t)step;
  if (scanner->left == 0) {
    scanner->had = 0;
    *complete = 1;
  }
  return at + step;
}

static int choose(SSL *ssl, const unsigned char **out, unsigned char *length,
                  const unsigned char *in, unsigned int size, void *unused) {
  (void)ssl, (void)unused;
  return SSL_select_next_proto((unsigned char **)out, length, ALPN, sizeof ALPN, in, size) ==
                 OPENSSL_NPN_NEGOTIATED
             ? SSL_TLSEXT_ERR_OK
             : SSL_TLSEXT_ERR_NOACK;
}

static SSL_CTX *context(const SSL_METHOD *method) {
  SSL_CTX *context = SSL_CTX_new(method);
  if (!context) die("TLS");
  SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  return context;
}

/* Like libpq with sslmode=require: it does not look at the certificate, and resumes nothing. */
SSL_CTX *client_context(void) {
  SSL_CTX *made = context(TLS_client_method());
  SSL_CTX_set_session_cache_mode(made, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_alpn_protos(made, ALPN, sizeof ALPN);
  return made;
}

SSL_CTX *server_context(const char *certificate, const char *key) {
  SSL_CTX *made = context(TLS_server_method());
  SSL_CTX_set_session_cache_mode(made, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_alpn_select_cb(made, choose, NULL);
  if (SSL_CTX_use_certificate_chain_file(made, certificate) != 1 ||
      SSL_CTX_use_PrivateKey_file(made, key, SSL_FILETYPE_PEM) != 1)
    die("the certificate");
  return made;
}

int64_t now_nanos(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * INT64_C(1000000000) + time.tv_nsec;
}

uint32_t get32(const unsigned char *bytes) {
  return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}

void put32(unsigned char *bytes, uint32_t value) {
  for (int i = 3; i >= 0; i--, value >>= 8) bytes[i] = (unsigned char)value;
}

void die(const char *what) {
  fprintf(stderr, "peer: %s: %s\n", what, strerror(errno));
  exit(1);
}
