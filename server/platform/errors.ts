import type { ErrorCode } from '../../shared/error-code.ts';

/** Every error we raise on purpose. `code` is stable and drives retry and HTTP status; `message` is one sentence for people. */
export class GatewayError extends Error {
  override readonly name: string = 'GatewayError';
  readonly code: ErrorCode;
  /** When another attempt may succeed, if that is known. */
  readonly retryAfterMs: number | undefined;

  constructor(code: ErrorCode, message: string, options?: ErrorOptions & { readonly retryAfterMs?: number }) {
    super(message, options);
    this.code = code;
    this.retryAfterMs = options?.retryAfterMs;
  }
}

/** Turns whatever was thrown into a GatewayError, keeping the original as its cause. */
export function asGatewayError(error: unknown, fallback: ErrorCode = 'internal'): GatewayError {
  if (error instanceof GatewayError) return error;
  const code = SYSTEM_CODES[(error as NodeJS.ErrnoException)?.code ?? ''] ?? fallback;
  const text = fileSentence(error) ?? (error instanceof Error ? error.message : String(error));
  return new GatewayError(code, SENTENCES[code] ?? text, { cause: error });
}

const SYSTEM_CODES: Record<string, ErrorCode> = {
  ECONNREFUSED: 'refused',
  EHOSTUNREACH: 'no-route',
  ENETUNREACH: 'no-route',
  EHOSTDOWN: 'no-route',
  EADDRNOTAVAIL: 'no-route',
  ENOTFOUND: 'name-not-found',
  EAI_AGAIN: 'name-not-found',
  ETIMEDOUT: 'timeout',
  ECONNRESET: 'camera-closed',
  EPIPE: 'camera-closed',
};

const SENTENCES: Partial<Record<ErrorCode, string>> = {
  refused:
    'The host is there, but nothing listens on this port. Check the port and that the camera has the service switched on.',
  'no-route': 'There is no way to this address. Check the address and that the camera is powered and on the network.',
  'name-not-found': 'This host name is not known. Check its spelling.',
  timeout: 'The camera did not answer in time. Check the address and that the camera is powered and on the network.',
  'camera-closed': 'The camera closed the connection.',
};

const FILE_TROUBLES: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file or folder',
  ENOTDIR: 'a part of this path is no folder',
  EISDIR: 'this is a folder, and a file was expected',
  EEXIST: 'there is something of this name already',
  EACCES: 'this user has no right to it',
  EPERM: 'this user has no right to it',
  EROFS: 'it lies on a disk that is read-only',
  ENOSPC: 'the disk is full',
  EDQUOT: 'this user has no room left on the disk',
  EMFILE: 'no file descriptor is free; raise the limit (ulimit -n)',
  EIO: 'the disk does not read or write it',
};

/** Explains to people what Node's file functions throw. */
function fileSentence(error: unknown): string | undefined {
  const { code = '', path } = (error ?? {}) as NodeJS.ErrnoException;
  const trouble = FILE_TROUBLES[code];
  return trouble && path !== undefined ? `${path} cannot be used: ${trouble}.` : undefined;
}
