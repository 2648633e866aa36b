import type { ViewerView } from '../../../shared/api.ts';
import type { ShareCreated, ShareInput, ShareView } from '../../../shared/share-link.ts';
import { segment } from './gateway-address.ts';
import { ask } from './request.ts';

export function listShares(): Promise<readonly ShareView[]> {
  return ask('GET', '/api/shares');
}

export function makeShare(body: ShareInput): Promise<ShareCreated> {
  return ask('POST', '/api/shares', { body });
}

export function revokeShare(id: string): Promise<void> {
  return ask('DELETE', `/api/shares/${segment(id)}`);
}

export function listViewers(): Promise<readonly ViewerView[]> {
  return ask('GET', '/api/viewers');
}

export function kickViewer(id: string): Promise<void> {
  return ask('DELETE', `/api/viewers/${segment(id)}`);
}
