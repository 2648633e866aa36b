/** How the media of one track gets here besides the RTSP connection itself. */
export type MediaPath = {
  /** Sends to where the camera listens for RTCP; does nothing when it named no place. */
  sendRtcp(bytes: Uint8Array): void;
  /** Idempotent. */
  close(): void;
};

export type MediaHandler = (bytes: Uint8Array, isRtcp: boolean) => void;
