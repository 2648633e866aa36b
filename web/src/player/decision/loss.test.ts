import { describe, expect, test } from 'vitest';
import { GatewayError } from '../../gateway/gateway-error.ts';
import { lossOf } from './loss.ts';

describe('why a transport ended', () => {
  test.each([
    [
      'the gateway says no',
      new GatewayError('share-revoked', 'Revoked.'),
      { kind: 'refused', code: 'share-revoked', message: 'Revoked.' },
    ],
    ['the gateway stops', new GatewayError('stopping', 'Stopping.'), { kind: 'broken', why: 'ended' }],
    [
      'the gateway did not answer',
      new GatewayError('unreachable', 'No answer.'),
      { kind: 'broken', why: 'connection' },
    ],
    ['the camera is away', new GatewayError('no-route', 'No way.'), { kind: 'broken', why: 'camera' }],
    ['the network broke', new TypeError('Failed to fetch'), { kind: 'broken', why: 'connection' }],
  ])('%s', (_name, error, loss) => {
    expect(lossOf(error)).toEqual(loss);
  });
});
