#include "tunnel.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "hmac-sha256.h"
#include "shim.h"

#define MAX_LINE_BYTES 256
#define NONCE_BYTES 16

#define DIAL_TIMEOUT_MS 15000u
#define ANSWER_TIMEOUT_MS 15000u
/* The gateway sends an empty line every 20 s: three that are missing say that it is gone. */
#define PARKED_TIMEOUT_MS 65000u
#define CAMERA_TIMEOUT_MS 8000u
/* RTSP asks and answers at least once a minute, whatever the camera sends. */
#define IDLE_TIMEOUT_MS 120000u
/* One side has finished: the other gets so long to do the same, so that no camera keeps a session for nobody. */
#define FINISH_TIMEOUT_MS 10000u
#define FIRST_PAUSE_MS 1000u
#define LONGEST_PAUSE_MS 60000u
/* A refused name or token is not asked for every second. */
#define FAILURES_WHEN_REFUSED 5

static void say(const struct tunnel *tunnel, const char *format, ...) {
  char line[160];
  int used = snprintf(line, sizeof line, "%s: ", tunnel->config.name);
  va_list arguments;
  va_start(arguments, format);
  if (used > 0 && (size_t)used < sizeof line) vsnprintf(line + used, sizeof line - (size_t)used, format, arguments);
  va_end(arguments);
  shim_log(line);
}

static bool is_over(uint32_t since_ms, uint32_t limit_ms) { return shim_now_ms() - since_ms >= limit_ms; }

/* Half of each pause is by chance, so that the devices of one gateway do not come back all at once. */
static void pause_before_dial(struct tunnel *tunnel) {
  uint32_t pause_ms = FIRST_PAUSE_MS;
  for (uint8_t i = 0; i < tunnel->failures && pause_ms < LONGEST_PAUSE_MS; i++) pause_ms *= 2;
  if (pause_ms > LONGEST_PAUSE_MS) pause_ms = LONGEST_PAUSE_MS;
  tunnel->next_dial_ms = shim_now_ms() + pause_ms / 2 + shim_random() % (pause_ms / 2 + 1);
  if (tunnel->failures < UINT8_MAX) tunnel->failures++;
}

static void empty(struct tunnel_pipe *pipe) {
  pipe->start = pipe->end = 0;
  pipe->source_ended = pipe->end_passed_on = false;
}

static void free_link(struct tunnel_link *link) {
  if (link->gateway >= 0) shim_close(link->gateway);
  if (link->camera >= 0) shim_close(link->camera);
  link->gateway = link->camera = -1;
  link->state = TUNNEL_FREE;
}

/* The connection did not get as far as being parked, or was lost there. */
static void give_up(struct tunnel *tunnel, struct tunnel_link *link, const char *why) {
  say(tunnel, "%s", why);
  free_link(link);
  pause_before_dial(tunnel);
}

static void enter(struct tunnel_link *link, enum tunnel_state state) {
  link->state = state;
  link->progress_ms = shim_now_ms();
}

static bool has_spare(const struct tunnel *tunnel) {
  for (size_t i = 0; i < TUNNEL_LINKS; i++) {
    enum tunnel_state state = tunnel->links[i].state;
    if (state >= TUNNEL_DIALLING && state <= TUNNEL_PARKED) return true;
  }
  return false;
}

static void dial_gateway(struct tunnel *tunnel) {
  if (has_spare(tunnel) || (int32_t)(shim_now_ms() - tunnel->next_dial_ms) < 0) return;
  for (size_t i = 0; i < TUNNEL_LINKS; i++) {
    struct tunnel_link *link = &tunnel->links[i];
    if (link->state != TUNNEL_FREE) continue;
    empty(&link->up);
    empty(&link->down);
    link->gateway = shim_connect(tunnel->config.gateway_host, tunnel->config.gateway_port, SHIM_GATEWAY);
    if (link->gateway < 0) give_up(tunnel, link, "the gateway's address cannot be found or dialled");
    else enter(link, TUNNEL_DIALLING);
    return;
  }
}

/* Puts a line into the empty pipe towards the gateway. */
static void send_line(struct tunnel_link *link, const char *verb, const char *rest) {
  int length = snprintf((char *)link->up.bytes, MAX_LINE_BYTES, "%s%s%s\n", verb, *rest ? " " : "", rest);
  link->up.start = 0;
  link->up.end = length > 0 && length < MAX_LINE_BYTES ? (uint16_t)length : 0;
}

