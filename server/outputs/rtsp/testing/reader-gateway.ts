import pino from 'pino';
import type { Principal } from '../../../auth/principal.ts';
import { type CameraCatalog, Hub } from '../../../hub/hub.ts';
import { testRight } from '../../../hub/testing/test-right.ts';
import { systemClock } from '../../../platform/clock.ts';
import { GatewayError } from '../../../platform/errors.ts';
import type { RtspAuthorizer } from '../rtsp-login.ts';
import { createRtspOutput, type RtspOutput, type RtspOutputOptions } from '../rtsp-output.ts';
import { createStreamLocator } from '../stream-paths.ts';

export const aReader = (): Principal => ({
  kind: 'user',
  who: 'reader',
  role: 'viewer',
  right: testRight(),
  cameras: 'all',
  mayListen: true,
  qualityCeiling: 'main',
});

/** Accepts the name `reader` with the password `secret`, by Digest and Basic. */
const oneReader = (reader: Principal): RtspAuthorizer => ({
  offersDigest: () => true,
  cannotDigest: () => {},
  digestSecrets: (name) => (name === 'reader' ? [{ password: 'secret', principal: reader }] : []),
  signIn: async (name, password) => {
    if (name === 'reader' && password === 'secret') return reader;
    throw new GatewayError('not-signed-in', 'The name or the password is wrong.');
  },
  isHeldOff: () => false,
  failed: () => {},
  cameIn: () => {},
});

export type ReaderGateway = {
  readonly hub: Hub;
  readonly output: RtspOutput;
  readonly reader: Principal;
  /** The address with name and password in it. */
  url(path: string): string;
  close(): Promise<void>;
};

/** A gateway that has only an RTSP output, for tests. The caller provides the cameras. */
export async function startReaderGateway(
  createRunner: CameraCatalog['createRunner'],
  options: Partial<RtspOutputOptions> & { readonly lingerMs?: number; readonly hasSubstream?: boolean } = {},
): Promise<ReaderGateway> {
  const { lingerMs = 0, hasSubstream = false, ...rest } = options;
  const catalog = { has: () => true, hasSubstream: () => hasSubstream, createRunner };
  const clock = rest.clock ?? systemClock;
  const hub = new Hub(catalog, clock, { maxViewers: 1000, lingerMs });
  const cameras = [{ id: 'cam', url: 'rtsp://192.0.2.9:554/cam/realmonitor?channel=1&subtype=0' }];
  const reader = aReader();
  const output = await createRtspOutput({
    hub,
    clock,
    log: pino({ level: 'silent' }),
    authorizer: oneReader(reader),
    locate: createStreamLocator(() => cameras),
    port: 0,
    host: '127.0.0.1',
    ...rest,
  });
  return {
    hub,
    output,
    reader,
    url: (path) => `rtsp://reader:secret@127.0.0.1:${output.port}${path}`,
    close: async () => {
      await output.close();
      await hub.stop();
    },
  };
}
