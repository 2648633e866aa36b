import { MessageChannel } from 'node:worker_threads';

/** What a port without a peer is handed is gone: the HTML standard has it transferred first and then dropped. */
const { port1: closedPort } = new MessageChannel();
closedPort.close();

/**
 * Gives back the memory behind an array at once. V8 counts such memory against its heap and looks through all of that the
 * sooner: 25 MB of key stream a second, collected as garbage, took a sixth of the time that sending it did.
 */
export function releaseMemory({ buffer }: Uint8Array<ArrayBuffer>): void {
  closedPort.postMessage(undefined, [buffer]);
}
