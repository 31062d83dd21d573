/**
 * Records Kubernetes Events (core/v1): creates an Event, or raises the count of an earlier one with the same object and
 * text. Each is one request; the caller's queue decides when to record, and what to do about failures.
 */
import { putNewest } from '../base/bounded-map.ts';
import type { Clock, Millis } from '../base/clock.ts';
import type { ObjectReference } from '../objects/object-reference.ts';
import { MERGE_PATCH } from '../objects/patch-type.ts';
import { type ApiOutcome, type ApiSender, isNotFound } from './http/api-request.ts';
import { collectionPath, EVENTS, objectPath } from './resource.ts';

export type EventText = {
  readonly type: 'Normal' | 'Warning';
  readonly reason: string;
  readonly message: string;
};

/** Events kept for counting repeats; the least recent is dropped first. */
export const REMEMBERED_EVENTS_MAX = 4096;

/** kube-apiserver deletes Events after an hour (`--event-ttl`); a later repeat is a new Event. */
export const REPEAT_WINDOW: Millis = 3_600_000;

/** The API's limit, in characters. */
const MESSAGE_MAX = 1024;
/** The limit of names, less the dot and the suffix. */
const NAME_MAX = 253 - 24;

export type EventRecorderOptions = {
  readonly client: ApiSender;
  readonly clock: Clock;
  /** In [0, 1). */
  readonly random: () => number;
  /** `metallb-controller`. */
  readonly component: string;
  /** The name of the Pod. */
  readonly instance: string;
  /** Of one request. */
  readonly timeout: Millis;
  /** See `ApiRequest`. */
  readonly mayStillSend?: () => boolean;
};

type RecordedEvent = {
  readonly name: string;
  readonly namespace: string;
  readonly count: number;
  readonly recordedAt: Millis;
};

export class EventRecorder {
  readonly #options: EventRecorderOptions;
  readonly #recorded = new Map<string, RecordedEvent>();

  constructor(options: EventRecorderOptions) {
    this.#options = options;
  }

  async record(involved: ObjectReference, text: EventText): Promise<ApiOutcome> {
    const key = JSON.stringify([
      involved.uid,
      involved.kind,
      involved.name,
      text.type,
      text.reason,
      text.message,
    ]);
    const previous = this.#recorded.get(key);
    if (previous !== undefined && this.#options.clock.now() - previous.recordedAt < REPEAT_WINDOW) {
      const outcome = await this.#increment(key, previous);
      if (!isNotFound(outcome)) return outcome;
    }
    return this.#create(key, involved, text);
  }

  async #create(key: string, involved: ObjectReference, text: EventText): Promise<ApiOutcome> {
    const { clock, component, instance } = this.#options;
    const recordedAt = clock.now();
    const time = formatTime(clock.wall());
    const namespace = involved.namespace === '' ? 'default' : involved.namespace;
    const name = `${involved.name.slice(0, NAME_MAX)}.${this.#nameSuffix()}`;
    const outcome = await this.#send('POST', collectionPath(EVENTS, namespace), {
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { name, namespace },
      involvedObject: objectReference(involved),
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
    if (outcome.kind === 'ok')
      putNewest(this.#recorded, REMEMBERED_EVENTS_MAX, key, { name, namespace, count: 1, recordedAt });
    return outcome;
  }

  async #increment(key: string, previous: RecordedEvent): Promise<ApiOutcome> {
    const { clock } = this.#options;
    const count = previous.count + 1;
    const outcome = await this.#send('PATCH', objectPath(EVENTS, previous), {
      count,
      lastTimestamp: formatTime(clock.wall()),
    });
    if (outcome.kind === 'ok')
      putNewest(this.#recorded, REMEMBERED_EVENTS_MAX, key, { ...previous, count, recordedAt: clock.now() });
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

  /** Time and a random number: two processes, or two events within one millisecond, hardly ever collide. */
  #nameSuffix(): string {
    const randomPart = Math.floor(this.#options.random() * 2 ** 32);
    return `${Math.floor(this.#options.clock.wall()).toString(16)}${randomPart.toString(16).padStart(8, '0')}`;
  }
}

function objectReference({ namespace, ...about }: ObjectReference): object {
  return namespace === '' ? about : { ...about, namespace };
}

/** `metav1.Time`. */
const formatTime = (wall: Millis): string => `${new Date(wall).toISOString().slice(0, 19)}Z`;
