import * as z from 'zod';
import type { ViewerId } from '../../../shared/ids.ts';
import type { Hub } from '../../hub/hub.ts';
import type { WebrtcOutput } from '../../outputs/webrtc/webrtc-output.ts';
import type { Clock } from '../../platform/clock.ts';
import { GatewayError } from '../../platform/errors.ts';
import { cameraState } from '../api/camera-views.ts';
import { pageEvents } from './page-events.ts';
import type { Page, SocketEvents } from './socket-event.ts';
import type { TalkDesk } from './talk-desk.ts';

const MAX_PROBES_FOLLOWED = 8;
const viewer = z.strictObject({ viewer: z.string() });
const camera = z.strictObject({ camera: z.string() });
export type SocketEventParts = {
  readonly webrtc: WebrtcOutput;
  readonly talkDesk: TalkDesk;
  readonly hub: Hub;
  readonly clock: Clock;
};

export function socketEvents({ webrtc, talkDesk, hub, clock }: SocketEventParts): SocketEvents {
  const own = (page: Page, id: string): ViewerId => {
    if (page.viewers.has(id as ViewerId)) return id as ViewerId;
    throw new GatewayError('not-found', 'This page has no such viewer.');
  };

  return {
    'ice-servers': {
      access: 'list-cameras',
      input: z.undefined(),
      answer: ({ principal }) => webrtc.iceServersFor(principal.who),
    },
    ...pageEvents(webrtc, clock),
    unwatch: {
      access: 'view',
      input: viewer,
      answer({ page, input }) {
        const id = own(page, input.viewer);
        page.viewers.delete(id);
        webrtc.connections.line(id)?.close();
        return null;
      },
    },
    'camera-state': {
      access: 'view',
      input: camera,
      answer: ({ camera }) => cameraState(camera, hub),
    },
    retry: {
      access: 'view',
      input: camera,
      answer({ camera, principal }) {
        hub.retryNow(camera, principal.kind === 'share' ? 'guest' : 'household');
        return null;
      },
    },
    'talk-start': {
      access: 'talk',
      input: camera,
      async answer({ page, camera }) {
        let talk: string | undefined;
        talk = await talkDesk.start(camera, ({ code, message }) => {
          if (talk && page.talks.delete(talk)) page.send('talk-ended', { talk, code, message });
        });
        page.talks.add(talk);
        return { talk };
      },
    },
    'talk-stop': {
      access: 'talk',
      input: z.strictObject({ talk: z.string() }),
      answer({ page, input }) {
        if (page.talks.delete(input.talk)) talkDesk.stop(input.talk);
        return null;
      },
    },
    'follow-probe': {
      access: 'edit-cameras',
      input: z.strictObject({ probe: z.string().min(8).max(64) }),
      answer({ page, input }) {
        page.probes.add(input.probe);
        for (const oldest of page.probes) if (page.probes.size > MAX_PROBES_FOLLOWED) page.probes.delete(oldest);
        return null;
      },
    },
  };
}
