import type { SendPath } from '../../server/outputs/webrtc/sending/send-path.ts';

/** The same path, but it loses this share of the packets: their RTP version is made invalid, so that receivers drop them. */
export function lossySendPath(sendPath: SendPath, share: number): SendPath {
  return {
    ...sendPath,
    bind: async (address, port) => {
      const bound = await sendPath.bind(address, port);
      return {
        ...bound,
        senderTo: (remote, remotePort) => {
          const send = bound.senderTo(remote, remotePort);
          return (run) => {
            for (let index = 0; index < run.count; index++)
              if (Math.random() < share) run.block.bytes[run.packetAt[index] as number] = 0;
            return send(run);
          };
        },
      };
    },
  };
}
