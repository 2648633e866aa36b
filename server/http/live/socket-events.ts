import * as z from 'zod';
import type { ViewerId } from '../../../shared/ids.ts';
import { allowedQuality, withVisit } from '../../auth/principal.ts';
import type { Hub } from '../../hub/hub.ts';
import type { Clock } from '../../platform/clock.ts';
import { GatewayError } from '../../platform/errors.ts';
import { cameraState } from '../api/camera-views.ts';
import { pageEvents } from './page-events.ts';
import type { Signalling } from './signalling.ts';
import { iceCandidate, type Page, type SocketEvents } from './socket-event.ts';
import type { TalkDesk } from './talk-desk.ts';

const MAX_SDP = 100_000;
const MAX_PROBES_FOLLOWED = 8;
const viewer = z.strictObject({ viewer: z.string() });
const camera = z.strictObject({ camera: z.string() });
export type SocketEventParts = {
  readonly signalling: Signalling;
  readonly talkDesk: TalkDesk;
  readonly hub: Hub;
  readonly clock: Clock;
};

export function socketEvents({ signalling, talkDesk, hub, clock }: SocketEventParts): SocketEvents {
  const own = (page: Page, id: string): ViewerId => {
    if (page.viewers.has(id as ViewerId)) return id as ViewerId;
    throw new GatewayError('not-found', 'This page has no such viewer.');
  };

  return {
    'ice-servers': {
      access: 'list-cameras',
      input: z.undefined(),
      answer: ({ principal }) => signalling.iceServers(principal),
    },
    watch: {
      access: 'view',
      input: z.strictObject({
        camera: z.string(),
        quality: z.enum(['main', 'sub']),
        offer: z.string().max(MAX_SDP),
        visit: z.string().max(64).exactOptional(),
      }),
      async answer({ page, principal, input, camera }) {
        const quality = allowedQuality(principal, input.quality);
        let opened: ViewerId | undefined;
        const answer = await signalling.open(
          {
            ...{ camera, quality, offer: input.offer, address: page.address },
            principal: withVisit(principal, input.visit),
          },
          {
            ended({ code, message }) {
              if (opened && page.viewers.delete(opened)) page.send('viewer-ended', { viewer: opened, code, message });
            },
            statistics: (statistics) => opened && page.send('statistics', { viewer: opened, ...statistics }),
          },
        );
        opened = answer.viewer;
        page.viewers.add(opened);
        return answer;
      },
    },
    ...pageEvents(signalling, clock),
    candidate: {
      access: 'view',
      input: z.strictObject({
        viewer: z.string(),
        candidate: iceCandidate,
      }),
      async answer({ page, input }) {
        await signalling.addCandidate(own(page, input.viewer), input.candidate);
        return null;
      },
    },
    unwatch: {
      access: 'view',
      input: viewer,
      answer({ page, input }) {
        const id = own(page, input.viewer);
        page.viewers.delete(id);
        signalling.close(id);
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
      answer({ camera }) {
        hub.retryNow(camera);
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
