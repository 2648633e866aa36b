import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { GatewayError } from '../../platform/errors.ts';
import { parseProbeMatch, serializeProbe } from './ws-discovery.ts';

const ANSWER = `<?xml version="1.0"?><SOAP-ENV:Envelope xmlns:SOAP-ENV="http://www.w3.org/2003/05/soap-envelope"><SOAP-ENV:Body><wsdd:ProbeMatches>
<wsdd:ProbeMatch><wsa:EndpointReference><wsa:Address>urn:uuid:1234</wsa:Address></wsa:EndpointReference>
<wsdd:Types>dn:NetworkVideoTransmitter</wsdd:Types>
<wsdd:Scopes>onvif://www.onvif.org/type/video_encoder onvif://www.onvif.org/name/Front%20Door_Cam onvif://www.onvif.org/hardware/IPC-HD</wsdd:Scopes>
<wsdd:XAddrs>http://192.168.1.64/onvif/device_service http://[fe80::1]/onvif/device_service junk</wsdd:XAddrs>
</wsdd:ProbeMatch></wsdd:ProbeMatches></SOAP-ENV:Body></SOAP-ENV:Envelope>`;

describe('parseProbeMatch', () => {
  test('reads name, hardware and services', () => {
    expect(parseProbeMatch(Buffer.from(ANSWER))).toEqual({
      endpoint: 'urn:uuid:1234',
      name: 'Front Door Cam',
      hardware: 'IPC-HD',
      serviceUrls: ['http://192.168.1.64/onvif/device_service', 'http://[fe80::1]/onvif/device_service'],
    });
  });

  test('takes any namespace prefix, and none', () => {
    const plain = ANSWER.replaceAll(/wsdd:|wsa:/g, '').replaceAll('SOAP-ENV:', '');
    expect(parseProbeMatch(Buffer.from(plain)).endpoint).toBe('urn:uuid:1234');
  });

  test('our own probe is not taken for an answer', () => {
    expect(() => parseProbeMatch(serializeProbe('x'))).toThrow(GatewayError);
  });

  test('random and cut bytes only ever return or throw GatewayError', () => {
    const check = (bytes: Uint8Array): void => {
      try {
        parseProbeMatch(bytes);
      } catch (error) {
        expect(error).toBeInstanceOf(GatewayError);
      }
    };
    fc.assert(fc.property(fc.uint8Array({ maxLength: 2000 }), check));
    for (let at = 0; at < ANSWER.length; at += 7) check(Buffer.from(ANSWER.slice(0, at)));
  });
});
