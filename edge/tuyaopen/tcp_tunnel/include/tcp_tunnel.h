#ifndef ORIEL_TCP_TUNNEL_H
#define ORIEL_TCP_TUNNEL_H

/* Starts the tunnel's thread once; called whenever the network comes up. */
void tcp_tunnel_start(void);

#endif
