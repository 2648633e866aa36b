import { WebSocket } from 'ws';

export type Measurement = { readonly heapMb: number; readonly resources: Readonly<Record<string, number>> };

/** The inside of a gateway process, seen through Node's inspector. */
export type Inspector = {
  /** After a garbage collection: heap, and how many sockets, timers and the like are alive. */
  measure(): Promise<Measurement>;
  close(): void;
};

const EXPRESSION = `JSON.stringify({
  heapMb: process.memoryUsage().heapUsed / 1e6,
  resources: process.getActiveResourcesInfo().reduce((counts, kind) => ({ ...counts, [kind]: (counts[kind] ?? 0) + 1 }), {}),
})`;

/** The process was started with `--inspect=127.0.0.1:PORT`. */
export async function inspect(port: number): Promise<Inspector> {
  const [target] = (await (await fetch(`http://127.0.0.1:${port}/json`)).json()) as { webSocketDebuggerUrl: string }[];
  const socket = new WebSocket(target?.webSocketDebuggerUrl ?? '');
  await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
  let lastId = 0;
  const waiting = new Map<number, (result: { result?: { value?: string } }) => void>();
  socket.on('message', (data) => {
    const { id, result } = JSON.parse(String(data)) as { id: number; result: { result?: { value?: string } } };
    waiting.get(id)?.(result);
    waiting.delete(id);
  });
  const call = (method: string, params = {}): Promise<{ result?: { value?: string } }> =>
    new Promise((resolve) => {
      const id = ++lastId;
      waiting.set(id, resolve);
      socket.send(JSON.stringify({ id, method, params }));
    });
  return {
    measure: async () => {
      await call('HeapProfiler.collectGarbage');
      await call('HeapProfiler.collectGarbage');
      const { result } = await call('Runtime.evaluate', { expression: EXPRESSION });
      return JSON.parse(result?.value ?? '{}');
    },
    close: () => socket.close(),
  };
}
