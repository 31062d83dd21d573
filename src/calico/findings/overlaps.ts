/** Checks of ranges that overlap pods, machines or ClusterIPs: P19, P20, P21, P22. */

import { fieldsOf, listOf, textOf, textsOf } from '../../base/json.ts';
import { listSome } from '../../base/text.ts';
import type { ObjectEdit, ObjectRef } from '../../findings/finding.ts';
import { formatAddress } from '../../net/address.ts';
import { formatPrefix, prefixContains } from '../../net/prefix.ts';
import {
  type AddressRange,
  formatRange,
  intersectRanges,
  mergeRanges,
  parseRange,
  rangeContains,
  rangeOfPrefix,
  rangePrefixes,
  rangesOverlap,
  subtractRanges,
} from '../../net/range.ts';
import { specOf } from '../../objects/metadata.ts';
import { RANGE_LISTS, type RangeList, rangesInList } from '../objects/configuration.ts';
import type { CalicoPool } from '../objects/pools.ts';
import { type RangeEntry, readAddress, readPeerAddress, readRangeEntry } from '../objects/prefixes.ts';
import type { DiagnosticCheck } from './check.ts';
import type { CheckResult, UnlearnedAddress } from './finding.ts';
import {
  type ClusterSnapshot,
  configure,
  creationOf,
  DEFAULT_CONFIGURATION,
  defaultSpec,
  entryRanges,
  makeRef,
  patchOf,
  poolRef,
} from './snapshot.ts';

/** The ranges of Service addresses: Berth's pools, or the listed ranges where pools are not known. */
function serviceRangeSources(
  snapshot: ClusterSnapshot,
): readonly { readonly label: string; readonly object: ObjectRef; readonly range: AddressRange }[] {
  if (snapshot.pools.length > 0) {
    return snapshot.pools.flatMap(({ name, ranges }) =>
      ranges.map((range) => ({
        label: `pool ${name} (${formatRange(range)})`,
        object: poolRef(snapshot, name),
        range,
      })),
    );
  }
  return entryRanges(snapshot.converged.cluster.configuration.loadBalancerIPs).map((range) => ({
    label: `the range ${formatRange(range)} in serviceLoadBalancerIPs`,
    object: DEFAULT_CONFIGURATION,
    range,
  }));
}

const rangeOf = ({ range }: CalicoPool): AddressRange | null =>
  range.prefix === null ? null : rangeOfPrefix(range.prefix);

const explainsIn =
  (range: AddressRange) =>
  ({ address, isListed }: UnlearnedAddress): boolean => {
    const read = readAddress(address);
    return isListed && read !== null && rangeContains(range, read);
  };

const P19: DiagnosticCheck = {
  code: 'P19',
  needs: ['BGPConfiguration', 'IPPool', 'IPReservation'],
  question: 'whether pods can get the same addresses',
  find(snapshot) {
    const reserved = snapshot
      .objectsOf('IPReservation')
      .flatMap((raw) => textsOf(specOf(raw)['reservedCIDRs']))
      .flatMap((text) => {
        const { prefix } = readRangeEntry(text);
        const single = readAddress(text);
        if (prefix !== null) return [rangeOfPrefix(prefix)];
        return single === null ? [] : [{ family: single.family, first: single.bits, last: single.bits }];
      });
    const workload = snapshot.converged.cluster.pools.filter((one) => !one.loadBalancer && !one.disabled);
    return serviceRangeSources(snapshot).flatMap(({ label, object, range }) =>
      workload.flatMap((pool): readonly CheckResult[] => {
        const whole = rangeOf(pool);
        const shared = whole === null ? null : intersectRanges(whole, range);
        if (shared === null) return [];
        if (subtractRanges([shared], reserved).length === 0) return [];
        const cidrs = rangePrefixes(shared).map(formatPrefix);
        return [
          {
            severity: 'error',
            object,
            field: 'spec.addresses',
            problem: `Pods can get addresses of ${label}, which lies in Calico's IPPool ${pool.name} (${pool.range.text}). A node that owns the IPAM block around an address announces the block instead.`,
            remedy: `Move the range out of the pod network, or reserve ${listSome(cidrs)} with an IPReservation.`,
            edits: [
              creationOf({
                apiVersion: 'projectcalico.org/v3',
                kind: 'IPReservation',
                metadata: { name: `load-balancers-${cidrs[0]?.replace(/[^0-9a-f]+/g, '-')}` },
                spec: { reservedCIDRs: cidrs },
              }),
            ],
            concerns: [makeRef('IPPool', pool.name)],
            explains: explainsIn(shared),
          },
        ];
      }),
    );
  },
};

