// A byte relay in C: reads from the second connection, writes to the first. What the machine gives a single thread.
// Prints its port.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static char buffer[256 * 1024];

static int listen_on_loopback(void) {
  struct sockaddr_in address;
  socklen_t size = sizeof address;
  int server = socket(AF_INET, SOCK_STREAM, 0);
  memset(&address, 0, sizeof address);
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (server < 0 || bind(server, (struct sockaddr *)&address, size) < 0 || listen(server, 2) < 0) return -1;
  if (getsockname(server, (struct sockaddr *)&address, &size) < 0) return -1;
  printf("%d\n", ntohs(address.sin_port));
  fflush(stdout);
  return server;
}

static int take(int server) {
  int on = 1;
  int fd = accept(server, NULL, NULL);
  if (fd >= 0) setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  return fd;
}

int main(void) {
  int server = listen_on_loopback();
  int sink = take(server);
  int source = take(server);
  if (server < 0 || sink < 0 || source < 0) return 1;
  for (;;) {
    ssize_t got = read(source, buffer, sizeof buffer);
    if (got <= 0) return got < 0;
    for (ssize_t put = 0; put < got;) {
      ssize_t count = write(sink, buffer + put, (size_t)(got - put));
      if (count <= 0) return 1;
      put += count;
    }
  }
}
