/* What the program can be: each is offered by the file of its name, and uses link.h only. */
#ifndef PEER_H
#define PEER_H

int serve(int argc, char **argv); /* server.c */
int relay(int argc, char **argv); /* relay.c */
int load(int argc, char **argv);  /* client.c */

#endif
