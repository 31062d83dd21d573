/** The thread of BFD: an engine that is told its sessions, and tells what happens to them. */
import { parentPort } from 'node:worker_threads';
import { EXIT_CODES } from '../../base/exit-codes.ts';
import { systemClock } from '../../workqueue/system-clock.ts';
import { BfdEngine } from './engine.ts';
import { type FromBfdThread, STATUS_INTERVAL, type ToBfdThread } from './thread-messages.ts';
import { UdpSockets } from './udp-sockets.ts';

/** Serves until it is stopped or its owner ends. Returns the exit code. */
export async function serveBfd(): Promise<number> {
  const port = parentPort;
  if (port === null) return EXIT_CODES.usage;
  const say = (message: FromBfdThread): void => port.postMessage(message);
  const engine = new BfdEngine({
    clock: systemClock,
    random: Math.random,
    sockets: new UdpSockets(Math.random),
    changed: (change) => say({ kind: 'changed', change }),
  });
  const sayStatuses = (): void => say({ kind: 'statuses', statuses: engine.statuses });
  let cancel = (): void => {};
  const sayPeriodically = (): void => {
    cancel = systemClock.after(STATUS_INTERVAL, () => {
      sayStatuses();
      sayPeriodically();
    });
  };
  sayPeriodically();
  await new Promise<void>((resolve) => {
    port.on('message', (message: ToBfdThread) => {
      if (message.kind === 'stop') {
        resolve();
        return;
      }
      engine.apply(message.specs);
      sayStatuses();
    });
    port.once('close', () => resolve());
  });
  cancel();
  await engine.stop();
  say({ kind: 'stopped' });
  port.close();
  return EXIT_CODES.success;
}
