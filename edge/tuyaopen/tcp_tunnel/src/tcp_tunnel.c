/*
 * shim.h on TuyaOpen, and the thread that runs the tunnel. A handle is a descriptor of tal_network.h. A connection is made while
 * the thread waits, for at most CONNECT_TIMEOUT_MS: TuyaOpen has no documented way to learn how a connect in the background ended.
 */
#include "tcp_tunnel.h"

#include "shim.h"
#include "tal_api.h"
#include "tal_network.h"
#include "tunnel.h"
#include "tuya_cloud_types.h"
#include "tuya_kconfig.h"

#define CONNECT_TIMEOUT_MS 5000
#define KEEPALIVE_IDLE_S 30
#define KEEPALIVE_INTERVAL_S 10
#define KEEPALIVE_PROBES 3
#define STACK_BYTES 6144
#define SEND_SIDE 1

static THREAD_HANDLE thread;
static struct tunnel tunnel;

static int answer(TUYA_ERRNO count) {
  TUYA_ERRNO error;
  if (count >= 0) return (int)count;
  error = tal_net_get_errno();
  return error == UNW_EAGAIN || error == UNW_EWOULDBLOCK || error == UNW_EINTR ? SHIM_LATER : SHIM_FAILED;
}

int shim_connect(const char *host, uint16_t port, enum shim_peer peer) {
  TUYA_IP_ADDR_T address;
  int handle;
  (void)peer;
  if (tal_net_gethostbyname(host, &address) != OPRT_OK) return SHIM_FAILED;
  handle = tal_net_socket_create(PROTOCOL_TCP);
  if (handle < 0) return SHIM_FAILED;
  /* Options that a board lacks cost comfort, not the connection. */
  (void)tal_net_disable_nagle(handle);
  (void)tal_net_set_keepalive(handle, TRUE, KEEPALIVE_IDLE_S, KEEPALIVE_INTERVAL_S, KEEPALIVE_PROBES);
  (void)tal_net_set_timeout(handle, CONNECT_TIMEOUT_MS, TRANS_SEND);
  if (tal_net_connect(handle, address, port) < 0 || tal_net_set_block(handle, FALSE) != OPRT_OK) {
    tal_net_close(handle);
    return SHIM_FAILED;
  }
  return handle;
}

int shim_connected(int handle) {
  (void)handle;
  return 0;
}

int shim_send(int handle, const uint8_t *bytes, size_t length) {
  return answer(tal_net_send(handle, bytes, (uint32_t)length));
}

int shim_receive(int handle, uint8_t *bytes, size_t length) {
  return answer(tal_net_recv(handle, bytes, (uint32_t)length));
}

void shim_finish(int handle) { tal_net_shutdown(handle, SEND_SIDE); }

void shim_close(int handle) { tal_net_close(handle); }

int shim_wait(struct shim_wait *waits, size_t count, uint32_t timeout_ms) {
  TUYA_FD_SET_T readable;
  TUYA_FD_SET_T writable;
  int highest = -1;
  tal_net_fd_zero(&readable);
  tal_net_fd_zero(&writable);
  for (size_t i = 0; i < count; i++) {
    waits[i].ready = 0;
    if (waits[i].wanted == 0) continue;
    if (waits[i].wanted & SHIM_READ) tal_net_fd_set(waits[i].handle, &readable);
    if (waits[i].wanted & SHIM_WRITE) tal_net_fd_set(waits[i].handle, &writable);
    if (waits[i].handle > highest) highest = waits[i].handle;
  }
  /* A time of 0 means for ever here, and a select without descriptors answers at once. */
  if (highest < 0) {
    tal_system_sleep(timeout_ms > 0 ? timeout_ms : 1);
    return 0;
  }
  if (tal_net_select(highest + 1, &readable, &writable, NULL, timeout_ms > 0 ? timeout_ms : 1) < 0) return SHIM_FAILED;
  for (size_t i = 0; i < count; i++) {
    if (waits[i].wanted & SHIM_READ && tal_net_fd_isset(waits[i].handle, &readable)) waits[i].ready |= SHIM_READ;
    if (waits[i].wanted & SHIM_WRITE && tal_net_fd_isset(waits[i].handle, &writable)) waits[i].ready |= SHIM_WRITE;
  }
  return 0;
}

uint32_t shim_now_ms(void) { return (uint32_t)tal_system_get_millisecond(); }

uint32_t shim_random(void) { return (uint32_t)tal_system_get_random(0x7fffffff); }

void shim_log(const char *line) { PR_NOTICE("%s", line); }

static void run(void *arguments) {
  const struct tunnel_config config = {
      .gateway_host = TUNNEL_GATEWAY_HOST,
      .gateway_port = TUNNEL_GATEWAY_PORT,
      .name = TUNNEL_NAME,
      .token = TUNNEL_TOKEN,
      .camera_host = TUNNEL_CAMERA_HOST,
      .camera_port = TUNNEL_CAMERA_PORT,
  };
  (void)arguments;
  if (tunnel_start(&tunnel, &config)) {
    for (;;) tunnel_step(&tunnel, 1000);
  }
  tal_thread_delete(thread);
  thread = NULL;
}

void tcp_tunnel_start(void) {
  THREAD_CFG_T settings = {.stackDepth = STACK_BYTES, .priority = THREAD_PRIO_2, .thrdname = "oriel_tunnel"};
  if (thread != NULL) return;
  if (tal_thread_create_and_start(&thread, NULL, NULL, run, NULL, &settings) != OPRT_OK) {
    thread = NULL;
    PR_ERR("The tunnel's thread could not be started.");
  }
}
