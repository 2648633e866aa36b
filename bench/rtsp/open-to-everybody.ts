import { testRight } from '../../server/hub/testing/test-right.ts';
import type { RtspAuthorizer } from '../../server/outputs/rtsp/rtsp-login.ts';

const principal = {
  kind: 'user',
  who: 'bench',
  role: 'viewer',
  right: testRight(),
  cameras: 'all',
  mayListen: true,
  qualityCeiling: 'main',
} as const;

/** Accepts the name `bench` with the password `bench`, because signing in is not measured. */
export const openToEverybody: RtspAuthorizer = {
  offersDigest: () => false,
  cannotDigest: () => {},
  digestSecrets: () => [],
  signIn: async () => principal,
  isHeldOff: () => false,
  failed: () => {},
  cameIn: () => {},
};
