import { MessageChannel } from 'node:worker_threads';

/** An array that is posted to a port without a peer is freed: by the HTML standard it is transferred and then dropped. */
const { port1: closedPort } = new MessageChannel();
closedPort.close();

/**
 * Frees the memory of an array at once. V8 counts such memory as part of its heap and therefore collects garbage more often:
 * with 25 MB of key stream a second, this took a sixth of the time that sending took.
 */
export function releaseMemory({ buffer }: Uint8Array<ArrayBuffer>): void {
  closedPort.postMessage(undefined, [buffer]);
}
