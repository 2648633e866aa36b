import { join } from 'node:path';
import express, { type Request, type RequestHandler, type Response, Router } from 'express';
import type { CameraId } from '../../../shared/ids.ts';
import { GatewayError } from '../../platform/errors.ts';
import { type AllowedOrigins, pagePolicy } from '../access/security.ts';
import { findLanguages } from './page-languages.ts';

export type PagesOptions = {
  /** The built web, a folder for each language: index.html, embed.html, assets/. */
  readonly webRoot: string;
  readonly allowedOrigins: AllowedOrigins;
  /** Somebody is about to read a page. */
  readonly opened: () => void;
};

/** Everything that is not the API. Pages hold no data: what they show they ask for, with their own right. */
export function pageRouter({ webRoot, allowedOrigins, opened }: PagesOptions): Router {
  const router = Router();
  const languages = findLanguages(webRoot);

  const send = (request: Request, response: Response, file: string, ancestors: readonly string[]): void => {
    response.set('content-security-policy', pagePolicy(ancestors));
    if (ancestors.length === 0) response.set('x-frame-options', 'DENY');
    response.set('cache-control', 'no-cache');
    response.sendFile(file, { root: languages.folderFor(request), cacheControl: false });
    response.once('finish', opened);
  };

  const asIs = { index: false, redirect: false, setHeaders: openToAllSites } as const;
  const assets = { ...asIs, immutable: true, maxAge: '1y' } as const;
  // Their names carry a hash, so whatever the language of the page, one of the folders has them.
  router.use('/assets', ...languages.folders.map((folder) => express.static(join(folder, 'assets'), assets)), notFound);
  const files = new Map(languages.folders.map((folder) => [folder, express.static(folder, asIs)]));
  router.use((request, response, next) => {
    response.vary('accept-language');
    files.get(languages.folderFor(request))?.(request, response, next);
  });
  router.get('/embed/:id', (request, response) => {
    send(request, response, 'embed.html', ["'self'", ...allowedOrigins(request.params.id as CameraId)]);
  });
  router.get('/s/:token', (request, response) => send(request, response, 'embed.html', []));
  // Every other address is a page of the dashboard, which knows what it has. `/setup/LINK` signs in when somebody clicks there.
  router.get('/{*page}', (request, response) => send(request, response, 'index.html', []));
  return router;
}

const notFound: RequestHandler = () => {
  throw new GatewayError('not-found', 'There is no such file.');
};

/** Our scripts and styles hold nothing secret, and `<oriel-player>` is loaded by pages of other sites; pages must not be framed. */
function openToAllSites(response: { setHeader(name: string, value: string): void }, file: string): void {
  if (file.endsWith('.html')) {
    response.setHeader('content-security-policy', pagePolicy([]));
    return;
  }
  response.setHeader('access-control-allow-origin', '*');
  response.setHeader('cross-origin-resource-policy', 'cross-origin');
}
