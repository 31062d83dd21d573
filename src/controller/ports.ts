/** Ports of the controller's components. The main gives them adapters of this shape; neither side imports the other. */

import type { AllocationEventReason } from '../allocation/decision.ts';
import type { Service, ServiceKey } from '../objects/service.ts';
import type { ObjectEvent, RequestOutcome } from '../runtime/ports.ts';

export interface ServiceApi {
  /** One strategic-merge PATCH of the status; returns the Service as it is afterwards. */
  patch(key: ServiceKey, body: object): Promise<RequestOutcome<Service>>;
  read(key: ServiceKey): Promise<RequestOutcome<Service>>;
}

/** The cache of Services that a watch keeps up to date. */
export interface ServiceCacheView {
  get(key: ServiceKey): Service | undefined;
  values(): Iterable<Service>;
  /** The server's response to a request of ours; one that is older than the cache changes nothing. */
  applyResponse(service: Service): void;
  /** A read that began after the Service left the cache, if it did, has shown that it exists. */
  confirmExists(service: Service): void;
  /** A response of the server has shown that the Service with this uid does not exist. */
  confirmDeleted(key: ServiceKey, uid: string): void;
}

/** Reasons of Events on pools, and on the Deployment of MetalLB's controller. */
export type ControllerEventReason =
  | 'PoolInvalid'
  | 'PoolOverlaps'
  | 'PoolWarning'
  | 'NotAnnounced'
  | 'BerthStandsBack';

export type ControllerEvent = ObjectEvent<AllocationEventReason | ControllerEventReason>;
