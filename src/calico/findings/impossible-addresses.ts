/** P53: addresses that no neighbour, node or route can have. */
import { fieldsOf, listOf, textOf } from '../../base/json.ts';
import { inflect, listSome } from '../../base/text.ts';
import { type Family, formatAddress } from '../../net/address.ts';
import { unusableInSession } from '../../net/special-ranges.ts';
import { appliesToNode } from '../confd/peer-sessions.ts';
import { bogusRoute, refusedNeighbour } from '../confd/refused-addresses.ts';
import { RANGE_LISTS, rangesInList } from '../objects/configuration.ts';
import type { CalicoNode } from '../objects/nodes.ts';
import type { BGPPeer } from '../objects/peers.ts';
import { hostPrefix, readAddress, readPeerAddress } from '../objects/prefixes.ts';
import type { DiagnosticCheck } from './check.ts';
import type { CheckResult } from './finding.ts';
import { appliesNowhere, rejectionText } from './peer-nodes.ts';
import { type ClusterSnapshot, configure, DEFAULT_CONFIGURATION, defaultSpec, makeRef } from './snapshot.ts';

const P53: DiagnosticCheck = {
  code: 'P53',
  needs: ['BGPPeer', 'BGPConfiguration', 'Node'],
  question: 'whether addresses can be those of routers, nodes and Services',
  find: (snapshot) => [
    ...snapshot.converged.cluster.peers.flatMap((peer) => checkPeer(snapshot, peer)),
    ...snapshot.converged.cluster.nodes.flatMap(checkNode),
    ...checkRanges(snapshot),
  ],
};

function checkPeer(snapshot: ClusterSnapshot, peer: BGPPeer): readonly CheckResult[] {
  const remote = readPeerAddress(peer.peerIP);
  if (remote === null || peer.peerSelector !== '') return [];
  const { address } = remote;
  const nodes = snapshot.converged.cluster.nodes.filter((one) => appliesToNode(peer, one));
  const object = makeRef('BGPPeer', peer.name);
  const common = {
    object,
    field: 'spec.peerIP',
    remedy: 'Set spec.peerIP to the address of the router.',
    edits: [{ do: 'delete', object }],
  } as const;
  const text = formatAddress(address);
  const one = unusableInSession(address)?.one ?? null;
  const refused = refusedNeighbour(address);
  if (refused !== null) {
    const why =
      refused === 'link-local'
        ? 'is a link-local address, which BIRD takes only with an interface. Calico gives it none'
        : `is ${one}, which no router can have`;
    return [
      {
        ...common,
        severity: 'error',
        problem: `${rejectionText(snapshot, peer)} The peerIP ${text} of BGPPeer ${peer.name} ${why}.`,
        explains: ({ isListed, family }) =>
          isListed && family === address.family && !appliesNowhere(snapshot, peer),
      },
    ];
  }
  const reason =
    one === null ? ownAddressText(nodes, address.family, text) : `is ${one}, which no router can have`;
  if (reason === null) return [];
  return [
    {
      ...common,
      severity: 'warning',
      problem: `BGPPeer ${peer.name} never has a session. Its peerIP ${text} ${reason}.`,
      explains: ({ isListed, isLearnedNowhere, family }) =>
        isListed && isLearnedNowhere && family === address.family,
    },
  ];
}

/** Where a BGPPeer selects only the node whose address it has. */
function ownAddressText(nodes: readonly CalicoNode[], family: Family, text: string): string | null {
  const [only, ...others] = nodes;
  const own = only?.addresses[family] ?? null;
  if (own === null || others.length > 0 || formatAddress(own) !== text) return null;
  return `is the address of ${only?.name} itself, the only node that has the peer`;
}

function checkNode({ name, addresses }: CalicoNode): readonly CheckResult[] {
  return ([4, 6] as const).flatMap((family): readonly CheckResult[] => {
    const address = addresses[family];
    const unusable = address === null ? null : unusableInSession(address);
    if (address === null || unusable === null) return [];
    const annotation = `projectcalico.org/IPv${family}Address`;
    return [
      {
        severity: 'warning',
        object: makeRef('Node', name),
        field: `metadata.annotations["${annotation}"]`,
        problem: `Node ${name} has no IPv${family} session. Its address for BGP, ${formatAddress(address)}, is ${unusable.one}, which no node can have.`,
        remedy: 'Set IP_AUTODETECTION_METHOD of calico-node, so that it detects an address of the network.',
        explains: (unlearned) =>
          unlearned.isListed && unlearned.isLearnedNowhere && unlearned.family === family,
      },
    ];
  });
}

function checkRanges(snapshot: ClusterSnapshot): readonly CheckResult[] {
  return RANGE_LISTS.flatMap((list): readonly CheckResult[] => {
    const bogus = rangesInList(snapshot.converged.cluster.configuration, list).flatMap(({ text, prefix }) => {
      const what = prefix === null ? null : bogusRoute(prefix);
      return what === null ? [] : [{ text, what }];
    });
    if (bogus.length === 0) return [];
    const texts = new Set(bogus.map(({ text }) => text));
    const kept = listOf(defaultSpec(snapshot)[list]).filter(
      (one) => !texts.has(textOf(fieldsOf(one)['cidr'])),
    );
    return [
      {
        severity: 'warning',
        object: DEFAULT_CONFIGURATION,
        field: `spec.${list}`,
        problem: `No router learns ${listSome([...texts])} of ${list}: BIRD ignores routes to ${listSome([...new Set(bogus.map(({ what }) => what))])} as bogus.`,
        remedy: `List ${inflect(texts.size, 'a range', 'ranges')} that hosts can have.`,
        edits: [configure(snapshot, { [list]: kept.length > 0 ? kept : null })],
        explains: ({ isListed, address }) => {
          const read = readAddress(address);
          return isListed && read !== null && bogusRoute(hostPrefix(read)) !== null;
        },
      },
    ];
  });
}

export const IMPOSSIBLE_ADDRESS_CHECKS: readonly DiagnosticCheck[] = [P53];