static int digit_of(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

static bool read_nonce(const char *hex, uint8_t nonce[NONCE_BYTES]) {
  if (strlen(hex) != 2 * NONCE_BYTES) return false;
  for (size_t i = 0; i < NONCE_BYTES; i++) {
    int high = digit_of(hex[2 * i]);
    int low = digit_of(hex[2 * i + 1]);
    if (high < 0 || low < 0) return false;
    nonce[i] = (uint8_t)(high << 4 | low);
  }
  return true;
}

static void prove(struct tunnel *tunnel, struct tunnel_link *link, const char *hex) {
  static const char digits[] = "0123456789abcdef";
  const uint8_t *token = (const uint8_t *)tunnel->config.token;
  uint8_t nonce[NONCE_BYTES];
  uint8_t digest[SHA256_BYTES];
  char proof[2 * SHA256_BYTES + 1] = {0};
  if (!read_nonce(hex, nonce)) {
    give_up(tunnel, link, "the gateway's nonce cannot be read; is this the port of tunnel.raw?");
    return;
  }
  hmac_sha256(token, strlen(tunnel->config.token), nonce, sizeof nonce, digest);
  for (size_t i = 0; i < SHA256_BYTES; i++) {
    proof[2 * i] = digits[digest[i] >> 4];
    proof[2 * i + 1] = digits[digest[i] & 15];
  }
  send_line(link, "MAC", proof);
  enter(link, TUNNEL_PROVING);
}

static void refuse(struct tunnel *tunnel, struct tunnel_link *link, const char *reason) {
  say(tunnel, "%s", reason);
  if (link->camera >= 0) shim_close(link->camera);
  link->camera = -1;
  send_line(link, "ERR", reason);
  enter(link, TUNNEL_REFUSING);
}

static void dial_camera(struct tunnel *tunnel, struct tunnel_link *link) {
  /* The next one is to be parked at once: the gateway always wants a spare. */
  tunnel->next_dial_ms = shim_now_ms();
  link->camera = shim_connect(tunnel->config.camera_host, tunnel->config.camera_port, SHIM_CAMERA);
  if (link->camera < 0) refuse(tunnel, link, "the camera refuses the connection");
  else enter(link, TUNNEL_FETCHING);
}

static bool begins_with(const char *line, const char *word) { return strncmp(line, word, strlen(word)) == 0; }

static void take_line(struct tunnel *tunnel, struct tunnel_link *link, const char *line) {
  char reason[96];
  if (begins_with(line, "NO ") || strcmp(line, "NO") == 0) {
    snprintf(reason, sizeof reason, "the gateway refuses this device:%.60s", line + 2);
    tunnel->failures = FAILURES_WHEN_REFUSED;
    give_up(tunnel, link, reason);
  } else if (link->state == TUNNEL_GREETED && begins_with(line, "NONCE ")) {
    prove(tunnel, link, line + 6);
  } else if (link->state == TUNNEL_PROVING && strcmp(line, "OK") == 0) {
    say(tunnel, "connected to the gateway, waiting for somebody to watch");
    tunnel->failures = 0;
    enter(link, TUNNEL_PARKED);
  } else if (link->state == TUNNEL_PARKED && *line == '\0') {
    enter(link, TUNNEL_PARKED);
  } else if (link->state == TUNNEL_PARKED && strcmp(line, "GO") == 0) {
    dial_camera(tunnel, link);
  } else {
    give_up(tunnel, link, "the gateway said something unexpected");
  }
}

/* Takes each whole line of what was read, until one changes what the bytes after it mean. */
static void take_lines(struct tunnel *tunnel, struct tunnel_link *link) {
  struct tunnel_pipe *read = &link->down;
  while (link->state >= TUNNEL_GREETED && link->state <= TUNNEL_PARKED && read->start < read->end) {
    char *line = (char *)read->bytes + read->start;
    size_t length = (size_t)(read->end - read->start);
    char *newline = memchr(line, '\n', length);
    if (newline == NULL) {
      if (length > MAX_LINE_BYTES) give_up(tunnel, link, "a line of the gateway is too long");
      return;
    }
    *newline = '\0';
    if (newline > line && newline[-1] == '\r') newline[-1] = '\0';
    read->start = (uint16_t)(read->start + (newline - line) + 1);
    take_line(tunnel, link, line);
  }
}

/* What stands at the front goes first; a line may begin behind lines that were read. */
static void move_to_front(struct tunnel_pipe *pipe) {
  if (pipe->start == 0) return;
  memmove(pipe->bytes, pipe->bytes + pipe->start, (size_t)(pipe->end - pipe->start));
  pipe->end = (uint16_t)(pipe->end - pipe->start);
  pipe->start = 0;
}

static void read_lines(struct tunnel *tunnel, struct tunnel_link *link) {
  struct tunnel_pipe *read = &link->down;
  int length;
  move_to_front(read);
  length = shim_receive(link->gateway, read->bytes + read->end, (size_t)(TUNNEL_BUFFER_BYTES - read->end));
  if (length == SHIM_LATER) return;
  if (length <= 0) {
    give_up(tunnel, link, "the gateway closed the connection");
    return;
  }
  read->end = (uint16_t)(read->end + length);
  take_lines(tunnel, link);
}

/* Sends what waits. False when the connection is broken. */
static bool drain(struct tunnel_link *link, struct tunnel_pipe *pipe, int to) {
  int length;
  if (pipe->start < pipe->end) {
    length = shim_send(to, pipe->bytes + pipe->start, (size_t)(pipe->end - pipe->start));
    if (length == SHIM_FAILED) return false;
    if (length > 0) {
      pipe->start = (uint16_t)(pipe->start + length);
      link->progress_ms = shim_now_ms();
    }
  }
  if (pipe->start == pipe->end) pipe->start = pipe->end = 0;
  if (pipe->end == 0 && pipe->source_ended && !pipe->end_passed_on) {
    pipe->end_passed_on = true;
    shim_finish(to);
  }
  return true;
}

/* Reads only into an empty pipe, so that a slow side makes the fast one wait. False when the connection is broken. */
static bool fill(struct tunnel_link *link, struct tunnel_pipe *pipe, int from) {
  int length;
  if (pipe->end > 0 || pipe->source_ended) return true;
  length = shim_receive(from, pipe->bytes, TUNNEL_BUFFER_BYTES);
  if (length == SHIM_FAILED) return false;
  if (length == 0) pipe->source_ended = true;
  if (length >= 0) {
    pipe->end = (uint16_t)length;
    link->progress_ms = shim_now_ms();
  }
  return true;
}

static void finish_dialling(struct tunnel *tunnel, struct tunnel_link *link) {
  int connected = shim_connected(link->gateway);
  if (connected == SHIM_FAILED) give_up(tunnel, link, "the gateway does not answer");
  if (connected != 0) return;
  send_line(link, "ORIEL/1", tunnel->config.name);
  enter(link, TUNNEL_GREETED);
}

static void finish_fetching(struct tunnel *tunnel, struct tunnel_link *link) {
  int connected = shim_connected(link->camera);
  if (connected == SHIM_FAILED) refuse(tunnel, link, "the camera refuses the connection");
  if (connected != 0) return;
  send_line(link, "UP", "");
  /* What came behind GO is for the camera. */
  move_to_front(&link->down);
  enter(link, TUNNEL_PIPING);
}

static void carry(struct tunnel_link *link, int gateway_ready, int camera_ready) {
  bool stands = true;
  if (gateway_ready & SHIM_WRITE) stands = drain(link, &link->up, link->gateway);
  if (stands && camera_ready & SHIM_WRITE) stands = drain(link, &link->down, link->camera);
  if (stands && camera_ready & SHIM_READ) {
    stands = fill(link, &link->up, link->camera) && drain(link, &link->up, link->gateway);
  }
  if (stands && gateway_ready & SHIM_READ) {
    stands = fill(link, &link->down, link->gateway) && drain(link, &link->down, link->camera);
  }
  if (!stands || (link->up.end_passed_on && link->down.end_passed_on)) free_link(link);
}

static int wanted_of(const struct tunnel_pipe *in, const struct tunnel_pipe *out) {
  return (in->end == 0 && !in->source_ended ? SHIM_READ : 0) | (out->start < out->end ? SHIM_WRITE : 0);
}

/* Which events each of the two connections is waited for. */
static void want(const struct tunnel_link *link, struct shim_wait *gateway, struct shim_wait *camera) {
  *gateway = (struct shim_wait){.handle = link->gateway};
  *camera = (struct shim_wait){.handle = link->camera};
  switch (link->state) {
    case TUNNEL_FREE:
      break;
    case TUNNEL_DIALLING:
      gateway->wanted = SHIM_WRITE;
      break;
    case TUNNEL_FETCHING:
      /* A gateway that closes meanwhile is noticed when UP is said. */
      camera->wanted = SHIM_WRITE;
      break;
    case TUNNEL_PIPING:
      gateway->wanted = wanted_of(&link->down, &link->up);
      camera->wanted = wanted_of(&link->up, &link->down);
      break;
    default:
      gateway->wanted = SHIM_READ | (link->up.start < link->up.end ? SHIM_WRITE : 0);
  }
}

static void work(struct tunnel *tunnel, struct tunnel_link *link, int gateway_ready, int camera_ready) {
  switch (link->state) {
    case TUNNEL_FREE:
      break;
    case TUNNEL_DIALLING:
      if (gateway_ready) finish_dialling(tunnel, link);
      break;
    case TUNNEL_FETCHING:
      if (camera_ready) finish_fetching(tunnel, link);
      break;
    case TUNNEL_REFUSING:
      if (!drain(link, &link->up, link->gateway) || link->up.end == 0) free_link(link);
      break;
    case TUNNEL_PIPING:
      carry(link, gateway_ready, camera_ready);
      break;
    default:
      if (!drain(link, &link->up, link->gateway)) give_up(tunnel, link, "the gateway closed the connection");
      else if (gateway_ready & SHIM_READ) read_lines(tunnel, link);
  }
}

static uint32_t idle_limit(const struct tunnel_link *link) {
  return link->up.source_ended || link->down.source_ended ? FINISH_TIMEOUT_MS : IDLE_TIMEOUT_MS;
}

static void check_time(struct tunnel *tunnel, struct tunnel_link *link) {
  switch (link->state) {
    case TUNNEL_FREE:
      break;
    case TUNNEL_DIALLING:
      if (is_over(link->progress_ms, DIAL_TIMEOUT_MS)) give_up(tunnel, link, "the gateway does not answer");
      break;
    case TUNNEL_PARKED:
      if (is_over(link->progress_ms, PARKED_TIMEOUT_MS)) give_up(tunnel, link, "nothing is heard of the gateway any more");
      break;
    case TUNNEL_FETCHING:
      if (is_over(link->progress_ms, CAMERA_TIMEOUT_MS)) refuse(tunnel, link, "the camera does not answer");
      break;
    case TUNNEL_PIPING:
      if (is_over(link->progress_ms, idle_limit(link))) free_link(link);
      break;
    default:
      if (is_over(link->progress_ms, ANSWER_TIMEOUT_MS)) give_up(tunnel, link, "the gateway does not answer the handshake");
  }
}

bool tunnel_start(struct tunnel *tunnel, const struct tunnel_config *config) {
  size_t name_length = strlen(config->name);
  size_t token_length = strlen(config->token);
  memset(tunnel, 0, sizeof *tunnel);
  tunnel->config = *config;
  for (size_t i = 0; i < TUNNEL_LINKS; i++) tunnel->links[i].gateway = tunnel->links[i].camera = -1;
  tunnel->next_dial_ms = shim_now_ms();
  if (name_length == 0 || name_length > TUNNEL_MAX_NAME ||
      strspn(config->name, "abcdefghijklmnopqrstuvwxyz0123456789-_") != name_length) {
    shim_log("The name has to be 1 to 63 of a-z 0-9 - _, as in the gateway's tunnel.raw.");
    return false;
  }
  if (token_length == 0 || token_length > TUNNEL_MAX_TOKEN) {
    shim_log("The token has to be 1 to 256 bytes, as in the gateway's tunnel.raw.");
    return false;
  }
  if (*config->gateway_host == '\0' || config->gateway_port == 0 || *config->camera_host == '\0' ||
      config->camera_port == 0) {
    shim_log("The gateway and the camera need a host and a port each.");
    return false;
  }
  return true;
}

void tunnel_step(struct tunnel *tunnel, uint32_t timeout_ms) {
  struct shim_wait waits[2 * TUNNEL_LINKS];
  uint32_t until_dial_ms;
  dial_gateway(tunnel);
  for (size_t i = 0; i < TUNNEL_LINKS; i++) want(&tunnel->links[i], &waits[2 * i], &waits[2 * i + 1]);
  until_dial_ms = tunnel->next_dial_ms - shim_now_ms();
  if (!has_spare(tunnel) && (int32_t)until_dial_ms >= 0 && until_dial_ms < timeout_ms) timeout_ms = until_dial_ms;
  if (shim_wait(waits, 2 * TUNNEL_LINKS, timeout_ms) == SHIM_FAILED) shim_log("Waiting failed; going on.");
  for (size_t i = 0; i < TUNNEL_LINKS; i++) {
    work(tunnel, &tunnel->links[i], waits[2 * i].ready, waits[2 * i + 1].ready);
    check_time(tunnel, &tunnel->links[i]);
  }
}

void tunnel_stop(struct tunnel *tunnel) {
  for (size_t i = 0; i < TUNNEL_LINKS; i++) free_link(&tunnel->links[i]);
}
