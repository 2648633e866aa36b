/*
 * What the tunnel needs from the system it runs on: ten functions. POSIX and TuyaOpen each have one file that provides them.
 * A handle is a number of at least 0; every call answers SHIM_FAILED or a named value when it cannot do what was asked.
 */
#ifndef ORIEL_SHIM_H
#define ORIEL_SHIM_H

#include <stddef.h>
#include <stdint.h>

enum {
  SHIM_FAILED = -1,  /* the connection is broken, or was refused */
  SHIM_LATER = -2    /* nothing can be done now; wait for the handle */
};

/* What a handle is waited for, and what it is ready for. */
enum { SHIM_READ = 1, SHIM_WRITE = 2 };

/* Whom a connection goes to: only the one to the gateway is ever encrypted. */
enum shim_peer { SHIM_GATEWAY, SHIM_CAMERA };

struct shim_wait {
  int handle;
  int wanted; /* SHIM_READ and SHIM_WRITE, or 0 */
  int ready;  /* answered; a broken connection is ready for what it was waited for */
};

/* Begins to connect and does not wait for the end of it; resolving a name may take as long as the system's resolver takes. */
int shim_connect(const char *host, uint16_t port, enum shim_peer peer);
/* Asked once the handle is ready to be written: 0 when the connection stands, SHIM_LATER, or SHIM_FAILED. */
int shim_connected(int handle);
/* How many bytes were taken or given; SHIM_LATER; SHIM_FAILED. A receive of 0 bytes says that the other side has finished. */
int shim_send(int handle, const uint8_t *bytes, size_t length);
int shim_receive(int handle, uint8_t *bytes, size_t length);
/* Says to the other side that nothing more will be sent. */
void shim_finish(int handle);
void shim_close(int handle);
/* Waits until one of the handles is ready or the time is over. With no handle it only waits. SHIM_FAILED on a wrong handle. */
int shim_wait(struct shim_wait *waits, size_t count, uint32_t timeout_ms);
/* A clock that never goes back but for its wrap after 49 days. */
uint32_t shim_now_ms(void);
uint32_t shim_random(void);
/* One line for whoever looks after the device. Never a token. */
void shim_log(const char *line);

#endif
