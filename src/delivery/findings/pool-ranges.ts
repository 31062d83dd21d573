/** Checks of the addresses of pools: those of hosts, S10, cluster IPs, S11, those of Pods, S24, and those outside of every subnet, S12. */

import { fieldsOf, listOf, type Raw, textOf, textsOf } from '../../base/json.ts';
import { listSome } from '../../base/text.ts';
import type { ObjectEdit } from '../../findings/finding.ts';
import { type Address, formatAddress, parseAddress } from '../../net/address.ts';
import { parsePrefix } from '../../net/prefix.ts';
import {
  type AddressRange,
  formatRange,
  parseRange,
  rangeContains,
  rangeOfPrefix,
  rangesOverlap,
  subtractRanges,
} from '../../net/range.ts';
import { nameOf, specOf, statusOf } from '../../objects/metadata.ts';
import type { SpeakerCheck, SpeakerCheckResult } from './check.ts';
import { covers } from './invalid-objects.ts';
import { type AnnouncementSnapshot, patchOfRaw, refOfRaw } from './snapshot.ts';

type PoolRanges = { readonly raw: Raw; readonly name: string; readonly ranges: readonly AddressRange[] };

const poolsIn = ({ objectsOf, announced }: AnnouncementSnapshot): readonly PoolRanges[] =>
  objectsOf('IPAddressPool').flatMap((raw) => {
    const pool = announced.announcements.pools.byName.get(nameOf(raw));
    return pool === undefined ? [] : [{ raw, name: pool.name, ranges: pool.ranges }];
  });

/** The pool without these addresses; none where nothing would be left. */
function without({ raw }: PoolRanges, minus: readonly AddressRange[]): readonly ObjectEdit[] {
  const listed = textsOf(specOf(raw)['addresses']);
  const addresses = listed.flatMap((text): readonly string[] => {
    const range = parseRange(text);
    // What is not touched stays as it is written.
    if (!range.ok || !minus.some((one) => rangesOverlap(one, range.value))) return [text];
    return subtractRanges([range.value], minus).map(formatRange);
  });
  return addresses.length === 0 ? [] : [patchOfRaw(raw, { spec: { addresses } })];
}

const single = ({ family, bits }: Address): AddressRange => ({ family, first: bits, last: bits });

type Host = { readonly owner: string; readonly address: Address };

function hostsIn({ cluster, objectsOf }: AnnouncementSnapshot): readonly Host[] {
  const nodes = cluster.objects.nodes.flatMap(({ name, reportedAddresses }) =>
    reportedAddresses.map(({ text }) => ({ owner: `node ${name}`, text })),
  );
  // Another address of an interface that answers: the kernel answers for it as well.
  const interfaces = objectsOf('SpeakerStatus').flatMap((raw) =>
    listOf(fieldsOf(statusOf(raw)['layer2'])['interfaces']).flatMap((one) =>
      textsOf(fieldsOf(one)['addresses']).map((text) => ({ owner: `node ${nameOf(raw)}`, text })),
    ),
  );
  const routers = objectsOf('BGPPeer').map((raw) => ({
    owner: `peer ${nameOf(raw)}`,
    text: textOf(specOf(raw)['peerAddress']),
  }));
  const hosts = [...nodes, ...interfaces, ...routers].flatMap(({ owner, text }) => {
    const address = parseAddress(text);
    return address.ok ? [{ owner, address: address.value }] : [];
  });
  return [...new Map(hosts.map((one) => [`${formatAddress(one.address)} ${one.owner}`, one])).values()];
}

const S10: SpeakerCheck = {
  code: 'S10',
  needs: ['IPAddressPool'],
  question: 'whether pools contain addresses of nodes and routers',
  find(snapshot) {
    const hosts = hostsIn(snapshot);
    return poolsIn(snapshot).flatMap((pool): readonly SpeakerCheckResult[] => {
      const contained = hosts.filter(({ address }) => pool.ranges.some((one) => rangeContains(one, address)));
      if (contained.length === 0) return [];
      const names = contained.map(({ owner, address }) => `${formatAddress(address)} of ${owner}`);
      return [
        {
          severity: 'warning',
          object: refOfRaw(pool.raw),
          field: 'spec.addresses',
          problem: `Pool ${pool.name} contains addresses of hosts: ${listSome(names)}. A Service with such an address takes the traffic of that host.`,
          remedy: 'Take these addresses out of spec.addresses.',
          edits: without(
            pool,
            contained.map(({ address }) => single(address)),
          ),
        },
      ];
    });
  },
};

/** Of ServiceCIDR objects, and the cluster IPs of Services where there are none. */
function clusterIpRanges({ objectsOf, cluster }: AnnouncementSnapshot): readonly AddressRange[] {
  const listed = objectsOf('ServiceCIDR').flatMap((raw) => textsOf(specOf(raw)['cidrs']));
  const prefixes = listed.flatMap((text) => {
    const prefix = parsePrefix(text);
    return prefix.ok ? [rangeOfPrefix(prefix.value)] : [];
  });
  if (prefixes.length > 0) return prefixes;
  return cluster.services
    .flatMap(({ clusterIPs }) => clusterIPs)
    .flatMap((text) => {
      const address = parseAddress(text);
      return address.ok ? [single(address.value)] : [];
    });
}

