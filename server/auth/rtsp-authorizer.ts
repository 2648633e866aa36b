import type { CameraId } from '../../shared/ids.ts';
import { GatewayError } from '../platform/errors.ts';
import { refusal } from './access.ts';
import type { Auth } from './auth.ts';
import { cameraSet } from './machine-tokens.ts';
import type { Principal } from './principal.ts';
import { hashToken } from './token.ts';

/** A name and password of the configuration, for recorders that take nothing else. */
export type RtspUser = {
  readonly name: string;
  readonly password: string;
  readonly cameras?: readonly string[] | undefined;
};

export type RtspCredentials = { readonly name: string; readonly password: string; readonly address: string };

/** Rejects with `not-signed-in`, `not-allowed`, `too-many-requests`, …; without credentials with `not-signed-in`. */
export type RtspAuthorizer = (credentials: RtspCredentials | undefined, camera: CameraId) => Promise<Principal>;

export type RtspAuthorizerOptions = {
  readonly auth: Auth;
  /** Asked anew each time, so that a changed configuration counts at once. */
  readonly users: () => readonly RtspUser[];
  readonly nowMs: () => number;
};

/** Who may take a camera by RTSP: a user of either kind, or the name `token` with a token as its password. */
export function rtspAuthorizer({ auth, users, nowMs }: RtspAuthorizerOptions): RtspAuthorizer {
  const identify = async ({ name, password, address }: RtspCredentials): Promise<Principal | undefined> => {
    if (name === 'token') return auth.identify({ token: password });
    const wanted = hashToken(password);
    const configured = users().find((user) => user.name === name && hashToken(user.password) === wanted);
    if (configured) return rtspUser(configured);
    return auth.signIns.checkPassword(name, password, address);
  };

  return async (credentials, camera) => {
    const principal = credentials && (await identify(credentials));
    const error = refusal(principal, 'view', camera, nowMs());
    if (error) throw error;
    return principal as Principal;
  };
}

function rtspUser({ name, cameras }: RtspUser): Principal {
  const rights = {
    role: 'viewer',
    cameras: cameraSet(cameras ?? 'all'),
    mayListen: true,
    qualityCeiling: 'main',
  } as const;
  return { kind: 'user', who: name, grants: [`rtsp-user:${name}`], ...rights };
}
