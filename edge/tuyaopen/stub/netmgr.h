#ifndef STUB_NETMGR_H
#define STUB_NETMGR_H

#include "tuya_cloud_types.h"

typedef enum { NETMGR_LINK_DOWN, NETMGR_LINK_UP } netmgr_status_e;
typedef uint32_t netmgr_type_e;
typedef enum { NETCONN_CMD_SSID_PSWD } netmgr_conn_config_type_e;
#define NETCONN_WIFI 1u
#define NETCONN_WIRED 2u
OPERATE_RET netmgr_init(netmgr_type_e type);
OPERATE_RET netmgr_conn_set(netmgr_type_e type, netmgr_conn_config_type_e cmd, void *param);

#endif
