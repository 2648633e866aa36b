/*
 * libFuzzer over the core: the input decides what the gateway and the camera send, how much of it comes at once, which calls fail
 * and how time passes. What has to hold is asserted; the sanitizers watch the rest.
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#include "../core/shim.h"
#include "../core/tunnel.h"

#define MAX_HANDLES 64
#define MAX_STEPS 4096

static const uint8_t *input;
static size_t left;
static bool is_open[MAX_HANDLES];
static int open_count;
static uint32_t now_ms;

static uint8_t next(void) {
  if (left == 0) return 0;
  left--;
  return *input++;
}

static void check(bool holds, const char *what) {
  if (holds) return;
  fprintf(stderr, "broken: %s\n", what);
  abort();
}

static void check_open(int handle) { check(handle >= 0 && handle < MAX_HANDLES && is_open[handle], "a closed handle is used"); }

int shim_connect(const char *host, uint16_t port, enum shim_peer peer) {
  (void)host;
  (void)port;
  (void)peer;
  if (next() % 8 == 0) return SHIM_FAILED;
  for (int handle = 0; handle < MAX_HANDLES; handle++) {
    if (is_open[handle]) continue;
    is_open[handle] = true;
    open_count++;
    return handle;
  }
  check(false, "more handles than the tunnel may have");
  return SHIM_FAILED;
}

int shim_connected(int handle) {
  uint8_t what = next();
  check_open(handle);
  return what % 8 == 0 ? SHIM_FAILED : what % 8 == 1 ? SHIM_LATER : 0;
}

int shim_send(int handle, const uint8_t *bytes, size_t length) {
  uint8_t what = next();
  uint8_t sum = 0;
  check_open(handle);
  check(length > 0, "nothing is sent");
  for (size_t i = 0; i < length; i++) sum = (uint8_t)(sum + bytes[i]);
  if (what % 16 == 0) return SHIM_FAILED;
  if (what % 16 == 1) return SHIM_LATER;
  return (int)(what % 4 == 0 && length > what ? what : length) + (sum & 0);
}

int shim_receive(int handle, uint8_t *bytes, size_t length) {
  static const char *const lines[] = {"NONCE 00112233445566778899aabbccddeeff\n", "OK\n", "GO\n", "\n", "NO such name\n"};
  uint8_t what = next();
  size_t count = 0;
  check_open(handle);
  if (what == 0) return 0;
  if (what == 1) return SHIM_FAILED;
  if (what == 2) return SHIM_LATER;
  if (what < 128) {
    const char *line = lines[what % 5];
    while (line[count] != '\0' && count < length) {
      bytes[count] = (uint8_t)line[count];
      count++;
    }
    return (int)(count > 0 ? count : (size_t)1);
  }
  if (what == 255) count = length;
  else count = what % (length + 1);
  for (size_t i = 0; i < count; i++) bytes[i] = next();
  return (int)count;
}

void shim_finish(int handle) { check_open(handle); }

void shim_close(int handle) {
  check_open(handle);
  is_open[handle] = false;
  open_count--;
}

int shim_wait(struct shim_wait *waits, size_t count, uint32_t timeout_ms) {
  uint8_t what = next();
  now_ms += what > 250 ? 30000 : timeout_ms;
  for (size_t i = 0; i < count; i++) {
    if (waits[i].wanted) check_open(waits[i].handle);
    waits[i].ready = waits[i].wanted & next();
  }
  return what == 1 ? SHIM_FAILED : 0;
}

uint32_t shim_now_ms(void) { return now_ms; }

uint32_t shim_random(void) { return (uint32_t)next() << 8 | next(); }

void shim_log(const char *line) { check(*line != '\0', "an empty line is logged"); }

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static struct tunnel tunnel;
  const struct tunnel_config config = {"gateway", 9554, "warehouse", "token", "camera", 554};
  input = data;
  left = size;
  now_ms = 0xffff0000u; /* the clock wraps soon */
  check(tunnel_start(&tunnel, &config), "a good configuration is refused");
  for (int step = 0; step < MAX_STEPS && left > 0; step++) tunnel_step(&tunnel, 1000);
  tunnel_stop(&tunnel);
  check(open_count == 0, "a handle is left open");
  return 0;
}
