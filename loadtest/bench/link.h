/*
 * One end of a connection that carries PostgreSQL's messages, with or without TLS; never blocks.
 * Offered by link.c, which uses nothing of ours.
 */
#ifndef LINK_H
#define LINK_H

#include <netinet/in.h>
#include <openssl/ssl.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum { STARTUP = 196608, CANCEL_REQUEST = 80877102, SSL_REQUEST = 80877103 };

/* What link_read and link_write return beside a number of bytes. */
enum { LINK_LATER = -1, LINK_GONE = 0 };

struct link {
  int fd;
  SSL *ssl; /* NULL without TLS */
};

/* Where in a stream of messages (type, length, payload) it is. */
struct scanner {
  uint32_t left;       /* bytes of this message that have not passed yet */
  unsigned char type;
  unsigned char first; /* the first byte of its payload, 0 if it has none */
  unsigned char header[5];
  unsigned char had; /* bytes of the header so far; 6 once the first byte of the payload is there */
};

ssize_t link_read(struct link *link, void *buffer, size_t size);
ssize_t link_write(struct link *link, const void *bytes, size_t size);
void link_close(struct link *link);
void link_tls(struct link *link, SSL_CTX *context, int accepts);
void link_tune(int fd);

struct sockaddr_in link_address(const char *host, const char *port);

/* Others may listen there as well if it is shared. */
int link_listen(const struct sockaddr_in *at, int shared);

/* Goes on to the end of one message: bytes taken, and in *complete whether it ended. */
size_t scan(struct scanner *scanner, const unsigned char *bytes, size_t size, int *complete);

SSL_CTX *client_context(void);
SSL_CTX *server_context(const char *certificate, const char *key);

int64_t now_nanos(void);
uint32_t get32(const unsigned char *bytes);
void put32(unsigned char *bytes, uint32_t value);
void die(const char *what);

#endif
