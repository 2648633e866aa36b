import { headerValue, type RtspHeaders, type RtspRequest, serializeRtspMessage } from '../../protocols/rtsp/message.ts';
import type { ReplyQuirks } from '../rtsp-camera-quirks.ts';

export type CameraReply = { readonly status: number; readonly headers?: RtspHeaders; readonly body?: string };

const REASONS: Readonly<Record<number, string>> = {
  200: 'OK',
  301: 'Moved Permanently',
  302: 'Moved Temporarily',
  400: 'Bad Request',
  401: 'Unauthorized',
  404: 'Not Found',
  453: 'Not Enough Bandwidth',
  454: 'Session Not Found',
  455: 'Method Not Valid in This State',
  457: 'Invalid Range',
  461: 'Unsupported Transport',
  501: 'Not Implemented',
  505: 'RTSP Version not supported',
  551: 'Option not supported',
};

/** A reply in the way this camera writes it. */
export function spellReply(request: RtspRequest, reply: CameraReply, quirks: ReplyQuirks = {}): Uint8Array {
  const cseq = headerValue(request.headers, 'cseq') ?? '0';
  const own: RtspHeaders = quirks.cseq === 'missing' ? [] : [['CSeq', quirks.cseq ? `${cseq} ` : cseq]];
  const headers = [...own, ...(reply.headers ?? [])].map(([name, value]): [string, string] => [
    quirks.lowerCaseNames ? lowerCased(name) : name,
    quirks.paddedValues ? `   \t${value}` : value,
  ]);
  const body = Buffer.from(reply.body ?? '');
  const reason = REASONS[reply.status] ?? 'Because';
  const message = { kind: 'response', version: request.version, status: reply.status, reason, headers, body } as const;
  const bytes = Buffer.from(serializeRtspMessage(message));
  const stale = quirks.cseq === 'stale-reply-first' ? 'RTSP/1.0 200 OK\r\nCSeq: 9999\r\n\r\n' : '';
  let text = bytes.toString('latin1');
  if (quirks.statusLineWithoutReason) text = text.replace(` ${reason}\r\n`, '\r\n');
  if (quirks.lowerCaseNames) text = text.replace('Content-Length:', 'Content-length:');
  return Buffer.from(stale + text, 'latin1');
}

/** Hipcam and VStarcam capitalise the first letter only. */
function lowerCased(name: string): string {
  return name.slice(0, 1) + name.slice(1).toLowerCase();
}
