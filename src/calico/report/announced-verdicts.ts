/**
 * What the condition `berth.dev/Announced` says of each Service: whether routers learn its addresses, or what keeps them
 * from it. Verdict, reason and message follow from the Service's own fate and from objects that people wrote; counts and
 * names of other Services would rewrite it for nothing.
 */

import { fieldsOf, listOf, type Raw, specOf, textOf } from '../../base/json.ts';
import { type AddressRange, rangeOfPrefix } from '../../net/range.ts';
import { routerFamily } from '../cluster/converged-cluster.ts';
import type { AssignedAddress } from '../findings/assigned-addresses.ts';
import { FINDING_CODES, type FindingCode } from '../findings/codes.ts';
import type { Finding, UnlearnedAddress } from '../findings/finding.ts';
import type { ClusterSnapshot } from '../findings/snapshot.ts';
import { coversPrefix } from '../objects/prefixes.ts';

/** The closed list: documented, and relied on by alerts. */
export const ANNOUNCED_REASONS = {
  Predicted:
    'By the objects of the cluster, the routers that the message names learn the address. Nobody sees the sessions.',
  Confirmed:
    'The same, and the nodes report their sessions with these routers as established (CalicoNodeStatus).',
  SessionDown: 'The nodes report that every session which would carry the address is down.',
  RangeNotListed: 'The address is not in serviceLoadBalancerIPs of BGPConfiguration default.',
  ConfigurationRefused:
    'BIRD refuses what Calico writes for it, so nothing changes any more or nothing is announced at all.',
  ObjectRefused: 'The API server refuses an object that would let the address be announced.',
  CalicoWithoutBGP: 'Calico runs without BGP.',
  NoPeer: 'No BGPPeer leads from the nodes to a router.',
  NodesExcluded: 'Every node that peers with a router is excluded from announcing.',
  PasswordUnreadable: 'calico-node cannot read the password of the session.',
  PoolConflict: "The address lies in one of Calico's own IPPools, which keeps it from being announced.",
  FilterRejects: 'A BGPFilter keeps the address from the router.',
  NoEndpointAnnounces: 'No ready endpoint is on a node that announces.',
  NoEndpointSlice:
    'The Service has no EndpointSlice or no ClusterIP, so Calico never announces it by itself.',
  LocalLeak: 'Nodes without an endpoint of this Local Service announce its address, too.',
  VersionLacksIt: 'This version of Calico does not announce such an address.',
  NotLearned: 'No router learns the address, for a reason that `berth doctor` may know more of.',
  NoAnnouncer: 'Nothing is known that would announce addresses: no Calico with BGP is seen.',
  NotVisible: 'What decides about it cannot be read at the moment.',
} as const satisfies Record<string, string>;

export type AnnouncedReason = keyof typeof ANNOUNCED_REASONS;

export type AnnouncedVerdict = {
  readonly status: 'True' | 'False' | 'Unknown';
  readonly reason: AnnouncedReason;
  readonly message: string;
};

const REASON_BY_CODE: { readonly [C in FindingCode]?: AnnouncedReason } = {
  P1: 'RangeNotListed',
  P2: 'RangeNotListed',
  P4: 'LocalLeak',
  P7: 'VersionLacksIt',
  P9: 'ConfigurationRefused',
  P10: 'CalicoWithoutBGP',
  P11: 'NoPeer',
  P13: 'NodesExcluded',
  P14: 'PasswordUnreadable',
  P15: 'ConfigurationRefused',
  P19: 'PoolConflict',
  P20: 'PoolConflict',
  P25: 'FilterRejects',
  P28: 'NoEndpointAnnounces',
  P29: 'NoEndpointSlice',
  P36: 'ConfigurationRefused',
  P37: 'ConfigurationRefused',
  P38: 'ConfigurationRefused',
  P44: 'ObjectRefused',
  P45: 'NoPeer',
};

/** Which of several findings is said: the first of these. */
const PRECEDENCE: readonly FindingCode[] = ['P10', 'P2', 'P1', 'P44', 'P9', 'P37', 'P36', 'P15', 'P38'];