type UsedRanges = {
  readonly ranges: readonly AddressRange[];
  /** As sentences name them: `the cluster IPs`. */
  readonly says: string;
  /** Where an address of both leads to. */
  readonly leadsTo: string;
};

/** Pools that overlap addresses which have a use inside the cluster. */
const overlapFindings = (
  snapshot: AnnouncementSnapshot,
  { ranges: used, says, leadsTo }: UsedRanges,
): readonly SpeakerCheckResult[] =>
  poolsIn(snapshot).flatMap((pool): readonly SpeakerCheckResult[] => {
    const overlapping = used.filter((one) => pool.ranges.some((range) => rangesOverlap(range, one)));
    if (overlapping.length === 0) return [];
    return [
      {
        severity: 'warning',
        object: refOfRaw(pool.raw),
        field: 'spec.addresses',
        problem: `Pool ${pool.name} overlaps ${says} ${listSome(overlapping.map(formatRange))}. Inside the cluster, such an address leads to ${leadsTo}.`,
        remedy: `Take the range of ${says} out of spec.addresses.`,
        edits: without(pool, overlapping),
      },
    ];
  });

const S11: SpeakerCheck = {
  code: 'S11',
  needs: ['IPAddressPool'],
  question: 'whether pools overlap the cluster IPs',
  find: (snapshot) =>
    overlapFindings(snapshot, {
      ranges: clusterIpRanges(snapshot),
      says: 'the cluster IPs',
      leadsTo: 'two Services',
    }),
};

/** Addresses of Pods, where nodes have a range of them; Calico's and Cilium's own pools are not among them. */
const podRanges = ({ objectsOf }: AnnouncementSnapshot): readonly AddressRange[] =>
  objectsOf('Node')
    .flatMap((raw) => {
      const { podCIDR, podCIDRs } = specOf(raw);
      return [...new Set([...textsOf(podCIDRs), ...textsOf([podCIDR])])];
    })
    .flatMap((text) => {
      const prefix = parsePrefix(text);
      return prefix.ok ? [rangeOfPrefix(prefix.value)] : [];
    });

const S24: SpeakerCheck = {
  code: 'S24',
  needs: ['IPAddressPool', 'Node'],
  question: 'whether pools overlap the addresses of Pods',
  find: (snapshot) =>
    overlapFindings(snapshot, {
      ranges: podRanges(snapshot),
      says: "the Pods' addresses",
      leadsTo: 'a Pod or to a Service',
    }),
};

/** Subnets of the interfaces that answer; null where a speaker has not published its own, or not all. */
function answeringSubnets({ objectsOf, cluster }: AnnouncementSnapshot): readonly AddressRange[] | null {
  const published = objectsOf('SpeakerStatus')
    .filter((raw) => cluster.running.includes(nameOf(raw)))
    .flatMap((raw) => listOf(fieldsOf(statusOf(raw)['layer2'])['interfaces']).map(fieldsOf));
  if (published.length === 0 || published.some(({ subnets }) => !Array.isArray(subnets))) return null;
  return published
    .flatMap(({ subnets }) => textsOf(subnets))
    .flatMap((text) => {
      const prefix = parsePrefix(text);
      return prefix.ok ? [rangeOfPrefix(prefix.value)] : [];
    });
}

const S12: SpeakerCheck = {
  code: 'S12',
  needs: ['IPAddressPool', 'L2Advertisement', 'SpeakerStatus'],
  question: 'whether addresses lie in a subnet of the nodes',
  find(snapshot) {
    const subnets = answeringSubnets(snapshot);
    if (subnets === null) return [];
    const { objectsOf, announced } = snapshot;
    const isCovered = (kind: string, name: string): boolean =>
      objectsOf(kind).some((raw) => covers(raw, name, announced));
    return poolsIn(snapshot).flatMap((pool): readonly SpeakerCheckResult[] => {
      const { raw, name, ranges } = pool;
      if (!isCovered('L2Advertisement', name) || isCovered('BGPAdvertisement', name)) return [];
      const outside = subtractRanges(ranges, subnets);
      if (outside.length === 0) return [];
      const known = subnets.length === 0 ? 'they have none' : listSome(subnets.map(formatRange));
      return [
        {
          severity: 'warning',
          object: refOfRaw(raw),
          field: 'spec.addresses',
          problem: `Hosts do not ask for ${listSome(outside.map(formatRange))} of pool ${name} by ARP or NDP: it is in no subnet of the nodes (${known}).`,
          remedy: 'Use addresses of such a subnet, or give the router a route to the segment.',
          edits: without(pool, outside),
        },
      ];
    });
  },
};

export const POOL_RANGE_CHECKS: readonly SpeakerCheck[] = [S10, S11, S24, S12];
