/* Brings the board and its network up; the tunnel starts when there is a link, and goes on trying for ever. */
#include <string.h>

#include "netmgr.h"
#include "tal_api.h"
#include "tcp_tunnel.h"
#include "tkl_output.h"
#include "tuya_cloud_types.h"
#include "tuya_kconfig.h"
#if defined(ENABLE_LIBLWIP) && (ENABLE_LIBLWIP == 1)
#include "lwip_init.h"
#endif
#if defined(ENABLE_WIFI) && (ENABLE_WIFI == 1)
#include "netconn_wifi.h"
#endif

#define LOG_BYTES 512
#define MAIN_STACK_BYTES 4096

static OPERATE_RET on_link(void *data) {
  if ((netmgr_status_e)(uintptr_t)data == NETMGR_LINK_UP) tcp_tunnel_start();
  return OPRT_OK;
}

static void start(void) {
  netmgr_type_e links = 0;
  tal_log_init(TAL_LOG_LEVEL_NOTICE, LOG_BYTES, (TAL_LOG_OUTPUT_CB)tkl_log_output);
  /* Both texts have to be 16 characters long; nothing secret is kept there. */
  tal_kv_init(&(tal_kv_cfg_t){.seed = "oriel-tunnel-000", .key = "oriel-tunnel-001"});
  tal_sw_timer_init();
  tal_workq_init();
  tal_event_subscribe(EVENT_LINK_STATUS_CHG, "oriel_tunnel", on_link, SUBSCRIBE_TYPE_NORMAL);
#if defined(ENABLE_LIBLWIP) && (ENABLE_LIBLWIP == 1)
  TUYA_LwIP_Init();
#endif
#if defined(ENABLE_WIFI) && (ENABLE_WIFI == 1)
  links |= NETCONN_WIFI;
#endif
#if defined(ENABLE_WIRED) && (ENABLE_WIRED == 1)
  links |= NETCONN_WIRED;
#endif
  netmgr_init(links);
#if defined(ENABLE_WIFI) && (ENABLE_WIFI == 1)
  {
    netconn_wifi_info_t wifi = {0};
    strncpy(wifi.ssid, TUNNEL_WIFI_SSID, sizeof wifi.ssid - 1);
    strncpy(wifi.pswd, TUNNEL_WIFI_PASSWORD, sizeof wifi.pswd - 1);
    netmgr_conn_set(NETCONN_WIFI, NETCONN_CMD_SSID_PSWD, &wifi);
  }
#endif
}

#if OPERATING_SYSTEM == SYSTEM_LINUX
int main(void) {
  start();
  for (;;) tal_system_sleep(500);
}
#else
static THREAD_HANDLE main_thread;

static void run_main(void *arguments) {
  (void)arguments;
  start();
  tal_thread_delete(main_thread);
  main_thread = NULL;
}

void tuya_app_main(void) {
  THREAD_CFG_T settings = {.stackDepth = MAIN_STACK_BYTES, .priority = THREAD_PRIO_4, .thrdname = "tuya_app_main"};
  tal_thread_create_and_start(&main_thread, NULL, NULL, run_main, NULL, &settings);
}
#endif
