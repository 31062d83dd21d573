/**
 * Kubernetes events (core/v1): a new one for what is new, a higher count for what was said before of the same
 * object. One request each; when to post and what to do about failures is for the caller's queue.
 */
import type { Clock, Millis } from '../base/clock.ts';
import { type ApiOutcome, type ApiSender, MERGE_PATCH } from './outcome.ts';
import { collectionPath, EVENTS, objectPath } from './resource.ts';

/** What an event is about. */
export type EventSubject = {
  readonly apiVersion: string;
  readonly kind: string;
  /** '' for what lives in none; its events go to `default`, as everybody's do. */
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly resourceVersion: string;
};

export type EventText = {
  readonly type: 'Normal' | 'Warning';
  readonly reason: string;
  readonly message: string;
};

/** Events remembered so that a repeat can be counted; the longest unheard of is forgotten first. */
export const REPEATS_MAX = 4096;

/** kube-apiserver forgets events after an hour (`--event-ttl`); a repeat after that is a new event. */
export const REPEAT_WITHIN: Millis = 3_600_000;

/** The API's limit, in characters. */
const MESSAGE_MAX = 1024;
/** What names may have, less the dot and the stamp. */
const NAME_MAX = 253 - 24;

export type EventPosterOptions = {
  readonly client: ApiSender;
  readonly clock: Clock;
  /** In [0, 1). */
  readonly random: () => number;
  /** `metallb-controller`. */
  readonly component: string;
  /** Which process: the Pod's name. */
  readonly instance: string;
  /** For one request. */
  readonly timeout: Millis;
  /** See `ApiRequest`. */
  readonly mayStillSend?: () => boolean;
};

type Posted = {
  readonly name: string;
  readonly namespace: string;
  readonly count: number;
  readonly at: Millis;
};

export class EventPoster {
  readonly #options: EventPosterOptions;
  readonly #posted = new Map<string, Posted>();

  constructor(options: EventPosterOptions) {
    this.#options = options;
  }

  async post(about: EventSubject, text: EventText): Promise<ApiOutcome> {
    const key = JSON.stringify([about.uid, about.kind, about.name, text.type, text.reason, text.message]);
    const before = this.#posted.get(key);
    if (before !== undefined && this.#options.clock.now() - before.at < REPEAT_WITHIN) {
      const outcome = await this.#repeat(key, before);
      if (!(outcome.kind === 'refused' && outcome.status === 404)) return outcome;
    }
    return this.#create(key, about, text);
  }

  async #create(key: string, about: EventSubject, text: EventText): Promise<ApiOutcome> {
    const { clock, component, instance } = this.#options;
    const at = clock.now();
    const time = wholeSeconds(clock.wall());
    const namespace = about.namespace === '' ? 'default' : about.namespace;
    const name = `${about.name.slice(0, NAME_MAX)}.${this.#stamp()}`;
    const outcome = await this.#send('POST', collectionPath(EVENTS, namespace), {
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { name, namespace },
      involvedObject: subjectReference(about),
      type: text.type,
      reason: text.reason,
      message: text.message.slice(0, MESSAGE_MAX),
      source: { component },
      reportingComponent: component,
      reportingInstance: instance,
      count: 1,
      firstTimestamp: time,
      lastTimestamp: time,
    });
    if (outcome.kind === 'ok') this.#remember(key, { name, namespace, count: 1, at });
    return outcome;
  }

  async #repeat(key: string, before: Posted): Promise<ApiOutcome> {
    const { clock } = this.#options;
    const count = before.count + 1;
    const outcome = await this.#send('PATCH', objectPath(EVENTS, before), {
      count,
      lastTimestamp: wholeSeconds(clock.wall()),
    });
    if (outcome.kind === 'ok') this.#remember(key, { ...before, count, at: clock.now() });
    return outcome;
  }

  #send(method: 'POST' | 'PATCH', path: string, body: object): Promise<ApiOutcome> {
    const { client, timeout, mayStillSend } = this.#options;
    return client.send({
      method,
      path,
      body,
      timeout,
      ...(method === 'PATCH' ? { contentType: MERGE_PATCH } : {}),
      ...(mayStillSend === undefined ? {} : { mayStillSend }),
    });
  }

  /** A map keeps the order of insertion, so the first is the one that was not heard of for longest. */
  #remember(key: string, posted: Posted): void {
    this.#posted.delete(key);
    this.#posted.set(key, posted);
    if (this.#posted.size <= REPEATS_MAX) return;
    for (const oldest of this.#posted.keys()) {
      this.#posted.delete(oldest);
      return;
    }
  }

  /** Time and chance: two processes, or two events of one millisecond, hardly ever agree on it. */
  #stamp(): string {
    const chance = Math.floor(this.#options.random() * 2 ** 32);
    return `${Math.floor(this.#options.clock.wall()).toString(16)}${chance.toString(16).padStart(8, '0')}`;
  }
}

function subjectReference({ namespace, ...about }: EventSubject): object {
  return namespace === '' ? about : { ...about, namespace };
}

/** `metav1.Time`. */
const wholeSeconds = (wall: Millis): string => `${new Date(wall).toISOString().slice(0, 19)}Z`;
