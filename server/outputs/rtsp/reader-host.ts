import type { Logger } from 'pino';
import type { Quality } from '../../../shared/camera.ts';
import type { CameraId } from '../../../shared/ids.ts';
import type { Principal } from '../../auth/principal.ts';
import type { Hub } from '../../hub/hub.ts';
import type { Stream } from '../../hub/stream.ts';
import type { TrackInfo } from '../../media/access-unit.ts';
import type { Clock } from '../../platform/clock.ts';
import type { GatewayError } from '../../platform/errors.ts';
import type { AllowedTransports } from '../../protocols/rtsp/server-transport.ts';
import type { MulticastGroups } from './multicast-groups.ts';
import type { RtspAuthorizer } from './rtsp-login.ts';
import type { StreamPackets } from './stream-packets.ts';
import type { UdpPorts } from './udp-ports.ts';

export type StreamTarget = { readonly camera: CameraId; readonly quality: Quality };

/** The parts of the output that its connections and sessions share. */
export type ReaderHost = {
  readonly hub: Hub;
  readonly clock: Clock;
  readonly log: Logger;
  readonly authorizer: RtspAuthorizer;
  readonly allowed: AllowedTransports;
  readonly multicast: MulticastGroups | undefined;
  /** Called when somebody who signed in may not see this camera. */
  denied(principal: Principal, camera: CameraId, error: GatewayError, address: string): void;
  /** The stream that a path means. Undefined means a 404. */
  locate(path: string): StreamTarget | undefined;
  packetsOf(stream: Stream, tracks: readonly TrackInfo[]): StreamPackets;
  udpPorts(address: string): Promise<UdpPorts>;
};
