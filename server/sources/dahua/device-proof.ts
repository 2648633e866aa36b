import { randomInt } from 'node:crypto';
import {
  addressKey,
  type DeviceCredentials,
  decryptAddress,
  deviceAuthFields,
  deviceKey,
  encryptAddress,
} from '../../protocols/dahua/device-auth.ts';
import { type Endpoint, formatEndpoint } from '../../protocols/dahua/endpoint.ts';
import { serializeXmlFields, type XmlField } from '../../protocols/dahua/xml-fields.ts';

/** How a request convinces the device: not at all ("type 0") or with its password ("type 1"). */
export type DeviceProof = {
  channelBody(identify: string, local: string, wallMs: number): string;
  relayBody(agent: Endpoint, wallMs: number, nonce: string | undefined): string;
  /** The device's LAN address out of its reply. */
  readAddress(address: string, nonce: string | undefined): string;
};

const VERSION: XmlField = ['version', '5.0.0'];

export const ANONYMOUS: DeviceProof = {
  channelBody: (identify, local) =>
    serializeXmlFields([['Identify', identify], ['IpEncrpt', 'true'], ['LocalAddr', local], VERSION]),
  relayBody: (agent) => serializeXmlFields([['agentAddr', formatEndpoint(agent)]]),
  readAddress: (address) => address,
};

export function passwordProof(credentials: DeviceCredentials, salt: string): DeviceProof {
  const key = deviceKey(credentials, salt);
  const sign = (nonce: string, wallMs: number, payload: string): XmlField[] =>
    deviceAuthFields({ credentials, salt, nonce, createDate: String(Math.floor(wallMs / 1000)), payload });
  return {
    channelBody: (identify, local, wallMs) => {
      const nonce = String(randomInt(2 ** 31));
      const encrypted = encryptAddress(addressKey(key, nonce), local);
      return serializeXmlFields([
        ...sign(nonce, wallMs, encrypted),
        ['Identify', identify],
        ['IpEncrptV2', 'true'],
        ['LocalAddr', encrypted],
        VERSION,
      ]);
    },
    relayBody: (agent, wallMs, nonce) =>
      serializeXmlFields([
        ...sign(nonce ?? String(randomInt(2 ** 31)), wallMs, ''),
        ['agentAddr', formatEndpoint(agent)],
      ]),
    readAddress: (address, nonce) => (nonce === undefined ? address : decryptAddress(addressKey(key, nonce), address)),
  };
}
