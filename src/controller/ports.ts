/**
 * What the controller's loops need from the outside, in their own few words. The main hands them adapters of
 * this shape; neither side imports the other.
 */
import type { Millis } from '../base/clock.ts';
import type { Service, ServiceKey } from '../cluster/service.ts';
import type { EventDraft, EventReason } from '../plan/decision.ts';

/** What became of a request, told apart by what may be believed afterwards. */
export type Answer<T> =
  | { readonly kind: 'done'; readonly value: T }
  /** It is no more, or another object has its name. */
  | { readonly kind: 'gone' }
  /** Our picture of it was too old. */
  | { readonly kind: 'stale' }
  /** Refused for now; `after` where the server said how long to wait. */
  | {
      readonly kind: 'busy';
      readonly because: string;
      readonly after: Millis | null;
      /** Surely nothing was done; else only a read can tell. */
      readonly undone: boolean;
    }
  /** Refused for good, as far as this request goes: no rights, or not valid. */
  | { readonly kind: 'refused'; readonly because: string }
  /** Nothing left this process. */
  | { readonly kind: 'unsent'; readonly because: string }
  /** It may or may not have been done. */
  | { readonly kind: 'unknown'; readonly because: string };

export interface ServiceApi {
  /** One strategic-merge PATCH of the status; gives back the Service as it is now. */
  patch(key: ServiceKey, body: object): Promise<Answer<Service>>;
  read(key: ServiceKey): Promise<Answer<Service>>;
}

/** The picture of the Services that a watch keeps up to date. */
export interface ServiceView {
  get(key: ServiceKey): Service | undefined;
  values(): Iterable<Service>;
  /** The server's own answer to a request of ours; older news than we have changes nothing. */
  answered(service: Service): void;
  /** The server's own word that the Service with this uid is no more. */
  gone(key: ServiceKey, uid: string): void;
}

/** What an event is about. */
export type EventSubject = {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly resourceVersion: string;
};

/** Of what is told of pools, and of the Deployment of MetalLB's controller. */
export type OwnEventReason =
  | 'PoolInvalid'
  | 'PoolOverlaps'
  | 'PoolWarning'
  | 'NotAnnounced'
  | 'BerthStandsBack';

export type EventNote = {
  readonly about: EventSubject;
  readonly event: Omit<EventDraft, 'reason'> & { readonly reason: EventReason | OwnEventReason };
};

export interface EventApi {
  post(note: EventNote): Promise<Answer<void>>;
}
