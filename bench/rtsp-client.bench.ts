// How fast the RTSP client turns the bytes of a TCP connection (interleaved frames, RTP, NAL units) into access units.

import { serializeRtpPacket } from '../server/media/rtp/rtp-packet.ts';
import { RtpReceiver } from '../server/media/rtp/rtp-receiver.ts';
import { assetPath } from '../server/platform/paths.ts';
import { InterleavedReader, serializeInterleavedFrame } from '../server/protocols/rtsp/interleaved.ts';
import { loadVideoClip } from '../server/simulators/clip.ts';
import { packFrame } from '../server/simulators/rtsp-camera/payloads.ts';

const SOCKET_READ_BYTES = 65_536;
const ROUNDS = 7;
const LOOPS = 4;

const clip = await loadVideoClip(assetPath('main-720p.h264'));
const wire = await packClip();

let best = 0;
for (let round = 0; round < ROUNDS; round++) best = Math.max(best, depacketize());
console.log(
  JSON.stringify({
    name: 'RTSP over TCP to access units, H.264 in packets of 1400 bytes',
    value: Math.round(best),
    unit: 'MB/s',
    atLeast: 100,
    note: 'one core, best of 7 rounds',
  }),
);

async function packClip(): Promise<Uint8Array> {
  const frames: Uint8Array[] = [];
  let sequenceNumber = 0;
  for (let loop = 0; loop < LOOPS; loop++)
    for (const [index, frame] of clip.frames.entries())
      for (const { bytes, marker } of packFrame('h264', frame, 1400)) {
        const timestamp = (loop * clip.frames.length + index) * 3000;
        const header = { payloadType: 96, marker, sequenceNumber: sequenceNumber++ & 0xffff, timestamp, ssrc: 1 };
        frames.push(serializeInterleavedFrame(0, serializeRtpPacket({ ...header, payload: bytes })));
      }
  return Buffer.concat(frames);
}

function depacketize(): number {
  const reader = new InterleavedReader();
  reader.expectChannels([0, 1]);
  const receiver = new RtpReceiver({
    track: 0,
    info: { kind: 'video', codec: 'h264', parameterSets: clip.parameterSets },
    format: { kind: 'h264' },
    payloadType: 96,
    clockRateHz: 90_000,
    startedUs: 0,
    mayReorder: false,
    ssrc: 2,
  });
  let units = 0;
  const startedMs = performance.now();
  for (let at = 0; at < wire.length; at += SOCKET_READ_BYTES)
    for (const item of reader.push(wire.subarray(at, at + SOCKET_READ_BYTES)))
      if (item.kind === 'frame') receiver.pushRtp(item.data, performance.now() * 1000, () => units++);
  const elapsedMs = performance.now() - startedMs;
  if (units !== clip.frames.length * LOOPS)
    throw new Error(`${units} access units came out of ${clip.frames.length * LOOPS}.`);
  return wire.length / 1000 / elapsedMs;
}
