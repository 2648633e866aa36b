import type { LookupAddress } from 'node:dns';
import { lookup } from 'node:dns/promises';
import type { Clock } from '../../platform/clock.ts';
import { asGatewayError, GatewayError } from '../../platform/errors.ts';
import { settleWithin } from '../../platform/wait.ts';
import { parseDeviceSalt } from '../../protocols/dahua/device-auth.ts';
import { type Endpoint, parseEndpoint } from '../../protocols/dahua/endpoint.ts';
import { maskSerial } from '../../protocols/dahua/masking.ts';
import { parseXmlFields } from '../../protocols/dahua/xml-fields.ts';
import { CloudClient, CloudSession } from './cloud-client.ts';
import type { CloudProfile } from './cloud-profiles.ts';
import { type DatagramObserver, UdpSocket } from './udp-socket.ts';

/** A device that one of the clouds has on line. */
export type FoundDevice = {
  readonly serial: string;
  readonly session: CloudSession;
  readonly cloud: Endpoint;
  /** The server that the device itself reports to. */
  readonly p2pServer: Endpoint;
};

export type SearchContext = {
  readonly clock: Clock;
  readonly observe?: DatagramObserver;
};

const ANSWER_TIMEOUT_MS = 5000;
const RESOLVE_TIMEOUT_MS = 5000;
/** When several clouds fail, the complaint that says most is passed on. */
const MOST_TELLING = ['device-offline', 'clock-wrong', 'config-invalid', 'timeout', 'name-not-found', 'device-unknown'];

/** Asks each cloud in turn who knows the device, until one has it on line. */
export async function findDevice(
  serial: string,
  clouds: readonly CloudProfile[],
  context: SearchContext,
  signal: AbortSignal,
): Promise<FoundDevice> {
  const errors: GatewayError[] = [];
  for (const profile of clouds) {
    try {
      return await askCloud(serial, profile, context, signal);
    } catch (error) {
      const failure = asGatewayError(error);
      if (failure.code === 'stopping') throw failure;
      errors.push(failure);
    }
  }
  const rank = (error: GatewayError): number => MOST_TELLING.indexOf(error.code);
  errors.sort((a, b) => rank(a) - rank(b));
  throw errors[0] ?? new GatewayError('config-invalid', 'No Dahua cloud is configured: set dahua.clouds.');
}

async function askCloud(
  serial: string,
  profile: CloudProfile,
  context: SearchContext,
  signal: AbortSignal,
): Promise<FoundDevice> {
  const cloud = await resolve(profile, context.clock);
  const socket = await UdpSocket.open(context.observe);
  try {
    const session = new CloudSession(profile, context.clock);
    const client = new CloudClient(socket, session, context.clock);
    const get = { verb: 'DHGET', timeoutMs: ANSWER_TIMEOUT_MS, signal } as const;
    const listed = await client.call({ ...get, to: cloud, path: `/online/p2psrv/${serial}` });
    const p2pServer = parseEndpoint(parseXmlFields(listed.body).get('US') ?? '');
    if (listed.status !== 200 || !p2pServer) throw unknown(serial, profile);
    const probed = await client.call({ ...get, to: p2pServer, path: `/probe/device/${serial}` });
    if (probed.status !== 200) throw offline(serial);
    return { serial, session, cloud, p2pServer };
  } finally {
    socket.close();
  }
}

/** The device's own salt, where it tells one. Asked for only when a device wants a proof. */
export async function askSalt(
  client: CloudClient,
  device: FoundDevice,
  signal: AbortSignal,
): Promise<string | undefined> {
  const call = { verb: 'DHGET', to: device.p2pServer, path: `/info/device/${device.serial}` } as const;
  try {
    const reply = await client.call({ ...call, timeoutMs: ANSWER_TIMEOUT_MS, signal });
    const info = parseXmlFields(reply.body).get('Info');
    return info === undefined ? undefined : parseDeviceSalt(info);
  } catch (error) {
    if (signal.aborted) throw error;
    return undefined; // Amcrest tells nothing usable; the configured salt is tried then.
  }
}

async function resolve(profile: CloudProfile, clock: Clock): Promise<Endpoint> {
  try {
    const { address } = await settleWithin<LookupAddress>({
      clock,
      timeoutMs: RESOLVE_TIMEOUT_MS,
      late: () => {
        throw new GatewayError('timeout', `The name ${profile.host} could not be resolved in time. Check DNS.`);
      },
      begin: ({ resolve, reject }) => {
        lookup(profile.host, { family: 4 }).then(resolve, reject);
        return undefined;
      },
    });
    return { address, port: profile.port };
  } catch (error) {
    if (error instanceof GatewayError) throw error;
    const message = `The name of the Dahua cloud, ${profile.host}, is not known. Check DNS and dahua.clouds.`;
    throw new GatewayError('name-not-found', message, { cause: error });
  }
}

function unknown(serial: string, profile: CloudProfile): GatewayError {
  return new GatewayError(
    'device-unknown',
    `The cloud ${profile.host} does not know the device ${maskSerial(serial)}. Check the serial number, and that P2P is switched on in the device.`,
  );
}

function offline(serial: string): GatewayError {
  return new GatewayError(
    'device-offline',
    `The device ${maskSerial(serial)} is known but not connected to its cloud. Check its power, its network, and that P2P is switched on.`,
  );
}
