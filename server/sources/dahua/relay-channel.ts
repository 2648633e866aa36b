import { GatewayError } from '../../platform/errors.ts';
import type { CloudResponse } from '../../protocols/dahua/cloud-message.ts';
import { type Endpoint, parseEndpoint } from '../../protocols/dahua/endpoint.ts';
import { parseXmlFields } from '../../protocols/dahua/xml-fields.ts';
import type { CloudClient } from './cloud-client.ts';
import type { FoundDevice } from './device-directory.ts';
import type { DeviceProof } from './device-proof.ts';
import { checkRefusal } from './p2p-channel.ts';

/** A place on a relay: the agent through which device and client meet, leased by a token. */
export type RelayLease = {
  readonly agent: Endpoint;
  readonly token: string;
  readonly dispatcher: Endpoint;
};

const STAGE_TIMEOUT_MS = 5000;
/** Dispatchers are often silent; another one answers sooner than they do. */
const DISPATCHER_TIMEOUT_MS = 2500;
const DISPATCHERS_TRIED = 3;
const UNBIND_TIMEOUT_MS = 400;

/** Rents a place on a relay. The device is not asked yet. */
export async function leaseRelay(client: CloudClient, device: FoundDevice, signal: AbortSignal): Promise<RelayLease> {
  const get = { verb: 'DHGET', signal } as const;
  for (let tried = 1; ; tried++) {
    const listed = await client.call({ ...get, to: device.cloud, path: '/online/relay', timeoutMs: STAGE_TIMEOUT_MS });
    const dispatcher = parseEndpoint(field(listed, 'Address'));
    if (!dispatcher) throw noRelay('the cloud names none');
    try {
      const offered = await client.call({
        ...get,
        to: dispatcher,
        path: '/relay/agent',
        timeoutMs: DISPATCHER_TIMEOUT_MS,
      });
      const agent = parseEndpoint(field(offered, 'Agent'));
      const token = field(offered, 'Token');
      if (!agent || token === '') throw noRelay('none is free');
      await startRelay(client, agent, token, signal);
      return { agent, token, dispatcher };
    } catch (error) {
      const isSilent = error instanceof GatewayError && error.code === 'timeout';
      if (!isSilent || tried === DISPATCHERS_TRIED) throw error;
    }
  }
}

async function startRelay(client: CloudClient, agent: Endpoint, token: string, signal: AbortSignal): Promise<void> {
  const started = await client.call({
    verb: 'DHPOST',
    to: agent,
    path: `/relay/start/${token}`,
    body: () => '<body><Client>:0</Client></body>',
    timeoutMs: STAGE_TIMEOUT_MS,
    signal,
  });
  if (started.status !== 200) throw noRelay(`it answers ${started.status}`);
}

/** Sends the device to the agent. Its answer comes back through the agent, which proves that the relay works. */
export async function joinRelay(
  client: CloudClient,
  device: FoundDevice,
  lease: RelayLease,
  proof: DeviceProof,
  nonce: string | undefined,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<void> {
  const joined = await client.call({
    verb: 'DHPOST',
    to: device.cloud,
    answeredBy: lease.agent,
    path: `/device/${device.serial}/relay-channel`,
    body: () => proof.relayBody(lease.agent, device.session.wallMs, nonce),
    timeoutMs,
    whenSilent: new GatewayError('no-direct-path', 'The device did not come to the relay.'),
    signal,
  });
  checkRefusal(joined);
}

/** Gives the place back, from the port that rented it. Best effort: leases also end by themselves. */
export async function unbindRelay(client: CloudClient, lease: RelayLease): Promise<void> {
  const call = { verb: 'DHGET', to: lease.dispatcher, path: `/relay/unbind/${lease.token}` } as const;
  const signal = new AbortController().signal;
  await client.call({ ...call, timeoutMs: UNBIND_TIMEOUT_MS, signal }).catch(() => undefined);
}

function field(reply: CloudResponse, name: string): string {
  return parseXmlFields(reply.body).get(name) ?? '';
}

function noRelay(because: string): GatewayError {
  return new GatewayError('no-direct-path', `No relay is to be had: ${because}.`);
}
