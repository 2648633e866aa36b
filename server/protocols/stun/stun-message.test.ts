import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { GatewayError } from '../../platform/errors.ts';
import { parseMappedAddress, serializeXorMappedAddress } from './stun-address.ts';
import {
  parseStunMessage,
  STUN_ATTRIBUTE,
  STUN_TYPE,
  serializeStunMessage,
  stunAttribute,
  verifyStunIntegrity,
} from './stun-message.ts';

const hex = (text: string) => Uint8Array.from(Buffer.from(text.replace(/\s/g, ''), 'hex'));

/** RFC 5769 clause 2.1 and 2.2; the password is the one the RFC gives. */
const PASSWORD = 'VOkJxbRl1RmTxUk/WvJxBt';
const REQUEST = hex(`0001 0058 2112a442 b7e7a701 bc34d686 fa87dfae 8022 0010 5354554e 20746573 7420636c 69656e74
  0024 0004 6e0001ff 8029 0008 932ff9b1 51263b36 0006 0009 6576746a 3a683676 59202020
  0008 0014 9aeaa70c bfd8cb56 781ef2b5 b2d3f249 c1b571a2 8028 0004 e57a3bcf`);
const RESPONSE = hex(`0101 003c 2112a442 b7e7a701 bc34d686 fa87dfae 8022 000b 74657374 20766563 746f7220
  0020 0008 0001a147 e112a643 0008 0014 2b91f599 fd9e90c3 8c7489f9 2af9ba53 f06be7d7 8028 0004 c07d4c96`);

describe('STUN messages', () => {
  it('reads the sample request of RFC 5769 and verifies it', () => {
    const message = parseStunMessage(REQUEST);
    expect(message.type).toBe(STUN_TYPE.bindingRequest);
    expect(Buffer.from(stunAttribute(message, STUN_ATTRIBUTE.username) ?? []).toString()).toBe('evtj:h6vY');
    expect(verifyStunIntegrity(REQUEST, message, PASSWORD)).toBe(true);
    expect(verifyStunIntegrity(REQUEST, message, 'another')).toBe(false);
  });

  it('refuses a request that was changed under way or has no integrity at all', () => {
    const changed = REQUEST.slice();
    changed[45] = (changed[45] as number) ^ 1;
    expect(verifyStunIntegrity(changed, parseStunMessage(changed), PASSWORD)).toBe(false);
    const bare = serializeStunMessage({ type: 1, transactionId: new Uint8Array(12), attributes: [] });
    expect(verifyStunIntegrity(bare, parseStunMessage(bare), PASSWORD)).toBe(false);
  });

  it('reads the mapped address of the sample response', () => {
    const message = parseStunMessage(RESPONSE);
    expect(verifyStunIntegrity(RESPONSE, message, PASSWORD)).toBe(true);
    expect(parseMappedAddress(message)).toEqual({ address: Uint8Array.of(192, 0, 2, 1), port: 32_853 });
  });

  it('writes what it reads, with integrity and fingerprint', () => {
    const transactionId = Uint8Array.from({ length: 12 }, (_, index) => index);
    const from = { address: hex('20010db8 12345678 00112233 44556677'), port: 32_853 };
    const value = serializeXorMappedAddress(from, transactionId);
    const attributes = [{ type: STUN_ATTRIBUTE.xorMappedAddress, value }];
    const bytes = serializeStunMessage({ type: STUN_TYPE.bindingSuccess, transactionId, attributes }, PASSWORD);
    const message = parseStunMessage(bytes);
    expect(verifyStunIntegrity(bytes, message, PASSWORD)).toBe(true);
    expect(parseMappedAddress(message)).toEqual(from);
  });

  it('makes the fingerprint of RFC 5769', () => {
    const parsed = parseStunMessage(REQUEST);
    const attributes = parsed.attributes
      .slice(0, -1)
      .map((a) => (a.type === 6 ? { ...a, value: REQUEST.slice(0x40, 0x49) } : a));
    const written = serializeStunMessage({ ...parsed, attributes }, PASSWORD);
    // The RFC pads USERNAME with blanks, we with zeros, so only the length and the place can agree.
    expect(written).toHaveLength(REQUEST.length);
    expect(written.slice(-8, -4)).toEqual(REQUEST.slice(-8, -4));
  });

  it('returns or throws a GatewayError for any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 120 }), fc.boolean(), (bytes, asStun) => {
        const packet =
          asStun && bytes.length >= 20
            ? Uint8Array.from([0, 1, 0, bytes.length - 20, ...hex('2112a442'), ...bytes.slice(8)])
            : bytes;
        try {
          const message = parseStunMessage(packet);
          verifyStunIntegrity(packet, message, 'x');
          parseMappedAddress(message);
        } catch (error) {
          expect(error).toBeInstanceOf(GatewayError);
        }
      }),
    );
  });
});
