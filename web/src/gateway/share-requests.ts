import type { ViewerView } from '../../../shared/api.ts';
import type { ShareCreated, ShareInput, ShareView } from '../../../shared/share-link.ts';
import { request, segment } from './request.ts';

export function listShares(): Promise<readonly ShareView[]> {
  return request('GET', '/api/shares');
}

export function makeShare(body: ShareInput): Promise<ShareCreated> {
  return request('POST', '/api/shares', { body });
}

export function revokeShare(id: string): Promise<void> {
  return request('DELETE', `/api/shares/${segment(id)}`);
}

export function listViewers(): Promise<readonly ViewerView[]> {
  return request('GET', '/api/viewers');
}

export function kickViewer(id: string): Promise<void> {
  return request('DELETE', `/api/viewers/${segment(id)}`);
}
