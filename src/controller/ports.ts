/**
 * What the controller's loops need from the outside, in their own few words. The main hands them adapters of
 * this shape; neither side imports the other.
 */

import type { AllocationEventReason } from '../allocation/decision.ts';
import type { Service, ServiceKey } from '../objects/service.ts';
import type { ObjectEvent, RequestOutcome } from '../runtime/ports.ts';

export interface ServiceApi {
  /** One strategic-merge PATCH of the status; gives back the Service as it is now. */
  patch(key: ServiceKey, body: object): Promise<RequestOutcome<Service>>;
  read(key: ServiceKey): Promise<RequestOutcome<Service>>;
}

/** The picture of the Services that a watch keeps up to date. */
export interface ServiceCacheView {
  get(key: ServiceKey): Service | undefined;
  values(): Iterable<Service>;
  /** The server's own answer to a request of ours; older news than we have changes nothing. */
  applyResponse(service: Service): void;
  /** The server's own word that the Service with this uid is no more. */
  confirmDeleted(key: ServiceKey, uid: string): void;
}

/** Of what is told of pools, and of the Deployment of MetalLB's controller. */
export type ControllerEventReason =
  | 'PoolInvalid'
  | 'PoolOverlaps'
  | 'PoolWarning'
  | 'NotAnnounced'
  | 'BerthStandsBack';

export type ControllerEvent = ObjectEvent<AllocationEventReason | ControllerEventReason>;
