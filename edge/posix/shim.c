/* shim.h on POSIX. A handle is a file descriptor; both peers are reached without encryption. */
#define _POSIX_C_SOURCE 200809L

#include "../core/shim.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define MAX_WAITS 64

static int answer(ssize_t count) {
  if (count >= 0) return (int)count;
  return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR ? SHIM_LATER : SHIM_FAILED;
}

static void set(int handle, int level, int name, int value) {
  /* An option that this system lacks costs comfort, not the connection. */
  (void)setsockopt(handle, level, name, &value, sizeof value);
}

static void prepare(int handle) {
  set(handle, IPPROTO_TCP, TCP_NODELAY, 1);
  set(handle, SOL_SOCKET, SO_KEEPALIVE, 1);
#ifdef TCP_KEEPIDLE
  set(handle, IPPROTO_TCP, TCP_KEEPIDLE, 30);
  set(handle, IPPROTO_TCP, TCP_KEEPINTVL, 10);
  set(handle, IPPROTO_TCP, TCP_KEEPCNT, 3);
#endif
}

int shim_connect(const char *host, uint16_t port, enum shim_peer peer) {
  struct addrinfo hints = {.ai_socktype = SOCK_STREAM};
  struct addrinfo *found = NULL;
  char service[8];
  int handle = SHIM_FAILED;
  (void)peer;
  snprintf(service, sizeof service, "%u", port);
  if (getaddrinfo(host, service, &hints, &found) != 0) return SHIM_FAILED;
  for (struct addrinfo *at = found; at != NULL && handle < 0; at = at->ai_next) {
    handle = socket(at->ai_family, SOCK_STREAM, 0);
    if (handle < 0) continue;
    prepare(handle);
    if (fcntl(handle, F_SETFL, O_NONBLOCK) < 0 || fcntl(handle, F_SETFD, FD_CLOEXEC) < 0 ||
        (connect(handle, at->ai_addr, at->ai_addrlen) < 0 && errno != EINPROGRESS)) {
      close(handle);
      handle = SHIM_FAILED;
    }
  }
  freeaddrinfo(found);
  return handle;
}

int shim_connected(int handle) {
  int error = 0;
  socklen_t length = sizeof error;
  if (getsockopt(handle, SOL_SOCKET, SO_ERROR, &error, &length) < 0) return SHIM_FAILED;
  return error == 0 ? 0 : SHIM_FAILED;
}

int shim_send(int handle, const uint8_t *bytes, size_t length) {
  return answer(send(handle, bytes, length, MSG_NOSIGNAL));
}

int shim_receive(int handle, uint8_t *bytes, size_t length) { return answer(recv(handle, bytes, length, 0)); }

void shim_finish(int handle) { shutdown(handle, SHUT_WR); }

void shim_close(int handle) { close(handle); }

int shim_wait(struct shim_wait *waits, size_t count, uint32_t timeout_ms) {
  struct pollfd polls[MAX_WAITS];
  if (count > MAX_WAITS) return SHIM_FAILED;
  for (size_t i = 0; i < count; i++) {
    polls[i].fd = waits[i].wanted ? waits[i].handle : -1;
    polls[i].events = (short)((waits[i].wanted & SHIM_READ ? POLLIN : 0) | (waits[i].wanted & SHIM_WRITE ? POLLOUT : 0));
    polls[i].revents = 0;
    waits[i].ready = 0;
  }
  if (poll(polls, count, (int)timeout_ms) < 0) return errno == EINTR ? 0 : SHIM_FAILED;
  for (size_t i = 0; i < count; i++) {
    short seen = polls[i].revents;
    if (seen & (POLLERR | POLLHUP | POLLNVAL)) waits[i].ready = waits[i].wanted;
    if (seen & POLLIN) waits[i].ready |= SHIM_READ;
    if (seen & POLLOUT) waits[i].ready |= SHIM_WRITE;
  }
  return 0;
}

uint32_t shim_now_ms(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (uint32_t)((uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000);
}

uint32_t shim_random(void) {
  uint32_t value = shim_now_ms();
  int handle = open("/dev/urandom", O_RDONLY | O_CLOEXEC);
  if (handle < 0) return value;
  if (read(handle, &value, sizeof value) != (ssize_t)sizeof value) value = shim_now_ms();
  close(handle);
  return value;
}

void shim_log(const char *line) { fprintf(stderr, "%s\n", line); }