const P20: DiagnosticCheck = {
  code: 'P20',
  needs: ['BGPConfiguration', 'IPPool'],
  question: 'whether an IPPool prevents announcements',
  find: (snapshot) =>
    serviceRangeSources(snapshot).flatMap(({ label, object, range }) =>
      snapshot.converged.cluster.pools.flatMap((pool): readonly CheckResult[] => {
        const whole = rangeOf(pool);
        if (pool.exported || whole === null || !rangesOverlap(whole, range)) return [];
        return [
          {
            severity: 'error',
            object: makeRef('IPPool', pool.name),
            field: 'spec.disableBGPExport',
            problem: `No address of ${label} is announced. It lies in Calico's IPPool ${pool.name} (${pool.range.text}), which sets disableBGPExport.`,
            remedy: 'Move the range out of the IPPool, or set disableBGPExport: false.',
            edits: [patchOf(makeRef('IPPool', pool.name), { spec: { disableBGPExport: false } })],
            concerns: [object],
            explains: explainsIn(whole),
          },
        ];
      }),
    ),
};

type KnownHost = { readonly label: string; readonly range: AddressRange };

/** Nodes and routers, the machines whose addresses are known. */
function knownHosts(snapshot: ClusterSnapshot): readonly KnownHost[] {
  const { nodes, peers } = snapshot.converged.cluster;
  const single = (label: string, text: string): readonly KnownHost[] => {
    const read = readAddress(text);
    return read === null
      ? []
      : [{ label: `${label} (${text})`, range: { family: read.family, first: read.bits, last: read.bits } }];
  };
  return [
    ...nodes.flatMap(({ name, addresses }) => {
      const known = [addresses[4], addresses[6]].flatMap((one) => (one === null ? [] : [formatAddress(one)]));
      const reported = (snapshot.nodes.get(name)?.reportedAddresses ?? [])
        .filter(({ type }) => type === 'InternalIP')
        .map(({ text }) => text);
      return [...new Set([...known, ...reported])].flatMap((text) => single(`node ${name}`, text));
    }),
    ...peers.flatMap(({ peerIP }) => {
      const remote = readPeerAddress(peerIP);
      return remote === null ? [] : single('the router', formatAddress(remote.address));
    }),
  ];
}

const entriesOf = (snapshot: ClusterSnapshot, list: RangeList): readonly RangeEntry[] =>
  rangesInList(snapshot.converged.cluster.configuration, list);

/** Replaces an entry of a list by the parts that are in use and not `excluded`, and removes `excluded` from pools. */
function narrowRangeEdits(
  snapshot: ClusterSnapshot,
  list: RangeList,
  entry: RangeEntry,
  excluded: readonly AddressRange[],
): readonly ObjectEdit[] {
  const whole = entryRanges([entry]);
  const wanted = snapshot.pools.flatMap(({ ranges }) => ranges);
  const used = snapshot.assigned.map(({ address: { family, bits } }) => ({
    family,
    first: bits,
    last: bits,
  }));
  const needed = list === 'serviceLoadBalancerIPs' ? [...wanted, ...used] : [];
  const required = needed.length === 0 ? whole : subtractRanges(whole, subtractRanges(whole, needed));
  const remaining = mergeRanges(subtractRanges(required, excluded)).flatMap(rangePrefixes).map(formatPrefix);
  const replaced = listOf(defaultSpec(snapshot)[list]).flatMap((one) =>
    textOf(fieldsOf(one)['cidr']) === entry.text ? remaining.map((cidr) => ({ cidr })) : [one],
  );
  return [
    configure(snapshot, { [list]: replaced }),
    ...snapshot.pools.flatMap(({ name, ranges }) => {
      const kept = subtractRanges(ranges, excluded);
      const isSame =
        kept.length === ranges.length &&
        kept.every((one, index) => one.first === ranges[index]?.first && one.last === ranges[index]?.last);
      return isSame || kept.length === 0
        ? []
        : [patchOf(poolRef(snapshot, name), { spec: { addresses: kept.map(formatRange) } })];
    }),
  ];
}

