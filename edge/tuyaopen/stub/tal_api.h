#ifndef STUB_TAL_API_H
#define STUB_TAL_API_H

#include "tuya_cloud_types.h"

typedef void *THREAD_HANDLE;
typedef void (*THREAD_FUNC_CB)(void *args);
typedef void (*THREAD_ENTER_CB)(void);
typedef enum { THREAD_PRIO_0, THREAD_PRIO_1, THREAD_PRIO_2, THREAD_PRIO_3, THREAD_PRIO_4 } THREAD_PRIO_E;
typedef struct {
  uint32_t stackDepth;
  uint8_t priority;
  char *thrdname;
} THREAD_CFG_T;
OPERATE_RET tal_thread_create_and_start(THREAD_HANDLE *handle, THREAD_ENTER_CB enter, THREAD_ENTER_CB exit,
                                        THREAD_FUNC_CB func, void *func_args, const THREAD_CFG_T *cfg);
OPERATE_RET tal_thread_delete(THREAD_HANDLE handle);

typedef enum { TAL_LOG_LEVEL_ERR, TAL_LOG_LEVEL_WARN, TAL_LOG_LEVEL_NOTICE } TAL_LOG_LEVEL_E;
typedef void (*TAL_LOG_OUTPUT_CB)(const char *str);
OPERATE_RET tal_log_init(TAL_LOG_LEVEL_E level, int buf_len, TAL_LOG_OUTPUT_CB output);
int stub_log(const char *format, ...) __attribute__((format(printf, 1, 2)));
#define PR_NOTICE(...) stub_log(__VA_ARGS__)
#define PR_ERR(...) stub_log(__VA_ARGS__)

typedef struct {
  char *seed;
  char *key;
} tal_kv_cfg_t;
int tal_kv_init(tal_kv_cfg_t *cfg);
OPERATE_RET tal_sw_timer_init(void);
OPERATE_RET tal_workq_init(void);
void tal_system_sleep(uint32_t milliseconds);
uint64_t tal_system_get_millisecond(void);
int tal_system_get_random(uint32_t range);

typedef OPERATE_RET (*EVENT_SUBSCRIBE_CB)(void *data);
typedef enum { SUBSCRIBE_TYPE_NORMAL } SUBSCRIBE_TYPE_E;
#define EVENT_LINK_STATUS_CHG "link.status.chg"
OPERATE_RET tal_event_subscribe(const char *name, const char *desc, const EVENT_SUBSCRIBE_CB cb, SUBSCRIBE_TYPE_E type);

#endif
