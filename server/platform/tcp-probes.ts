import type { Socket } from 'node:net';

/**
 * When nothing is on its way the system asks whether the other end is there, after this long and then ten times a second apart:
 * a connection to a machine that vanished ends within 13 s. While something is on its way, what is not taken says so.
 */
export const TCP_PROBES = { keepAlive: true, keepAliveInitialDelay: 3000 } as const;

export function probeWhenSilent(socket: Socket): void {
  socket.setKeepAlive(TCP_PROBES.keepAlive, TCP_PROBES.keepAliveInitialDelay);
}