/** Shorter IPv4 prefixes contain more addresses than Services use. */
const IPV4_LENGTH_MIN = 16;

const P21: DiagnosticCheck = {
  code: 'P21',
  needs: ['BGPConfiguration'],
  question: 'whether a range contains real machines',
  find: (snapshot) =>
    RANGE_LISTS.flatMap((list) =>
      entriesOf(snapshot, list).flatMap((entry): readonly CheckResult[] => {
        const { prefix } = entry;
        if (prefix === null) return [];
        const inside = knownHosts(snapshot).filter(({ range }) =>
          prefixContains(prefix, { family: range.family, bits: range.first }),
        );
        const isBroad =
          prefix.family === 4 && prefix.length < IPV4_LENGTH_MIN && list !== 'serviceClusterIPs';
        if (inside.length === 0 && !isBroad) return [];
        const reason =
          inside.length > 0
            ? `contains ${listSome(inside.map(({ label }) => label))}`
            : `is broader than /${IPV4_LENGTH_MIN}, more than Services use`;
        return [
          {
            severity: 'error',
            object: DEFAULT_CONFIGURATION,
            field: `spec.${list}`,
            problem: `${entry.text} in ${list} ${reason}. Calico drops forwarded traffic to it that is not for a Service, so pods cannot reach machines in it.`,
            remedy: 'List only the addresses that Services get.',
            edits: narrowRangeEdits(
              snapshot,
              list,
              entry,
              inside.map(({ range }) => range),
            ),
          },
        ];
      }),
    ),
};

/** The ranges of ClusterIPs. */
const clusterRanges = (snapshot: ClusterSnapshot): readonly AddressRange[] =>
  mergeRanges([
    ...entryRanges(snapshot.converged.ranges.clusterIPs),
    ...snapshot
      .objectsOf('ServiceCIDR')
      .flatMap((raw) => textsOf(specOf(raw)['cidrs']))
      .flatMap((text) => {
        const read = parseRange(text);
        return read.ok ? [read.value] : [];
      }),
  ]);

const P22: DiagnosticCheck = {
  code: 'P22',
  needs: ['BGPConfiguration'],
  question: 'whether a range overlaps that of ClusterIPs',
  find(snapshot) {
    const own = clusterRanges(snapshot);
    return entriesOf(snapshot, 'serviceLoadBalancerIPs').flatMap((entry): readonly CheckResult[] => {
      const [range] = entryRanges([entry]);
      const shared = own.filter((one) => range !== undefined && rangesOverlap(one, range));
      if (shared.length === 0) return [];
      return [
        {
          severity: 'warning',
          object: DEFAULT_CONFIGURATION,
          field: 'spec.serviceLoadBalancerIPs',
          problem: `One address can be the ClusterIP of a Service and the load balancer address of another. ${entry.text} in serviceLoadBalancerIPs overlaps the ClusterIP range ${listSome(shared.map(formatRange))}.`,
          remedy: 'Give load balancers a range of their own.',
          edits: narrowRangeEdits(snapshot, 'serviceLoadBalancerIPs', entry, shared),
        },
      ];
    });
  },
};

export const OVERLAP_CHECKS: readonly DiagnosticCheck[] = [P19, P20, P21, P22];
