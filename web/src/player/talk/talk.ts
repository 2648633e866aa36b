import { playerTexts } from '../../texts/en/player.ts';
import type { Signalling, TalkLine } from '../signalling/signalling.ts';
import microphoneWorklet from './microphone-worklet.ts?worker&url';

export type Talk = { close(): void };

/** Sends the microphone to the camera's loudspeaker until closed. Rejects with a sentence for people. */
export async function openTalk(signalling: Signalling, camera: string, ended: (why: string) => void): Promise<Talk> {
  if (!signalling.talk) throw new Error(playerTexts.talk.notHere);
  if (!navigator.mediaDevices) throw new Error(playerTexts.talk.insecure);
  const microphone = await navigator.mediaDevices
    .getUserMedia({ audio: { echoCancellation: true, noiseSuppression: true, autoGainControl: true } })
    .catch((error: unknown) => {
      const isDenied = error instanceof DOMException && error.name === 'NotAllowedError';
      throw new Error(isDenied ? playerTexts.talk.denied : playerTexts.talk.noMicrophone, { cause: error });
    });
  const context = new AudioContext();
  let line: TalkLine | undefined;
  const close = () => {
    for (const track of microphone.getTracks()) track.stop();
    context.close().catch(() => undefined);
    line?.close();
    line = undefined;
  };
  try {
    line = await signalling.talk(camera, (why) => {
      close();
      ended(why.message);
    });
    await capture(context, microphone, (frame) => line?.send(frame));
  } catch (error) {
    close();
    throw error;
  }
  return { close };
}

async function capture(
  context: AudioContext,
  microphone: MediaStream,
  send: (frame: Uint8Array) => void,
): Promise<void> {
  await context.audioWorklet.addModule(microphoneWorklet);
  const node = new AudioWorkletNode(context, 'oriel-microphone', { numberOfOutputs: 0, channelCount: 1 });
  node.port.onmessage = ({ data }: MessageEvent<Uint8Array>) => send(data);
  context.createMediaStreamSource(microphone).connect(node);
}
