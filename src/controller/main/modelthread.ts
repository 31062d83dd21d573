/**
 * The model of Calico in a thread of its own: a large cluster takes it seconds, in which this process must renew its lease
 * and assign addresses as ever. The thread ends when it has had nothing to do for a while, and its memory with it.
 */
import { parentPort, Worker } from 'node:worker_threads';
import type { Clock, Millis } from '../../base/clock.ts';
import { type Answer, Answerer, type Question } from '../../calico/answer.ts';
import { routerIdOf } from '../../kube/noderouterid.ts';

export interface Model {
  /** It remembers nothing: the next question has to bring everything. */
  readonly isFresh: boolean;
  /** Rejects where the answer could not be worked out; then nothing is remembered. One question at a time. */
  answer(question: Question): Promise<Answer>;
  close(): void;
}

/** Where there is nothing to start a thread from, and for clusters of tests and playgrounds. */
export class ModelInProcess implements Model {
  #answerer: Answerer | null = null;

  get isFresh(): boolean {
    return this.#answerer === null;
  }

  async answer(question: Question): Promise<Answer> {
    this.#answerer ??= new Answerer(routerIdOf);
    return this.#answerer.answer(question);
  }

  close(): void {
    this.#answerer = null;
  }
}

/** The program's hidden word for the thread. */
export const MODEL_WORD = 'calico-model';

const IDLE: Millis = 30_000;
/** A cluster that needs more is told so instead of taking the node's memory. */
const HEAP_MEGABYTES_MAX = 1024;

export class ModelThread implements Model {
  readonly #script: string;
  readonly #clock: Clock;
  #worker: Worker | null = null;
  #cancelEnd: () => void = () => {};

  /** `script` is this very program, built. */
  constructor(script: string, clock: Clock) {
    this.#script = script;
    this.#clock = clock;
  }

  get isFresh(): boolean {
    return this.#worker === null;
  }

  answer(question: Question): Promise<Answer> {
    this.#cancelEnd();
    const worker = this.#worker ?? this.#start();
    this.#worker = worker;
    worker.ref();
    return new Promise<Answer>((resolve, reject) => {
      const end = (): void => {
        worker.off('message', answered);
        worker.off('error', failed);
        worker.off('exit', gone);
        worker.unref();
        this.#cancelEnd = this.#clock.after(IDLE, () => this.close());
      };
      const answered = (answer: Answer): void => {
        end();
        resolve(answer);
      };
      const failed = (error: unknown): void => {
        end();
        this.close();
        reject(error);
      };
      const gone = (): void => failed(new Error('the thread of the model ended'));
      worker.on('message', answered);
      worker.on('error', failed);
      worker.on('exit', gone);
      worker.postMessage(question);
    });
  }

  close(): void {
    this.#cancelEnd();
    const worker = this.#worker;
    this.#worker = null;
    void worker?.terminate();
  }

  #start(): Worker {
    const worker = new Worker(this.#script, {
      argv: [MODEL_WORD],
      resourceLimits: { maxOldGenerationSizeMb: HEAP_MEGABYTES_MAX },
    });
    // Between two questions nobody else listens, and an error that nobody hears ends the process.
    worker.on('error', () => {
      if (this.#worker === worker) this.#worker = null;
    });
    return worker;
  }
}

/** What the thread does, until it is ended. */
export async function serveModel(): Promise<number> {
  const port = parentPort;
  if (port === null) return 2;
  const answerer = new Answerer(routerIdOf);
  port.on('message', (question: Question) => port.postMessage(answerer.answer(question)));
  await new Promise<void>((resolve) => port.once('close', () => resolve()));
  return 0;
}
