import type { Router } from 'express';
import type { Fmp4Output } from '../../outputs/fmp4/fmp4-output.ts';
import type { HlsOutput } from '../../outputs/hls/hls-output.ts';
import type { StillOutput } from '../../outputs/still/still-output.ts';
import type { WebrtcOutput } from '../../outputs/webrtc/webrtc-output.ts';
import type { RequestAccess } from '../access/request-access.ts';
import { createHlsRouter } from './hls.ts';
import { createLiveMp4Router } from './live-mp4.ts';
import { createStillRouter } from './still.ts';
import { whepRoutes } from './whep.ts';

type Outputs = {
  readonly webrtc: WebrtcOutput;
  readonly fmp4: Fmp4Output;
  readonly hls: HlsOutput;
  readonly stills: StillOutput;
};

/** The routes of every output. In one place, so that the test of who is refused sees all that the gateway serves. */
export function outputRouters({ webrtc, fmp4, hls, stills }: Outputs): readonly ((access: RequestAccess) => Router)[] {
  return [
    (access) => whepRoutes({ webrtc, access }),
    (access) => createLiveMp4Router({ output: fmp4, access }),
    (access) => createHlsRouter({ output: hls, access }),
    (access) => createStillRouter({ output: stills, access }),
  ];
}
