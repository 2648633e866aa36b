import { describe, expect, it } from 'vitest';
import { SRTP_PROFILE } from '../../../protocols/srtp/srtp-profile.ts';
import { loadNativeLibrary } from '../native/library.ts';
import { chooseSendPath, portableSendPath } from './send-path.ts';

describe('chooseSendPath', () => {
  it('takes the native path when the library is present, and prefers AES-GCM there', () => {
    const { sendPath, because } = chooseSendPath(loadNativeLibrary());
    expect([sendPath.kind, because, sendPath.profiles[0]]).toEqual(['native', undefined, SRTP_PROFILE.aesGcm]);
  });

  it('takes the portable one without koffi, says why, and prefers what is cheap in JavaScript', () => {
    const missing = loadNativeLibrary(() => {
      throw new Error("Cannot find module 'koffi'");
    });
    const { sendPath, because } = chooseSendPath(missing);
    expect([sendPath.kind, because]).toEqual(['portable', "Cannot find module 'koffi'"]);
    expect(sendPath.profiles[0]).toBe(SRTP_PROFILE.aesCmSha1);
  });

  it('offers only AES-GCM on a portable path without vectors', () => {
    expect(portableSendPath(() => undefined).profiles).toEqual([SRTP_PROFILE.aesGcm]);
  });
});
