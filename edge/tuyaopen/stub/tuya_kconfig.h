/* On a device the build makes this file from Kconfig. */
#ifndef STUB_TUYA_KCONFIG_H
#define STUB_TUYA_KCONFIG_H

#define TUNNEL_GATEWAY_HOST "gateway.example"
#define TUNNEL_GATEWAY_PORT 9554
#define TUNNEL_NAME "warehouse"
#define TUNNEL_TOKEN "token"
#define TUNNEL_CAMERA_HOST "192.168.1.20"
#define TUNNEL_CAMERA_PORT 554
#define TUNNEL_WIFI_SSID ""
#define TUNNEL_WIFI_PASSWORD ""

#endif
