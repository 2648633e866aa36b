#ifndef STUB_NETCONN_WIFI_H
#define STUB_NETCONN_WIFI_H

typedef struct {
  char ssid[33];
  char pswd[65];
} netconn_wifi_info_t;

#endif
