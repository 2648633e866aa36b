/** One device that dials in: an entry of `tunnel.raw`. */
export type RawTunnel = {
  readonly name: string;
  /** 0 takes a free one, which is shared with no other device. */
  readonly port: number;
  /** What the device proves that it knows. `none`: it knows no handshake, and whatever `from` lets in is the camera itself. */
  readonly token: string;
  /** How the camera calls itself: stands in the requests to it. */
  readonly host?: string | undefined;
  /** Paths of PEM files. */
  readonly tls?: { readonly cert: string; readonly key: string } | undefined;
  /** Networks that it may come from; any when absent. */
  readonly from?: readonly string[] | undefined;
  /** The address of this machine to listen at; all of them when absent. */
  readonly listen?: string | undefined;
};

/** Some cameras compare it with their own address, most do not look at it. */
export const USUAL_HOST = '127.0.0.1';

export function isBare({ token }: RawTunnel): boolean {
  return token === 'none';
}
