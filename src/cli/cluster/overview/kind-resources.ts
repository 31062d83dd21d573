/** The resources of the kinds that the overview is made of, and which of their objects it reads. */
import {
  BFD_PROFILES,
  BGP_ADVERTISEMENTS,
  BGP_PEERS,
  COMMUNITIES,
  CONFIGURATION_STATES,
  IP_ADDRESS_POOLS,
  L2_ADVERTISEMENTS,
  LEASES,
  NAMESPACES,
  NODES,
  PODS,
  type Resource,
  SERVICE_L2_STATUSES,
  SPEAKER_STATUSES,
} from '../../../kube/resource.ts';
import type { OverviewKind } from '../../../overview/kinds.ts';

/** Of namespaced resources the objects in the controller's namespace. */
export const OVERVIEW_RESOURCES: Readonly<Record<OverviewKind, Resource>> = {
  IPAddressPool: IP_ADDRESS_POOLS,
  L2Advertisement: L2_ADVERTISEMENTS,
  BGPAdvertisement: BGP_ADVERTISEMENTS,
  BGPPeer: BGP_PEERS,
  Community: COMMUNITIES,
  BFDProfile: BFD_PROFILES,
  ConfigurationState: CONFIGURATION_STATES,
  Lease: LEASES,
  Pod: PODS,
  SpeakerStatus: SPEAKER_STATUSES,
  ServiceL2Status: SERVICE_L2_STATUSES,
  Namespace: NAMESPACES,
  Node: NODES,
};
