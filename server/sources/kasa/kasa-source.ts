import { setTimeout as sleep } from 'node:timers/promises';
import type { TLSSocket } from 'node:tls';
import type { CameraDevice, SourceAdapter, SourceContext, SourceSink, SourceSpec } from '../../hub/source.ts';
import { GatewayError } from '../../platform/errors.ts';
import { BodyReader } from '../../protocols/http/body-framing.ts';
import { MultipartReader } from '../../protocols/http/multipart.ts';
import { serializeHead } from '../../protocols/http/request-head.ts';
import { STREAM_FORMS } from '../../protocols/kasa/password-form.ts';
import { parseKasaPart } from '../../protocols/kasa/stream-part.ts';
import { knockAt } from '../knock.ts';
import { parseKasaUrl } from './kasa-address.ts';
import { createKasaControls } from './kasa-controls.ts';
import { askWithForms } from './kasa-login.ts';
import { KasaPictures } from './kasa-pictures.ts';
import { openKasaTalk } from './kasa-talk.ts';
import type { Reply } from './reply-reader.ts';

/** Kasa cameras that are dialled again at once answer with errors: they want a breath between two connections. */
const REST_MS = 1000;
const FORM_KEY = 'kasa-stream-password';
const BOUNDARY = '--data-boundary';

/** A TP-Link Kasa camera: its endless multipart reply, its controls and its loudspeaker. */
export function createKasaDevice(spec: SourceSpec, context: SourceContext): CameraDevice {
  return {
    source: new KasaSource(spec, context),
    controls: createKasaControls(spec, context),
    talk: (signal) => openKasaTalk(spec, context, signal),
  };
}

class KasaSource implements SourceAdapter {
  readonly #spec: SourceSpec;
  readonly #context: SourceContext;
  #lastClosedUs: number | undefined;

  constructor(spec: SourceSpec, context: SourceContext) {
    this.#spec = spec;
    this.#context = context;
  }

  async knock(signal: AbortSignal): Promise<void> {
    const { host, port } = parseKasaUrl(this.#spec.url);
    await knockAt(this.#context.dial, host, port, signal);
    this.#lastClosedUs = this.#context.clock.nowUs();
  }

  async run(sink: SourceSink, signal: AbortSignal): Promise<void> {
    const { host, port, query } = parseKasaUrl(this.#spec.url);
    const { dial, memory } = this.#context;
    sink.step('connecting');
    try {
      await askWithForms(
        dial,
        memory,
        this.#spec,
        {
          target: { host, port, timeoutMs: this.#spec.connectTimeoutMs, signal },
          formKey: FORM_KEY,
          forms: STREAM_FORMS,
          write: (authorization) => {
            sink.step('asking');
            return serializeHead(`GET /https/stream/mixed?${query} HTTP/1.1`, [
              ['Host', `${host}:${port}`],
              ['Authorization', authorization],
              ['Connection', 'keep-alive'],
            ]);
          },
        },
        () => this.#rest(signal),
        (socket, reply, confirm) => this.#stream(socket, reply, confirm, sink, signal),
      );
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  }

  async #rest(signal: AbortSignal): Promise<void> {
    if (this.#lastClosedUs === undefined) return;
    const restedMs = (this.#context.clock.nowUs() - this.#lastClosedUs) / 1000;
    if (restedMs < REST_MS) await sleep(REST_MS - restedMs, undefined, { signal });
  }

  /** Reads until the connection ends; false when it ended before the first part, which is how some firmware says 401. */
  async #stream(
    socket: TLSSocket,
    reply: Reply,
    confirm: () => void,
    sink: SourceSink,
    signal: AbortSignal,
  ): Promise<boolean> {
    socket.once('close', () => {
      this.#lastClosedUs = this.#context.clock.nowUs();
    });
    refuseStatus(reply.head.status);
    sink.step('waiting-for-picture');
    const body = new BodyReader();
    const parts = new MultipartReader(BOUNDARY);
    const pictures = new KasaPictures(sink);
    let partCount = 0;
    const take = (chunk: Uint8Array): void => {
      const receivedUs = this.#context.clock.nowUs();
      for (const bytes of body.push(chunk)) {
        for (const part of parts.push(bytes)) {
          if (partCount++ === 0) confirm();
          pictures.push(parseKasaPart(part), receivedUs);
        }
      }
    };
    const onAbort = (): void => void socket.destroy();
    signal.addEventListener('abort', onAbort, { once: true });
    try {
      take(reply.rest);
      for await (const chunk of socket) take(chunk as Uint8Array);
    } catch (error) {
      if (error instanceof GatewayError) throw error;
      if (partCount > 0)
        throw new GatewayError('camera-closed', 'The connection to the camera broke.', { cause: error });
    } finally {
      signal.removeEventListener('abort', onAbort);
      socket.destroy();
    }
    if (signal.aborted) return true;
    if (partCount > 0) throw new GatewayError('camera-closed', 'The camera ended the stream.');
    return false;
  }
}

function refuseStatus(status: number): void {
  if (status === 200) return;
  if (status === 503) {
    throw new GatewayError(
      'camera-off',
      'The camera is switched off (its privacy switch). Switch it on in the Kasa app or here.',
    );
  }
  if (status === 404)
    throw new GatewayError('no-such-path', 'This device answers, but has no live stream. Is it a Kasa camera?');
  throw new GatewayError('bad-data', `The camera answers with status ${status} instead of a stream.`);
}
