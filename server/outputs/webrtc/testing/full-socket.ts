// A socket without room, for dgram-sender.test.ts. Run with node's --test-udp-no-try-send, which leaves every packet to the queue
// that is else for packets the system did not take. Sends three runs to a port at once, then as many as are taken.
import { setImmediate as nextTurn } from 'node:timers/promises';
import { portableSendPath } from '../sending/send-path.ts';
import { numberedRun } from './numbered-run.ts';

const { socket, senderTo } = await portableSendPath().bind('127.0.0.1', 0);
const send = senderTo('127.0.0.1', Number(process.argv[2]));
const ten = Array<number>(10).fill(1200);
const outcomes = [0, 10, 20].map((first) => send(numberedRun(first, ten)));
const waitingBytes = socket.getSendQueueSize();
while (socket.getSendQueueSize() > 0) await nextTurn();
outcomes.push(send(numberedRun(30, ten)));
while (socket.getSendQueueSize() > 0) await nextTurn();
const sendElsewhere = senderTo('127.0.0.1', 9);
for (let runs = 0; runs < 100; runs++) outcomes.push(sendElsewhere(numberedRun(0, ten)));
process.send?.({ outcomes, waitingBytes, mostBytes: socket.getSendQueueSize() }, () => process.exit(0));
