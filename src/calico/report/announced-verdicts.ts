/**
 * Decides the condition `berth.dev/Announced` of each Service: whether routers learn its addresses, or why they do not.
 * Status, reason and message depend on the Service's own routes and on configuration. They contain no counts and no names
 * of other Services, which would rewrite conditions for nothing.
 */

import { fieldsOf, listOf, type Raw, textOf } from '../../base/json.ts';
import { type AddressRange, rangeOfPrefix } from '../../net/range.ts';
import type { ConditionValue } from '../../objects/condition.ts';
import { specOf } from '../../objects/metadata.ts';
import { routerFamily } from '../cluster/converged-cluster.ts';
import type { AssignedAddress } from '../findings/assigned-addresses.ts';
import { FINDING_CODES, type FindingCode } from '../findings/codes.ts';
import type { Finding, UnlearnedAddress } from '../findings/finding.ts';
import type { ClusterSnapshot } from '../findings/snapshot.ts';
import { coversPrefix } from '../objects/prefixes.ts';

/** All reasons with their meaning: documented, and used by alerts. */
export const ANNOUNCED_REASONS = {
  Predicted:
    'The routers in the message learn the address, as the objects of the cluster predict. No node reports its sessions.',
  Confirmed:
    'As Predicted, and the nodes report their sessions with these routers as established (CalicoNodeStatus).',
  SessionDown: 'The nodes report every session that would carry the address as down.',
  RangeNotListed: 'The address is not in serviceLoadBalancerIPs of BGPConfiguration default.',
  ConfigurationRefused:
    'BIRD rejects the configuration that Calico writes, so changes have no effect or nothing is announced at all.',
  ObjectRefused: 'The API server rejects an object without which the address is not announced.',
  CalicoWithoutBGP: 'Calico runs without BGP.',
  NoPeer: 'No BGPPeer gives the nodes a session with a router.',
  NodesExcluded: 'Every node that peers with a router is excluded from announcing.',
  PasswordUnreadable: 'calico-node cannot read the password of the session.',
  PoolConflict: "The address lies in one of Calico's own IPPools, which keeps it from being announced.",
  FilterRejects: 'A BGPFilter rejects the route to the address on its way to the router.',
  NoEndpointAnnounces: 'No ready endpoint is on a node that announces.',
  NoEndpointSlice:
    'The Service has no EndpointSlice or no ClusterIP, so Calico announces no route of its own.',
  LocalLeak: 'Nodes without an endpoint of this Local Service announce its address, too.',
  VersionLacksIt: 'This version of Calico does not announce such an address.',
  NotLearned: 'No router learns the address. `berth doctor` may know the cause.',
  NoAnnouncer: 'Nothing in the cluster announces addresses: no Calico with BGP was found.',
  NotVisible: 'The objects that decide it cannot be read at the moment.',
} as const satisfies Record<string, string>;

export type AnnouncedReason = keyof typeof ANNOUNCED_REASONS;

export type AnnouncedVerdict = ConditionValue<AnnouncedReason>;

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
  P53: 'NoPeer',
};

/** Of several findings, the condition names the first in this order. */
const PRECEDENCE: readonly FindingCode[] = ['P10', 'P2', 'P1', 'P44', 'P9', 'P37', 'P36', 'P15', 'P38'];

const REQUIRED_KINDS = ['BGPConfiguration', 'BGPPeer', 'Node', 'EndpointSlice'] as const;

/** The verdict of every Service of type LoadBalancer with an address, by key. */
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
    const verdict = decideVerdict(snapshot, assigned, {
      unlearned: unlearned.get(assigned.text),
      errors: byAddress.get(assigned.text) ?? [],
      unreadableKinds,
      established,
    });
    for (const { key } of assigned.services) {
      const before = verdicts.get(key);
      verdicts.set(key, before === undefined ? verdict : worseVerdict(before, verdict));
    }
  }
  return verdicts;
}

const NO_NODES: readonly (boolean | null)[] = [];

/** Placeholder for the address in the message of a range. */
export const ANY_ADDRESS = '{address}';

/** The verdict of any Service with policy Cluster and an address of the range: it depends on nothing else. */
export type RangeVerdict = { readonly range: AddressRange; readonly verdict: AnnouncedVerdict };

/** Ranges that every router learns as a whole, without those that overlap one of Calico's IPPools. */
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
        verdict: decideVerdict(snapshot, assigned, {
          unlearned: undefined,
          errors: [],
          unreadableKinds: [],
          established,
        }),
      },
    ];
  });
}

const STATUS_ORDER = { False: 0, Unknown: 1, True: 2 } as const;

/** The verdict of a Service with two addresses is the worse of both. */
const worseVerdict = (a: AnnouncedVerdict, b: AnnouncedVerdict): AnnouncedVerdict => {
  if (STATUS_ORDER[a.status] !== STATUS_ORDER[b.status])
    return STATUS_ORDER[a.status] < STATUS_ORDER[b.status] ? a : b;
  return a.status === 'True' && a.message !== b.message ? { ...a, message: `${a.message} ${b.message}` } : a;
};

/** What is known of an address. */
type VerdictEvidence = {
  /** Undefined where every router learns it. */
  readonly unlearned: UnlearnedAddress | undefined;
  readonly errors: readonly Finding[];
  readonly unreadableKinds: readonly string[];
  /** By node and router, from the reports of the nodes. */
  readonly established: ReadonlyMap<string, ReadonlyMap<string, boolean>>;
};

function decideVerdict(
  { converged }: ClusterSnapshot,
  { address, text }: AssignedAddress,
  { unlearned, errors, unreadableKinds, established }: VerdictEvidence,
): AnnouncedVerdict {
  if (unreadableKinds.length > 0) {
    const message = `Whether ${text} is announced is unknown: ${unreadableKinds.join(', ')} cannot be read.`;
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
        message: `Calico announces ${text} to ${names}${exceptions}; no node reports whether the sessions are established.`,
      };
}

const precedenceOf = ({ code }: Finding): number => {
  const index = PRECEDENCE.indexOf(code);
  return index < 0 ? PRECEDENCE.length : index;
};

const describeFinding = (finding: Finding | undefined): string =>
  finding === undefined ? '' : ` (${finding.code} ${FINDING_CODES[finding.code]})`;

/** Names the field and object to change; `berth doctor` prints the edit. */
function notLearnedVerdict(text: string, finding: Finding | undefined): AnnouncedVerdict {
  if (finding === undefined) {
    const message = `No router learns ${text}; \`berth doctor\` reports what is known.`;
    return { status: 'False', reason: 'NotLearned', message };
  }
  const { code, object, field } = finding;
  const reason = REASON_BY_CODE[code] ?? 'NotLearned';
  // A finding about several Services names the first, which may not be this one.
  const isService = object.kind === 'Service';
  const where = isService ? '' : ` See ${field === '' ? '' : `${field} of `}${object.kind} ${object.name}.`;
  const verb = code === 'P4' ? 'is announced by the wrong nodes, too' : 'is learned by no router';
  const message = `${text} ${verb}: ${lowerFirst(ANNOUNCED_REASONS[reason])}${where} \`berth doctor\` has the edit (${code} ${FINDING_CODES[code]}).`;
  return { status: 'False', reason, message };
}

const lowerFirst = (sentence: string): string =>
  /^[A-Z][a-z]/.test(sentence) ? `${sentence[0]?.toLowerCase()}${sentence.slice(1)}` : sentence;

/** By node that reports: the state of each peer, true for established. */
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
