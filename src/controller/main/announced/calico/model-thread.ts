/**
 * The model of Calico in a thread of its own: it takes seconds for a large cluster, while this process must renew its Lease
 * and assign addresses. The thread ends when it has been idle for a while, which frees its memory.
 */
import { parentPort, Worker } from 'node:worker_threads';
import type { Clock, Millis } from '../../../../base/clock.ts';
import { CalicoModel, type ModelRequest, type ModelResult } from '../../../../calico/report/calico-model.ts';
import { hashedRouterId } from '../../../../kube/node-router-id.ts';

export interface CalicoModelClient {
  /** It holds no objects: the next request must be a full one. */
  readonly isEmpty: boolean;
  /** Rejects where the evaluation fails; the model is empty then. One request at a time. */
  evaluate(question: ModelRequest): Promise<ModelResult>;
  close(): void;
}

/** For processes that have no built program to start a thread from: tests and playgrounds. */
export class InProcessModel implements CalicoModelClient {
  #answerer: CalicoModel | null = null;

  get isEmpty(): boolean {
    return this.#answerer === null;
  }

  async evaluate(question: ModelRequest): Promise<ModelResult> {
    const answerer = this.#answerer ?? new CalicoModel(hashedRouterId);
    this.#answerer = null;
    const answer = answerer.evaluate(question);
    this.#answerer = answerer;
    return answer;
  }

  close(): void {
    this.#answerer = null;
  }
}

/** The program's hidden command, which serves the model in the thread. */
export const MODEL_COMMAND = 'calico-model';

export const IDLE_TIMEOUT: Millis = 30_000;
/** Limits the memory of the thread: a larger cluster gets an error, and the node keeps its memory. */
const HEAP_MEGABYTES_MAX = 1024;

export class ModelThread implements CalicoModelClient {
  readonly #script: string;
  readonly #clock: Clock;
  #worker: Worker | null = null;
  #cancelIdleTimeout: () => void = () => {};

  /** `script` is the path of this program, built. */
  constructor(script: string, clock: Clock) {
    this.#script = script;
    this.#clock = clock;
  }

  get isEmpty(): boolean {
    return this.#worker === null;
  }

  evaluate(question: ModelRequest): Promise<ModelResult> {
    this.#cancelIdleTimeout();
    const worker = this.#worker ?? this.#start();
    this.#worker = worker;
    worker.ref();
    return new Promise<ModelResult>((resolve, reject) => {
      const finish = (): void => {
        worker.off('message', onMessage);
        worker.off('error', onError);
        worker.off('exit', onExit);
        worker.unref();
        if (this.#worker === worker)
          this.#cancelIdleTimeout = this.#clock.after(IDLE_TIMEOUT, () => this.close());
      };
      const onMessage = (answer: ModelResult): void => {
        finish();
        resolve(answer);
      };
      const onError = (error: unknown): void => {
        finish();
        // One that was closed may end when there is another one already.
        if (this.#worker === worker) this.close();
        reject(error);
      };
      const onExit = (): void => onError(new Error('the thread of the model ended'));
      worker.on('message', onMessage);
      worker.on('error', onError);
      worker.on('exit', onExit);
      worker.postMessage(question);
    });
  }

  close(): void {
    this.#cancelIdleTimeout();
    const worker = this.#worker;
    this.#worker = null;
    void worker?.terminate();
  }

  #start(): Worker {
    const worker = new Worker(this.#script, {
      argv: [MODEL_COMMAND],
      resourceLimits: { maxOldGenerationSizeMb: HEAP_MEGABYTES_MAX },
    });
    // Between two requests there is no other listener, and an unhandled error ends the process.
    worker.on('error', () => {
      if (this.#worker === worker) this.#worker = null;
    });
    return worker;
  }
}

/** Serves the model in the thread, until the thread is terminated. */
export async function serveModel(): Promise<number> {
  const port = parentPort;
  if (port === null) return 2;
  const answerer = new CalicoModel(hashedRouterId);
  port.on('message', (question: ModelRequest) => port.postMessage(answerer.evaluate(question)));
  await new Promise<void>((resolve) => port.once('close', () => resolve()));
  return 0;
}
