import type { OpenTransport } from '../transport.ts';

/** Opens a transport whose script is loaded only when it is needed. */
export function openLazily(load: () => Promise<OpenTransport>): OpenTransport {
  return (request) => {
    let transport: ReturnType<OpenTransport> | undefined;
    let isClosed = false;
    load().then(
      (open) => {
        if (!isClosed) transport = open(request);
      },
      () => {
        if (!isClosed) request.lost({ kind: 'broken', why: 'connection' });
      },
    );
    return {
      statistics: async () => (transport ? transport.statistics() : { milestones: {}, bytesReceived: 0 }),
      close: () => {
        isClosed = true;
        transport?.close();
      },
    };
  };
}
