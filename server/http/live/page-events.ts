import * as z from 'zod';
import type { PageTile, PageTileAnswer } from '../../../shared/events.ts';
import type { CameraId, ViewerId } from '../../../shared/ids.ts';
import { MOST_PAGE_LINES } from '../../../shared/page-connection.ts';
import { withVisit } from '../../auth/principal.ts';
import type { LineOutcome, LineRequest } from '../../outputs/webrtc/browser-connections.ts';
import { MOST_OFFER_BYTES } from '../../outputs/webrtc/negotiation/browser-offer.ts';
import type { WebrtcOutput } from '../../outputs/webrtc/webrtc-output.ts';
import type { Clock } from '../../platform/clock.ts';
import { GatewayError } from '../../platform/errors.ts';
import { iceCandidate, type Page, type SocketCall, type SocketEvents } from './socket-event.ts';

const connection = z.string().max(64);
const mid = z.string().max(64);

type PageEvents = Pick<SocketEvents, 'page-offer' | 'page-ready' | 'page-candidate'>;

/** One peer connection for all tiles of a page. The right to each camera is checked separately. */
export function pageEvents(webrtc: WebrtcOutput, clock: Clock): PageEvents {
  return {
    'page-offer': {
      access: 'view',
      input: z.strictObject({
        connection: connection.exactOptional(),
        offer: z.string().max(MOST_OFFER_BYTES),
        tiles: z
          .array(
            z.strictObject({
              mid,
              sound: mid.exactOptional(),
              camera: z.string(),
              quality: z.enum(['main', 'sub']),
              visit: z.string().max(64).exactOptional(),
            }),
          )
          .max(MOST_PAGE_LINES),
      }),
      async answer({ page, principal, input, require }) {
        if (!page.offers.take(clock.nowUs())) {
          throw new GatewayError('too-many-requests', 'This page changes its tiles too often.');
        }
        const { allowed, refused } = sortTiles(input.tiles, { principal, require });
        const { lines, ...answered } = await webrtc.connections.negotiate({
          ...(input.connection === undefined ? {} : { connection: input.connection }),
          offer: input.offer,
          lines: allowed,
          principal,
          address: page.address,
          signaller: page,
          // A tile may end before the page has been told about it.
          ended: (viewer, reason) => setImmediate(() => sayEnded(page, viewer, reason)),
        });
        return { ...answered, tiles: [...lines.map((line) => tileAnswer(page, line)), ...refused] };
      },
    },
    'page-ready': {
      access: 'view',
      input: z.strictObject({ connection }),
      answer({ principal, input }) {
        webrtc.connections.confirm(input.connection, principal);
        return null;
      },
    },
    'page-candidate': {
      access: 'view',
      input: z.strictObject({ connection, candidate: iceCandidate }),
      answer({ principal, input }) {
        const { candidate } = input.candidate;
        if (candidate) webrtc.connections.addCandidate(input.connection, principal, candidate);
        return null;
      },
    },
  };
}

function sortTiles(
  tiles: readonly PageTile[],
  { principal, require }: Pick<SocketCall<unknown>, 'principal' | 'require'>,
): { readonly allowed: readonly LineRequest[]; readonly refused: readonly PageTileAnswer[] } {
  const allowed: LineRequest[] = [];
  const refused: PageTileAnswer[] = [];
  for (const { mid, sound, camera: named, quality, visit } of tiles) {
    const camera = named as CameraId;
    try {
      require('view', camera);
      allowed.push({
        mid,
        camera,
        quality,
        principal: withVisit(principal, visit),
        ...(sound === undefined ? {} : { soundMid: sound }),
      });
    } catch (error) {
      if (!(error instanceof GatewayError)) throw error;
      refused.push(refusal(mid, error));
    }
  }
  return { allowed, refused };
}

function tileAnswer(page: Page, outcome: LineOutcome): PageTileAnswer {
  if ('error' in outcome) return refusal(outcome.mid, outcome.error);
  const { mid, line } = outcome;
  page.viewers.add(line.id);
  return { mid, viewer: line.id, quality: line.quality };
}

function refusal(mid: string, { code, message }: GatewayError): PageTileAnswer {
  return { mid, error: { code, message } };
}

function sayEnded(page: Page, viewer: ViewerId, { code, message }: GatewayError): void {
  if (page.viewers.delete(viewer)) page.send('viewer-ended', { viewer, code, message });
}
