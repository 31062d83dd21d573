/** The wire in a thread of its own, which blocks in the kernel, and its port in the main thread. */
import { performance } from 'node:perf_hooks';
import { parentPort, receiveMessageOnPort, Worker, workerData } from 'node:worker_threads';
import { EXIT_CODES } from '../../base/exit-codes.ts';
import { err, ok, type Result } from '../../base/result.ts';
import { failureText } from '../../base/system-error.ts';
import type { Address } from '../../net/address.ts';
import { openEventDescriptor, signal } from '../../sockets/event-descriptor.ts';
import { type Libc, loadLibc } from '../../sockets/libc.ts';
import type { Layer2Wire, MacAddress, OwnedAddress, WireEvent, WireOptions } from '../packets/layer2-wire.ts';
import { OwnedTable } from '../packets/owned-changes.ts';
import type { WireCommand, WireReport, WireThreadData } from './wire-command.ts';
import { type WireChannel, WireLoop } from './wire-loop.ts';

/** The program's hidden command, which runs in the thread. */
export const WIRE_COMMAND = 'layer2-wire';

const FEATURE = 'layer 2';
/** Enough for tables of some ten thousand addresses: a larger one ends the thread, and the node keeps its memory. */
const HEAP_MEGABYTES_MAX = 256;

export class WireThread implements Layer2Wire {
  readonly #libc: Libc;
  readonly #worker: Worker;
  readonly #wakeDescriptor: number;
  readonly #table = new OwnedTable();
  readonly #ended: Promise<void>;
  #isEnded = false;
  #isClosing = false;

  private constructor(libc: Libc, worker: Worker, wakeDescriptor: number) {
    this.#libc = libc;
    this.#worker = worker;
    this.#wakeDescriptor = wakeDescriptor;
    // A thread that blocks in the kernel cannot be stopped, and the end of the process would wait for it without end.
    const wake = (): void => this.#wake();
    process.on('exit', wake);
    this.#ended = new Promise((resolve) => {
      worker.once('exit', () => {
        process.off('exit', wake);
        this.#isEnded = true;
        libc.close(wakeDescriptor);
        resolve();
      });
    });
  }

  /**
   * Starts the thread; `script` is the path of this program. The error is a sentence: without the capability NET_RAW there is
   * no layer 2. `onEvent` is not called before this has resolved.
   */
  static async open(script: string | URL, options: WireOptions): Promise<Result<Layer2Wire, string>> {
    const libc = await loadLibc(FEATURE);
    if (!libc.ok) return libc;
    const wakeDescriptor = openEventDescriptor(libc.value);
    if (!wakeDescriptor.ok) return wakeDescriptor;
    const { suspendedAfter, excluded } = options;
    const data: WireThreadData = { wakeDescriptor: wakeDescriptor.value, suspendedAfter, excluded };
    const worker = new Worker(script, {
      argv: [WIRE_COMMAND],
      workerData: data,
      resourceLimits: { maxOldGenerationSizeMb: HEAP_MEGABYTES_MAX },
    });
    worker.unref();
    const wire = new WireThread(libc.value, worker, wakeDescriptor.value);
    return (await wire.#start(options.onEvent)) ?? ok(wire);
  }

  setOwned(table: readonly OwnedAddress[]): void {
    const changes = this.#table.replace(table);
    if (changes.put.length > 0 || changes.removed.length > 0) this.#send({ kind: 'owned', changes });
  }

  setSpeakers(macs: readonly MacAddress[]): void {
    this.#send({ kind: 'speakers', macs });
  }

  setExcluded(patterns: readonly string[]): void {
    this.#send({ kind: 'excluded', patterns });
  }

  defend(address: Address, interfaceName: string): void {
    this.#send({ kind: 'defend', address, interface: interfaceName });
  }

  announce(addresses: readonly Address[]): void {
    this.#send({ kind: 'announce', addresses });
  }

  resume(): void {
    this.#send({ kind: 'resume' });
  }

  async close(): Promise<void> {
    this.#isClosing = true;
    this.#send({ kind: 'close' });
    this.#worker.ref(); // the process must not end before the addresses are silent
    await this.#ended;
  }

  /** Null once the thread is ready, or why it is not. Afterwards an end of the thread is an event. */
  #start(onEvent: (event: WireEvent) => void): Promise<Result<never, string> | null> {
    const worker = this.#worker;
    worker.ref();
    return new Promise((resolve) => {
      let isReady = false;
      const fail = (message: string): void => {
        if (this.#isClosing) return;
        this.#isClosing = true;
        if (isReady) onEvent({ kind: 'failed', message });
        else resolve(err(message));
      };
      worker.on('message', (report: WireReport) => {
        if (report.kind === 'failed') fail(report.message);
        else if (report.kind !== 'ready') onEvent(report);
        else {
          isReady = true;
          worker.unref();
          resolve(null);
        }
      });
      worker.on('error', (error) => fail(`the thread of layer 2 ended: ${failureText(error)}`));
      worker.on('exit', () => fail('the thread of layer 2 ended'));
    });
  }

  #send(command: WireCommand): void {
    if (this.#isEnded) return;
    this.#worker.postMessage(command);
    this.#wake();
  }

  #wake(): void {
    if (!this.#isEnded) signal(this.#libc, this.#wakeDescriptor);
  }
}

/** Runs in the thread, until the command to close. */
export async function serveWire(): Promise<number> {
  const port = parentPort;
  if (port === null) return EXIT_CODES.usage;
  const data: WireThreadData = workerData;
  const report = (one: WireReport): void => port.postMessage(one);
  const failure = await runLoop(data, {
    now: () => performance.now(),
    report,
    nextCommand: () => {
      const received: { readonly message: WireCommand } | undefined = receiveMessageOnPort(port);
      return received?.message ?? null;
    },
  });
  if (failure !== null) report({ kind: 'failed', message: failure });
  return EXIT_CODES.success;
}

/** Null, or a sentence that says why the wire ended by itself. */
async function runLoop(data: WireThreadData, channel: WireChannel): Promise<string | null> {
  const libc = await loadLibc(FEATURE);
  if (!libc.ok) return libc.error;
  const loop = WireLoop.open(libc.value, data, channel);
  return loop.ok ? loop.value.run() : loop.error;
}
