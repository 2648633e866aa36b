// Unmodified werift for comparison: its own ICE, and packets through track.writeRtp, SRTP and dgram. Same routes as gateway.ts:
//   node --import tsx bench/webrtc/stock-werift.ts PORT
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { MediaStreamTrack, RTCPeerConnection, RtpHeader, RtpPacket, useH264 } from 'werift';
import { RtpPacketizer } from '../../server/media/rtp/rtp-packetizer.ts';
import { fourMegabitFrames } from './four-megabit-frames.ts';

const MAX_PAYLOAD_BYTES = 1172;
const track = new MediaStreamTrack({ kind: 'video' });
const packetizer = new RtpPacketizer('h264', MAX_PAYLOAD_BYTES);
const room = new Uint8Array(MAX_PAYLOAD_BYTES);
const frames = fourMegabitFrames(50);
let sequenceNumber = 0;
let frame = 0;
setInterval(() => {
  packetizer.start(frames[frame % frames.length] ?? []);
  while (!packetizer.isDone) {
    const payload = Buffer.from(room.subarray(0, packetizer.write(room, 0)));
    sequenceNumber = (sequenceNumber + 1) & 0xffff;
    const timestamp = (frame * 3600) >>> 0;
    track.writeRtp(
      new RtpPacket(
        new RtpHeader({ payloadType: 96, sequenceNumber, timestamp, marker: packetizer.isDone, ssrc: 1 }),
        payload,
      ),
    );
  }
  frame++;
}, 40);

const server = createServer(async (request, response) => {
  const pc = new RTCPeerConnection({
    codecs: { video: [useH264({ rtcpFeedback: [{ type: 'nack' }, { type: 'nack', parameter: 'pli' }] })], audio: [] },
    iceUseIpv6: false,
    iceInterfaceAddresses: { udp4: '127.0.0.1' },
    iceAdditionalHostAddresses: ['127.0.0.1'],
  });
  await pc.setRemoteDescription({ type: 'offer', sdp: await text(request) });
  for (const { connection } of pc.iceTransports) (connection as { stunServer?: unknown }).stunServer = undefined;
  const [transceiver] = pc.getTransceivers();
  await transceiver?.sender.replaceTrack(track);
  transceiver?.setDirection('sendonly');
  await pc.setLocalDescription(await pc.createAnswer());
  response.writeHead(201).end(pc.localDescription?.sdp);
});
server.listen(Number(process.argv[2] ?? 0), '127.0.0.1');
await once(server, 'listening');
console.log(JSON.stringify({ port: (server.address() as AddressInfo).port }));
process.stdin.resume();
await once(process.stdin, 'end');
process.exit(0);
