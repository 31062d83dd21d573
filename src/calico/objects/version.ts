/**
 * Differences in behaviour between versions of Calico, from its tagged sources. The version comes from
 * `ClusterInformation/default`; an unknown one counts as the newest known.
 */

export type CalicoBehaviour = {
  /** The field `serviceLoadBalancerAggregation` is read (3.31.0, PR 10719). */
  readonly knowsAggregation: boolean;
  /** The field `nextHopMode` is read (3.30.2); before, `keepOriginalNextHop` alone. */
  readonly knowsNextHopMode: boolean;
  /** Single-address entries are matched against the addresses in the status (3.30.7, 3.31.5, 3.32.0; PR 11917). */
  readonly matchesStatus: boolean;
  /** Endpoints that are not ready do not count (3.31.7, and after 3.32.1; PR 13246, 13255). Endpoints before 3.31. */
  readonly needsReadiness: boolean;
  /**
   * A changed EndpointSlice makes confd evaluate its Service with all of its slices (same versions; PR 13246, 13255). Others
   * evaluate it with the changed slice alone.
   */
  readonly judgesSlicesTogether: boolean;
  /** confd watches Endpoints, which are named after their Service (before 3.31.0), instead of EndpointSlices. */
  readonly watchesEndpoints: boolean;
  /** Endpoints of the family of the first ClusterIP alone count (before 3.31.4 and 3.32.0; PR 11503). */
  readonly countsFirstFamilyOnly: boolean;
  /** confd renders no file of a node whose Node object is gone (3.32.0); before, only not the main file. */
  readonly needsOwnNode: boolean;
  /**
   * `CALICO_ADVERTISE_CLUSTER_IPS` stays in force (3.33.0, PR 12524). Before, confd withdraws its range as soon as it has read
   * the Nodes, and takes none from BGPConfiguration either.
   */
  readonly keepsClusterIPsVariable: boolean;
  /** `projectcalico.org/v3` is served from CRDs, with `format: cidr` and rules (3.32.0). */
  readonly hasNativeCrds: boolean;
  /**
   * A node sends its own routes to iBGP peers with a LOCAL_PREF made of their priority, and expects its own AS from mesh
   * neighbours without an annotation (3.32.0, `bgp_processor.go`). Before, LOCAL_PREF is BIRD's default, and such neighbours
   * have the AS of BGPConfiguration `default`.
   */
  readonly hasBgpProcessor: boolean;
  /**
   * Listed ranges that a route reflector exports whatever its own static routes are: those of load balancers (3.27.3), and of
   * externalIPs as well (3.33.0, PR 13413).
   */
  readonly reflectedRanges: 'none' | 'load-balancers' | 'all';
  /** BIRD programs the routes of IPIP pools; later Felix does (`programClusterRoutes`, after 3.32). */
  readonly programsIpip: boolean;
  /** Its LoadBalancer IPAM exists (3.30.0), honours `loadBalancerClass` (3.30.3, 3.31.0; PR 10627, 10631), and claims
   * Services with `spec.loadBalancerIP` (after 3.32.1). */
  readonly ipam: 'none' | 'any-class' | 'by-class' | 'by-class-or-address';
};

/** Major, minor, patch. */
export type CalicoVersion = readonly [number, number, number];

/** Null for text that is not a version. */
export function parseVersion(text: string): CalicoVersion | null {
  const match = /^v?(\d+)\.(\d+)(?:\.(\d+))?/.exec(text);
  return match === null ? null : [Number(match[1]), Number(match[2]), Number(match[3] ?? 0)];
}

const isAtLeast = (version: CalicoVersion | null, major: number, minor: number, patch: number): boolean => {
  if (version === null) return true;
  const [a, b, c] = version;
  return a !== major ? a > major : b !== minor ? b > minor : c >= patch;
};

export const isBefore = (version: CalicoVersion, [major, minor, patch]: CalicoVersion): boolean =>
  !isAtLeast(version, major, minor, patch);

export const formatVersion = (version: CalicoVersion): string => `v${version.join('.')}`;

/** Whether the version has one of these tags: the patch of its own minor, or any later version than the last tag. */
const isInAnyOf = (
  version: CalicoVersion | null,
  ...tags: readonly (readonly [number, number, number])[]
): boolean =>
  version === null ||
  tags.some(([major, minor, patch], index) =>
    index === tags.length - 1
      ? isAtLeast(version, major, minor, patch)
      : version[0] === major && version[1] === minor && version[2] >= patch,
  );

export function behaviourOf(version: CalicoVersion | null): CalicoBehaviour {
  return {
    knowsAggregation: isAtLeast(version, 3, 31, 0),
    knowsNextHopMode: isAtLeast(version, 3, 30, 2),
    matchesStatus: isInAnyOf(version, [3, 30, 7], [3, 31, 5], [3, 32, 0]),
    needsReadiness: hasFixOfEndpoints(version),
    judgesSlicesTogether: hasFixOfEndpoints(version),
    watchesEndpoints: !isAtLeast(version, 3, 31, 0),
    countsFirstFamilyOnly: !isInAnyOf(version, [3, 31, 4], [3, 32, 0]),
    needsOwnNode: isAtLeast(version, 3, 32, 0),
    keepsClusterIPsVariable: isAtLeast(version, 3, 33, 0),
    hasNativeCrds: isAtLeast(version, 3, 32, 0),
    hasBgpProcessor: isAtLeast(version, 3, 32, 0),
    reflectedRanges: reflectedRangesOf(version),
    programsIpip: !isAtLeast(version, 3, 33, 0),
    ipam: ipamOf(version),
  };
}

/** PR 13246 and 13255; versions that watch Endpoints do not need it. */
const hasFixOfEndpoints = (version: CalicoVersion | null): boolean =>
  !isAtLeast(version, 3, 31, 0) || isInAnyOf(version, [3, 31, 7], [3, 32, 2]);

function reflectedRangesOf(version: CalicoVersion | null): CalicoBehaviour['reflectedRanges'] {
  if (!isAtLeast(version, 3, 27, 3)) return 'none';
  return isAtLeast(version, 3, 33, 0) ? 'all' : 'load-balancers';
}

function ipamOf(version: CalicoVersion | null): CalicoBehaviour['ipam'] {
  if (!isAtLeast(version, 3, 30, 0)) return 'none';
  if (isAtLeast(version, 3, 32, 2)) return 'by-class-or-address';
  return isInAnyOf(version, [3, 30, 3], [3, 31, 0]) ? 'by-class' : 'any-class';
}
