import { networkInterfaces } from 'node:os';
import { GatewayError } from '../../platform/errors.ts';
import type { CloudResponse } from '../../protocols/dahua/cloud-message.ts';
import type { DeviceCredentials } from '../../protocols/dahua/device-auth.ts';
import { type Endpoint, parseEndpoint, parseLastEndpoint } from '../../protocols/dahua/endpoint.ts';
import { formatIdentify, parseIdentify } from '../../protocols/dahua/inverted-stun.ts';
import { parseXmlFields } from '../../protocols/dahua/xml-fields.ts';
import type { CloudClient } from './cloud-client.ts';
import { askSalt, type FoundDevice } from './device-directory.ts';
import { ANONYMOUS, type DeviceProof, passwordProof } from './device-proof.ts';

/** What the device said of itself, and the proof that it accepted. */
export type Channel = {
  readonly proof: DeviceProof;
  readonly identify: Uint8Array;
  readonly publicAddress: Endpoint;
  readonly localAddress?: Endpoint;
  readonly nonce?: string;
};

export type ChannelRequest = {
  readonly device: FoundDevice;
  readonly client: CloudClient;
  readonly identify: Uint8Array;
  readonly credentials?: DeviceCredentials;
  /** What this device accepted before. */
  readonly proof?: DeviceProof;
  readonly signal: AbortSignal;
};

const CHANNEL_TIMEOUT_MS = 10_000;
/** Some firmware says nothing to strangers; with a password at hand there is no point in waiting longer. */
const STRANGER_TIMEOUT_MS = 5000;

/** Asks the device, through the cloud, to open a channel: as a stranger first, with the password when it wants one. */
export async function requestChannel(request: ChannelRequest): Promise<Channel> {
  if (request.proof) return accept(await ask(request, request.proof, CHANNEL_TIMEOUT_MS), request.proof);
  const { credentials } = request;
  try {
    const reply = await ask(request, ANONYMOUS, credentials ? STRANGER_TIMEOUT_MS : CHANNEL_TIMEOUT_MS);
    if (reply.status !== 403) return accept(reply, ANONYMOUS);
  } catch (error) {
    const isSilent = error instanceof GatewayError && error.code === 'timeout';
    if (!isSilent || !credentials) throw error;
  }
  if (!credentials) throw needsPassword();
  return requestWithPassword(request, credentials);
}

async function requestWithPassword(request: ChannelRequest, credentials: DeviceCredentials): Promise<Channel> {
  const { client, device } = request;
  const told = await askSalt(client, device, request.signal);
  const salts = new Set([told, device.session.profile.salt].filter((salt) => salt !== undefined));
  for (const salt of salts) {
    const proof = passwordProof(credentials, salt);
    const reply = await ask(request, proof, CHANNEL_TIMEOUT_MS);
    // A wrong salt is noticed before the password is looked at; it does not count towards a lock-out.
    if (reply.status !== 403 || refusal(reply) !== 'DevPwd_InvalidSalt') return accept(reply, proof);
  }
  throw new GatewayError(
    'wrong-password',
    'The device refuses the salt of its password, and tells no other. Set salt in dahua.clouds to the 32 digits of its login realm.',
  );
}

function ask(request: ChannelRequest, proof: DeviceProof, timeoutMs: number): Promise<CloudResponse> {
  const { client, device } = request;
  const local = localAddresses(client.socket.local.port);
  return client.call({
    verb: 'DHPOST',
    to: device.cloud,
    path: `/device/${device.serial}/p2p-channel`,
    body: () => proof.channelBody(formatIdentify(request.identify), local, device.session.wallMs),
    timeoutMs,
    whenSilent: asleep(),
    signal: request.signal,
  });
}

function accept(reply: CloudResponse, proof: DeviceProof): Channel {
  checkRefusal(reply);
  const fields = parseXmlFields(reply.body);
  const publicAddress = parseEndpoint(fields.get('PubAddr') ?? '');
  const identify = parseIdentify(fields.get('Identify') ?? '');
  if (!publicAddress || !identify) {
    throw new GatewayError(
      'bad-data',
      'The device opened a channel without saying where. Restarting the device helps.',
    );
  }
  const nonce = fields.get('Nonce');
  const localAddress = parseLastEndpoint(proof.readAddress(fields.get('LocalAddr') ?? '', nonce));
  return {
    proof,
    identify,
    publicAddress,
    ...(localAddress ? { localAddress } : {}),
    ...(nonce === undefined ? {} : { nonce }),
  };
}

/** Throws for any answer to a channel request but success. A refused password is final: devices lock accounts. */
export function checkRefusal(reply: CloudResponse): void {
  if (reply.status < 300) return;
  if (reply.status === 404) {
    throw new GatewayError('device-offline', 'The device has just left its cloud. Check its power and its network.');
  }
  if (reply.status === 403) {
    throw new GatewayError(
      'wrong-password',
      `The device refuses the user name or password (${refusal(reply) ?? 'no reason given'}). It is not tried again, since devices lock accounts.`,
    );
  }
  throw new GatewayError('bad-data', `The Dahua cloud answered ${reply.status} ${reply.reason}.`);
}

function refusal(reply: CloudResponse): string | undefined {
  return parseXmlFields(reply.body).get('Error');
}

function asleep(): GatewayError {
  return new GatewayError('timeout', 'The device does not answer through its cloud. It may be restarting, or asleep.');
}

function needsPassword(): GatewayError {
  return new GatewayError(
    'needs-password',
    'The device wants its user name and password before it lets anybody connect. Set username and password of the camera.',
  );
}

/** Our own addresses, so that a device on the same network is reached without the way around. */
function localAddresses(port: number): string {
  const own = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
  const lan = own.find((address) => address.family === 'IPv4' && !address.internal)?.address;
  return `${lan ?? '127.0.0.1'}:${port}`;
}
