/* The program: "peer serve", "peer relay", or a load by its name. Uses all others; nobody uses it. */
#include "peer.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>

int main(int argc, char **argv) {
  signal(SIGPIPE, SIG_IGN);
  if (argc > 1 && strcmp(argv[1], "serve") == 0) return serve(argc - 1, argv + 1);
  if (argc > 1 && strcmp(argv[1], "relay") == 0) return relay(argc - 1, argv + 1);
  if (argc > 1) return load(argc - 1, argv + 1);
  fprintf(stderr, "usage: peer serve ADDRESS PORT [CERT KEY]\n"
                  "       peer relay ADDRESS { PORT TARGET TARGET-PORT } ...\n"
                  "       peer ping|out|in|churn|hold|crowd ADDRESS PORT [-c CONNECTIONS]"
                  " [-t SECONDS] [-w WARM-UP] [-r RATE] [-s none|request|direct]"
                  " [-b FIRST-SOURCE -n SOURCES] [-a ACTIVE] [-S STEP,...]\n");
  return 2;
}
