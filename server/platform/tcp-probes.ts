import type { Socket } from 'node:net';

/**
 * When a connection is idle for this long, the system asks ten times, a second apart, whether the other end is still there. So
 * a connection to a machine that vanished ends within 13 s. While data is being sent, missing acknowledgments show the same.
 */
export const TCP_PROBES = { keepAlive: true, keepAliveInitialDelay: 3000 } as const;

export function probeWhenSilent(socket: Socket): void {
  socket.setKeepAlive(TCP_PROBES.keepAlive, TCP_PROBES.keepAliveInitialDelay);
}