const REQUIRED_KINDS = ['BGPConfiguration', 'BGPPeer', 'Node', 'EndpointSlice'] as const;

/** For every Service of type LoadBalancer that holds an address; by key. */
export function announcedVerdicts(
  snapshot: ClusterSnapshot,
  findings: readonly Finding[],
): ReadonlyMap<string, AnnouncedVerdict> {
  const errors = findings.filter(({ severity }) => severity === 'error');
  const byAddress = new Map<string, Finding[]>();
  for (const one of errors) {
    for (const address of one.addresses) byAddress.set(address, [...(byAddress.get(address) ?? []), one]);
  }
  const unreadableKinds = REQUIRED_KINDS.filter((kind) => !snapshot.isKindKnown(kind));
  const established = establishedPeers(snapshot);
  const unlearned = new Map(snapshot.unlearned.map((one) => [one.address, one]));
  const verdicts = new Map<string, AnnouncedVerdict>();
  for (const assigned of snapshot.assigned) {
    const verdict = decideVerdict(
      snapshot,
      assigned,
      unlearned.get(assigned.text),
      byAddress.get(assigned.text) ?? [],
      unreadableKinds,
      established,
    );
    for (const { key } of assigned.services) {
      const before = verdicts.get(key);
      verdicts.set(key, before === undefined ? verdict : worseVerdict(before, verdict));
    }
  }
  return verdicts;
}

const NO_NODES: readonly (boolean | null)[] = [];

/** Stands in a message for the address. */
export const ANY_ADDRESS = '{address}';

/** What will be said of a Service of policy Cluster that gets an address of the range: nothing else decides about it. */
export type RangeVerdict = { readonly range: AddressRange; readonly verdict: AnnouncedVerdict };

/** Ranges that every router learns as a whole; none where one of Calico's own pools has a say in it. */
export function rangeVerdicts(snapshot: ClusterSnapshot): readonly RangeVerdict[] {
  const { converged } = snapshot;
  if (REQUIRED_KINDS.some((kind) => !snapshot.isKindKnown(kind))) return [];
  const established = establishedPeers(snapshot);
  return converged.ranges.aggregated.flatMap(({ prefix }): readonly RangeVerdict[] => {
    if (prefix === null) return [];
    const { family, bits } = prefix;
    const first = { family, bits };
    const isListed = converged.cluster.configuration.loadBalancerIPs.some(
      ({ prefix: one }) => one !== null && coversPrefix(one, prefix),
    );
    const overlapsCalicoPool = converged.cluster.pools.some(
      ({ range }) =>
        range.prefix !== null && (coversPrefix(range.prefix, prefix) || coversPrefix(prefix, range.prefix)),
    );
    const routers = converged.routers.filter((one) => routerFamily(one) === family);
    const isLearned = (one: (typeof routers)[number]): boolean =>
      converged.ribs[family].exactMatch(one, prefix) !== null;
    if (!isListed || overlapsCalicoPool || routers.length === 0 || !routers.every(isLearned)) return [];
    const assigned = { address: first, text: ANY_ADDRESS, services: [] };
    return [
      {
        range: rangeOfPrefix(prefix),
        verdict: decideVerdict(snapshot, assigned, undefined, [], [], established),
      },
    ];
  });
}

const STATUS_ORDER = { False: 0, Unknown: 1, True: 2 } as const;

/** A Service of two addresses is as well off as the worse of them. */
const worseVerdict = (a: AnnouncedVerdict, b: AnnouncedVerdict): AnnouncedVerdict => {
  if (STATUS_ORDER[a.status] !== STATUS_ORDER[b.status])
    return STATUS_ORDER[a.status] < STATUS_ORDER[b.status] ? a : b;
  return a.status === 'True' && a.message !== b.message ? { ...a, message: `${a.message} ${b.message}` } : a;
};

