import type { Socket } from 'socket.io-client';
import type { ClientToServerEvents, Reply, ServerToClientEvents } from '../../../shared/events.ts';
import { GatewayError, unreachable } from './gateway-error.ts';

/** The one live connection of a page. It carries the states of the cameras and the signalling for live pictures. */
export type GatewaySocket = Socket<ServerToClientEvents, ClientToServerEvents>;

const ANSWER_WITHIN_MS = 10_000;

type Acknowledge<Value> = (late: Error | null, reply: Reply<Value>) => void;

/** Sends an event that the gateway acknowledges and waits for its answer. Rejects with a GatewayError. */
export function askSocket<Value>(
  socket: GatewaySocket,
  emit: (to: ReturnType<GatewaySocket['timeout']>, done: Acknowledge<Value>) => void,
): Promise<Value> {
  return new Promise((resolve, reject) => {
    emit(socket.timeout(ANSWER_WITHIN_MS), (late, reply) => {
      if (late) reject(unreachable(late));
      else if (reply.ok) resolve(reply.value);
      else reject(new GatewayError(reply.error.code, reply.error.message));
    });
  });
}
