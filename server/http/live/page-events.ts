import * as z from 'zod';
import type { PageTile, PageTileAnswer } from '../../../shared/events.ts';
import type { CameraId, ViewerId } from '../../../shared/ids.ts';
import { MOST_PAGE_LINES } from '../../../shared/page-connection.ts';
import { withVisit } from '../../auth/principal.ts';
import type { Clock } from '../../platform/clock.ts';
import { GatewayError } from '../../platform/errors.ts';
import type { PageSignallingRequest, Signalling } from './signalling.ts';
import { iceCandidate, type Page, type SocketCall, type SocketEvents } from './socket-event.ts';

const MAX_PAGE_SDP = 240_000;
const connection = z.string().max(64);

type PageEvents = Pick<SocketEvents, 'page-offer' | 'page-ready' | 'page-candidate'>;
type Tiles = PageSignallingRequest['tiles'];

/** One peer connection for all tiles of a page. The right to each camera is asked for one by one. */
export function pageEvents(signalling: Signalling, clock: Clock): PageEvents {
  return {
    'page-offer': {
      access: 'view',
      input: z.strictObject({
        connection: connection.exactOptional(),
        offer: z.string().max(MAX_PAGE_SDP),
        tiles: z
          .array(
            z.strictObject({
              mid: z.string().max(64),
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
        const answered = await signalling.negotiate(
          { ...input, tiles: allowed, principal, address: page.address },
          // A tile may end before the page has heard of it.
          { ended: (viewer, reason) => setImmediate(() => sayEnded(page, viewer, reason)) },
        );
        const tiles = answered.tiles.map((tile): PageTileAnswer => {
          if ('error' in tile) return refusal(tile.mid, tile.error);
          page.viewers.add(tile.viewer);
          return tile;
        });
        return { ...answered, tiles: [...tiles, ...refused] };
      },
    },
    'page-ready': {
      access: 'view',
      input: z.strictObject({ connection }),
      answer({ principal, input }) {
        signalling.confirm(input.connection, principal);
        return null;
      },
    },
    'page-candidate': {
      access: 'view',
      input: z.strictObject({ connection, candidate: iceCandidate }),
      answer({ principal, input }) {
        signalling.addPageCandidate(input.connection, principal, input.candidate);
        return null;
      },
    },
  };
}

function sortTiles(
  tiles: readonly PageTile[],
  { principal, require }: Pick<SocketCall<unknown>, 'principal' | 'require'>,
): { readonly allowed: Tiles; readonly refused: readonly PageTileAnswer[] } {
  const allowed: Tiles[number][] = [];
  const refused: PageTileAnswer[] = [];
  for (const { mid, camera: named, quality, visit } of tiles) {
    const camera = named as CameraId;
    try {
      require('view', camera);
      allowed.push({ mid, camera, quality, principal: withVisit(principal, visit) });
    } catch (error) {
      if (!(error instanceof GatewayError)) throw error;
      refused.push(refusal(mid, error));
    }
  }
  return { allowed, refused };
}

function refusal(mid: string, { code, message }: GatewayError): PageTileAnswer {
  return { mid, error: { code, message } };
}

function sayEnded(page: Page, viewer: ViewerId, { code, message }: GatewayError): void {
  if (page.viewers.delete(viewer)) page.send('viewer-ended', { viewer, code, message });
}
