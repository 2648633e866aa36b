#ifndef STUB_TAL_NETWORK_H
#define STUB_TAL_NETWORK_H

#include "tuya_cloud_types.h"

TUYA_ERRNO tal_net_get_errno(void);
OPERATE_RET tal_net_fd_set(int fd, TUYA_FD_SET_T *fds);
OPERATE_RET tal_net_fd_isset(int fd, TUYA_FD_SET_T *fds);
OPERATE_RET tal_net_fd_zero(TUYA_FD_SET_T *fds);
int tal_net_select(const int maxfd, TUYA_FD_SET_T *readfds, TUYA_FD_SET_T *writefds, TUYA_FD_SET_T *errorfds,
                   const uint32_t ms_timeout);
OPERATE_RET tal_net_set_block(const int fd, const BOOL_T block);
TUYA_ERRNO tal_net_close(const int fd);
TUYA_ERRNO tal_net_shutdown(const int fd, const int how);
int tal_net_socket_create(const TUYA_PROTOCOL_TYPE_E type);
TUYA_ERRNO tal_net_connect(const int fd, const TUYA_IP_ADDR_T addr, const uint16_t port);
TUYA_ERRNO tal_net_send(const int fd, const void *buf, const uint32_t nbytes);
TUYA_ERRNO tal_net_recv(const int fd, void *buf, const uint32_t nbytes);
OPERATE_RET tal_net_set_timeout(const int fd, const int ms_timeout, const TUYA_TRANS_TYPE_E type);
OPERATE_RET tal_net_disable_nagle(const int fd);
OPERATE_RET tal_net_gethostbyname(const char *domain, TUYA_IP_ADDR_T *addr);
OPERATE_RET tal_net_set_keepalive(int fd, const BOOL_T alive, const uint32_t idle, const uint32_t intr,
                                  const uint32_t cnt);

#endif
