/**
 * What the controller's loops need from the outside, in their own few words. The main hands them adapters of
 * this shape; neither side imports the other.
 */
import type { Service, ServiceKey } from '../cluster/service.ts';
import type { EventReason } from '../plan/decision.ts';
import type { Answer, Note } from '../program/ports.ts';

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

/** Of what is told of pools, and of the Deployment of MetalLB's controller. */
export type OwnEventReason =
  | 'PoolInvalid'
  | 'PoolOverlaps'
  | 'PoolWarning'
  | 'NotAnnounced'
  | 'BerthStandsBack';

export type EventNote = Note<EventReason | OwnEventReason>;
