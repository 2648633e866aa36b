import { randomBytes } from 'node:crypto';
import type { SourceContext, SourceSpec, TalkSession } from '../../hub/source.ts';
import { systemClock } from '../../platform/clock.ts';
import { GatewayError } from '../../platform/errors.ts';
import { pause } from '../../platform/wait.ts';
import { basicAuthorization, CONTROL_FORMS, formsToTry } from '../../protocols/kasa/password-form.ts';
import { TALK_FRAME_SAMPLES, TalkWriter } from '../../protocols/kasa/talk-stream.ts';
import { parseKasaUrl } from './kasa-address.ts';
import { connectByLadder } from './tls-ladder.ts';

const FORM_KEY = 'kasa-control-password';
const HEARTBEAT_MS = 3000;
/** Sound that has to wait longer than this is too late to be understood. */
const MAX_WAITING_BYTES = 16 * 1024;
const REFUSAL_WAIT_MS = 400;

/** One endless POST to the camera's loudspeaker; a separate connection, so that the picture goes on. */
export async function openKasaTalk(
  spec: SourceSpec,
  context: SourceContext,
  signal: AbortSignal,
): Promise<TalkSession> {
  const { host, talkPort } = parseKasaUrl(spec.url);
  const [form = 'md5'] = formsToTry(CONTROL_FORMS, context.memory.get(FORM_KEY));
  const target = { host, port: talkPort, timeoutMs: spec.connectTimeoutMs, signal };
  const socket = await connectByLadder(context.dial, target, context.memory);
  const player = `tty.${randomBytes(24).toString('base64')}`;
  const authorization = basicAuthorization(spec.username ?? 'admin', spec.password ?? 'admin', form);
  const writer = new TalkWriter(host, talkPort, player, authorization);
  let refusal: GatewayError | undefined;
  socket.on('data', (bytes: Buffer) => {
    const status = /^HTTP\/1\.\d (\d{3})/.exec(bytes.toString('latin1'))?.[1];
    if (status === '401') refusal = new GatewayError('wrong-password', 'The camera refuses this account for talking.');
    else if (status !== undefined && status !== '200')
      refusal = new GatewayError('not-supported', 'This camera takes no sound.');
  });
  socket.on('error', () => socket.destroy());
  socket.write(writer.start());
  await pause(systemClock, REFUSAL_WAIT_MS);
  if (refusal || socket.destroyed) {
    socket.destroy();
    throw refusal ?? new GatewayError('not-supported', 'The camera closed the way to its loudspeaker.');
  }
  const heartbeat = setInterval(() => socket.write(writer.heartbeat()), HEARTBEAT_MS);
  const close = (): void => {
    clearInterval(heartbeat);
    signal.removeEventListener('abort', close);
    if (!socket.destroyed) socket.end(writer.end());
    socket.setTimeout(1000, () => socket.destroy());
  };
  signal.addEventListener('abort', close, { once: true });
  socket.once('close', close);
  let waiting = new Uint8Array(0);
  return {
    write: (samples) => {
      waiting = Buffer.concat([waiting, samples]);
      while (waiting.length >= TALK_FRAME_SAMPLES) {
        if (socket.writableLength < MAX_WAITING_BYTES)
          socket.write(writer.frame(waiting.subarray(0, TALK_FRAME_SAMPLES)));
        waiting = waiting.subarray(TALK_FRAME_SAMPLES);
      }
    },
    close: async () => close(),
  };
}