function decideVerdict(
  { converged }: ClusterSnapshot,
  { address, text }: AssignedAddress,
  unlearned: UnlearnedAddress | undefined,
  errors: readonly Finding[],
  unreadableKinds: readonly string[],
  established: ReadonlyMap<string, ReadonlyMap<string, boolean>>,
): AnnouncedVerdict {
  if (unreadableKinds.length > 0) {
    const message = `Whether ${text} is announced cannot be told: ${unreadableKinds.join(', ')} cannot be read.`;
    return { status: 'Unknown', reason: 'NotVisible', message };
  }
  const [first] = [...errors].sort((a, b) => precedenceOf(a) - precedenceOf(b));
  if (unlearned?.isLearnedNowhere === true || first?.code === 'P4') return notLearnedVerdict(text, first);
  const routers = converged.routers.filter((one) => routerFamily(one) === address.family);
  const learning = routers.filter((one) => !unlearned?.missingRouters.includes(one.name));
  const missing = routers.filter((one) => unlearned?.missingRouters.includes(one.name));
  const states = learning.map((router) => {
    if (established.size === 0) return NO_NODES;
    const from = converged.longestMatch(router, address)?.senders ?? [];
    return from.map((node) => established.get(node)?.get(router.name) ?? null);
  });
  const names = learning.map(({ name }) => name).join(', ');
  const exceptions =
    missing.length === 0
      ? ''
      : `; not to ${missing.map(({ name }) => name).join(', ')}${describeFinding(first)}`;
  if (states.length > 0 && states.every((all) => all.length > 0 && all.every((up) => up === false))) {
    const message = `The nodes report their sessions with ${names} as down, so ${text} is not learned there.`;
    return { status: 'False', reason: 'SessionDown', message };
  }
  const isConfirmed = states.length > 0 && states.every((all) => all.some((up) => up === true));
  return isConfirmed
    ? { status: 'True', reason: 'Confirmed', message: `Calico announces ${text} to ${names}${exceptions}.` }
    : {
        status: 'True',
        reason: 'Predicted',
        message: `Calico announces ${text} to ${names}${exceptions}; whether the sessions are up is not seen.`,
      };
}

const precedenceOf = ({ code }: Finding): number => {
  const place = PRECEDENCE.indexOf(code);
  return place < 0 ? PRECEDENCE.length : place;
};

const describeFinding = (finding: Finding | undefined): string =>
  finding === undefined ? '' : ` (${finding.code} ${FINDING_CODES[finding.code]})`;

/** Which line of which object is to change; `berth doctor` has the edit. */
function notLearnedVerdict(text: string, finding: Finding | undefined): AnnouncedVerdict {
  if (finding === undefined) {
    const message = `No router learns ${text}; \`berth doctor\` tells what is known.`;
    return { status: 'False', reason: 'NotLearned', message };
  }
  const { code, object, field } = finding;
  const reason = REASON_BY_CODE[code] ?? 'NotLearned';
  // Findings about Services name the first of several; this Service's own name is what it is about.
  const isService = object.kind === 'Service';
  const where = isService ? '' : ` See ${field === '' ? '' : `${field} of `}${object.kind} ${object.name}.`;
  const verb = code === 'P4' ? 'is announced by the wrong nodes, too' : 'is learned by no router';
  const message = `${text} ${verb}: ${lowerFirst(ANNOUNCED_REASONS[reason])}${where} \`berth doctor\` has the edit (${code} ${FINDING_CODES[code]}).`;
  return { status: 'False', reason, message };
}

const lowerFirst = (sentence: string): string =>
  /^[A-Z][a-z]/.test(sentence) ? `${sentence[0]?.toLowerCase()}${sentence.slice(1)}` : sentence;

/** Of each node that reports, which peers are up. */
function establishedPeers(snapshot: ClusterSnapshot): ReadonlyMap<string, ReadonlyMap<string, boolean>> {
  return new Map(
    snapshot.objectsOf('CalicoNodeStatus').map((raw: Raw) => {
      const bgp = fieldsOf(fieldsOf(raw['status'])['bgp']);
      const peers = [...listOf(bgp['peersV4']), ...listOf(bgp['peersV6'])].map(fieldsOf);
      return [
        textOf(specOf(raw)['node']),
        new Map(peers.map((one) => [textOf(one['peerIP']), textOf(one['state']) === 'Established'])),
      ];
    }),
  );
}
