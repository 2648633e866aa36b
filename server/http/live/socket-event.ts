import * as z from 'zod';
import type { Acknowledge, ClientToServerEvents, ServerToClientEvents } from '../../../shared/events.ts';
import type { CameraId, ViewerId } from '../../../shared/ids.ts';
import type { Action, Principal } from '../../auth/principal.ts';
import type { TokenBucket } from './token-bucket.ts';

/** One page's socket, as the events see it. */
export type Page = {
  readonly address: string;
  /** The viewers and talks that this page opened. It cannot change others. */
  readonly viewers: Set<ViewerId>;
  readonly talks: Set<string>;
  readonly probes: Set<string>;
  readonly offers: TokenBucket;
  send<Event extends keyof ServerToClientEvents>(
    event: Event,
    ...values: Parameters<ServerToClientEvents[Event]>
  ): void;
};

/** The events that are answered. Only `talk-audio` is not. */
export type AnsweredEvent = Exclude<keyof ClientToServerEvents, 'talk-audio'>;

type Input<Event extends AnsweredEvent> =
  Parameters<ClientToServerEvents[Event]> extends [infer Request, unknown] ? Request : undefined;
type Answer<Event extends AnsweredEvent> =
  Parameters<ClientToServerEvents[Event]> extends [...unknown[], Acknowledge<infer Value>] ? Value : never;

export type SocketCall<Request> = {
  readonly page: Page;
  readonly principal: Principal;
  readonly input: Request;
  /** The camera that `input.camera` names. The right to it was checked. */
  readonly camera: CameraId;
  /** Throws unless the same caller may do this as well. */
  require(action: Action, camera: CameraId): void;
};

/** `access` is checked before `answer` is called, for the camera that the request names, if any. */
export type SocketEvent<Request, Value> = {
  readonly access: Action;
  readonly input: z.ZodType<Request>;
  answer(call: SocketCall<Request>): Value | Promise<Value>;
};

export type SocketEvents = { readonly [Event in AnsweredEvent]: SocketEvent<Input<Event>, Answer<Event>> };

const line = z.string().max(1000).nullable().exactOptional();

export const iceCandidate = z.object({
  candidate: z.string().max(1000).exactOptional(),
  sdpMid: line,
  sdpMLineIndex: z.int().nullable().exactOptional(),
  usernameFragment: line,
});
