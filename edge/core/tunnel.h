/*
 * The device side of Oriel's raw dial-in tunnel. The device dials the gateway, proves that it knows the token, and parks. Only when
 * somebody watches does the gateway send GO; then the device dials its camera and copies bytes both ways until either side ends.
 * One thread, no memory but struct tunnel, no call but those of shim.h.
 */
#ifndef ORIEL_TUNNEL_H
#define ORIEL_TUNNEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Connections at once: one that waits parked, and the rest for pictures. */
#ifndef TUNNEL_LINKS
#define TUNNEL_LINKS 4
#endif
/* For each direction of each connection. A line of the handshake has at most 256 bytes and fits. */
#ifndef TUNNEL_BUFFER_BYTES
#define TUNNEL_BUFFER_BYTES 4096
#endif

#define TUNNEL_MAX_NAME 63
#define TUNNEL_MAX_TOKEN 256

struct tunnel_config {
  const char *gateway_host;
  uint16_t gateway_port;
  const char *name;  /* as in the gateway's `tunnel.raw` */
  const char *token;
  const char *camera_host;
  uint16_t camera_port;
};

/* Bytes that came from one side and wait for the other. */
struct tunnel_pipe {
  uint16_t start;
  uint16_t end;
  bool source_ended;
  bool end_passed_on;
  uint8_t bytes[TUNNEL_BUFFER_BYTES];
};

enum tunnel_state {
  TUNNEL_FREE,
  TUNNEL_DIALLING,  /* the connection to the gateway is on its way */
  TUNNEL_GREETED,   /* the name is said; the gateway's nonce is awaited */
  TUNNEL_PROVING,   /* the proof is sent; OK is awaited */
  TUNNEL_PARKED,    /* until the gateway says GO */
  TUNNEL_FETCHING,  /* the connection to the camera is on its way */
  TUNNEL_REFUSING,  /* ERR is being said */
  TUNNEL_PIPING     /* transparent in both directions */
};

struct tunnel_link {
  enum tunnel_state state;
  int gateway;
  int camera;
  uint32_t progress_ms; /* when something last moved */
  struct tunnel_pipe up;   /* towards the gateway */
  struct tunnel_pipe down; /* towards the camera; in the handshake the line that is being read */
};

struct tunnel {
  struct tunnel_config config;
  uint32_t next_dial_ms;
  uint8_t failures;
  struct tunnel_link links[TUNNEL_LINKS];
};

/* False with a logged sentence when the configuration cannot work. The strings must outlive the tunnel. */
bool tunnel_start(struct tunnel *tunnel, const struct tunnel_config *config);
/* One round of work, after waiting at most `timeout_ms` for something to do. Call it for ever. */
void tunnel_step(struct tunnel *tunnel, uint32_t timeout_ms);
/* Closes every connection. */
void tunnel_stop(struct tunnel *tunnel);

#endif
