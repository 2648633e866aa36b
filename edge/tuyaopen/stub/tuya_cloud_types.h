/*
 * What TuyaOpen documents of the names that the application uses, so that a wrong name or argument fails a build here, where the
 * platform's own headers are not at hand. Written from its documentation; nothing of it is used on a device.
 */
#ifndef STUB_TUYA_CLOUD_TYPES_H
#define STUB_TUYA_CLOUD_TYPES_H

#include <stddef.h>
#include <stdint.h>

typedef int OPERATE_RET;
typedef int TUYA_ERRNO;
typedef int BOOL_T;
typedef uint32_t TUYA_IP_ADDR_T;
typedef struct {
  uint8_t placeholder[64 * 8];
} TUYA_FD_SET_T;
typedef enum { PROTOCOL_TCP, PROTOCOL_UDP } TUYA_PROTOCOL_TYPE_E;
typedef enum { TRANS_RECV, TRANS_SEND } TUYA_TRANS_TYPE_E;

#define TRUE 1
#define FALSE 0
#define OPRT_OK 0
#define UNW_EINTR (-1)
#define UNW_EAGAIN (-2)
#define UNW_EWOULDBLOCK (-3)
#define SYSTEM_LINUX 100
#define SYSTEM_FREERTOS 98
#ifndef OPERATING_SYSTEM
#define OPERATING_SYSTEM SYSTEM_FREERTOS
#endif

#endif
