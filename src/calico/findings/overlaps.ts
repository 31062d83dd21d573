/** Ranges that are somebody else's, too: P19, P20, P21, P22. */
import { fieldsOf, listOf, specOf, textOf, textsOf } from '../../cluster/fields.ts';
import { formatAddress } from '../../net/address.ts';
import { formatPrefix, prefixContains } from '../../net/prefix.ts';
import {
  type AddressRange,
  formatRange,
  mergeRanges,
  parseRange,
  prefixesOf,
  rangeContains,
  rangeOfPrefix,
  rangesOverlap,
  sharedRange,
  subtractRanges,
} from '../../net/range.ts';
import type { CalicoPool } from '../objects/pools.ts';
import { addressOrNull, peerAddress, type RangeEntry, rangeEntry } from '../objects/prefixes.ts';
import { type Check, someOf } from './check.ts';
import type { Edit, Found, ObjectRef, Shortfall } from './finding.ts';
import {
  configure,
  creation,
  DEFAULT_CONFIGURATION,
  defaultSpec,
  entryRanges,
  patchOf,
  poolRef,
  rawNamed,
  refTo,
  type World,
} from './world.ts';

/** Where Services get their addresses: Berth's pools, or the listed ranges where those are not known. */
function served(
  world: World,
): readonly { readonly says: string; readonly object: ObjectRef; readonly range: AddressRange }[] {
  if (world.pools.length > 0) {
    return world.pools.flatMap(({ name, ranges }) =>
      ranges.map((range) => ({
        says: `Pool ${name} (${formatRange(range)})`,
        object: poolRef(world, name),
        range,
      })),
    );
  }
  return entryRanges(world.picture.cluster.configuration.loadBalancerIPs).map((range) => ({
    says: `The range ${formatRange(range)} in serviceLoadBalancerIPs`,
    object: DEFAULT_CONFIGURATION,
    range,
  }));
}

const rangeOf = ({ range }: CalicoPool): AddressRange | null =>
  range.prefix === null ? null : rangeOfPrefix(range.prefix);

const isIn =
  (range: AddressRange) =>
  ({ address, listed }: Shortfall): boolean => {
    const read = addressOrNull(address);
    return listed && read !== null && rangeContains(range, read);
  };

const P19: Check = {
  code: 'P19',
  needs: ['BGPConfiguration', 'IPPool', 'IPReservation'],
  open: 'whether pods can get the same addresses',
  find(world) {
    const reserved = world
      .of('IPReservation')
      .flatMap((raw) => textsOf(specOf(raw)['reservedCIDRs']))
      .flatMap((text) => {
        const { prefix } = rangeEntry(text);
        const alone = addressOrNull(text);
        if (prefix !== null) return [rangeOfPrefix(prefix)];
        return alone === null ? [] : [{ family: alone.family, first: alone.bits, last: alone.bits }];
      });
    const workload = world.picture.cluster.pools.filter((one) => !one.loadBalancer && !one.disabled);
    return served(world).flatMap(({ says, object, range }) =>
      workload.flatMap((pool): readonly Found[] => {
        const whole = rangeOf(pool);
        const shared = whole === null ? null : sharedRange(whole, range);
        if (shared === null) return [];
        if (subtractRanges([shared], reserved).length === 0) return [];
        const cidrs = prefixesOf(shared).map(formatPrefix);
        return [
          {
            severity: 'error',
            object,
            field: 'spec.addresses',
            says: `${says} lies in Calico's IPPool ${pool.name} (${pool.range.text}): pods can get the same addresses, and a node that owns the block around one announces the block instead of it.`,
            todo: `Move the range out of the pod network, or reserve it: an IPReservation with ${someOf(cidrs)}.`,
            fix: [
              creation({
                apiVersion: 'projectcalico.org/v3',
                kind: 'IPReservation',
                metadata: { name: `load-balancers-${cidrs[0]?.replace(/[^0-9a-f]+/g, '-')}` },
                spec: { reservedCIDRs: cidrs },
              }),
            ],
            concerns: [refTo('IPPool', pool.name)],
            hurts: isIn(shared),
          },
        ];
      }),
    );
  },
};

const P20: Check = {
  code: 'P20',
  needs: ['BGPConfiguration', 'IPPool'],
  open: 'whether an IPPool keeps the addresses from being announced',
  find: (world) =>
    served(world).flatMap(({ says, object, range }) =>
      world.picture.cluster.pools.flatMap((pool): readonly Found[] => {
        const whole = rangeOf(pool);
        if (pool.exported || whole === null || !rangesOverlap(whole, range)) return [];
        return [
          {
            severity: 'error',
            object: refTo('IPPool', pool.name),
            field: 'spec.disableBGPExport',
            says: `${says} lies in Calico's IPPool ${pool.name} (${pool.range.text}), which has disableBGPExport: no address in it is ever announced.`,
            todo: 'Move the range out of that pool, or let the pool be exported.',
            fix: [patchOf(refTo('IPPool', pool.name), { spec: { disableBGPExport: false } })],
            concerns: [object],
            hurts: isIn(whole),
          },
        ];
      }),
    ),
};

type Host = { readonly says: string; readonly range: AddressRange };

/** Machines whose addresses are known: nodes and routers. */
function hosts(world: World): readonly Host[] {
  const { nodes, peers } = world.picture.cluster;
  const alone = (says: string, text: string): readonly Host[] => {
    const read = addressOrNull(text);
    return read === null
      ? []
      : [{ says: `${says} (${text})`, range: { family: read.family, first: read.bits, last: read.bits } }];
  };
  return [
    ...nodes.flatMap(({ name, addresses }) => {
      const known = [addresses[4], addresses[6]].flatMap((one) => (one === null ? [] : [formatAddress(one)]));
      const reported = listOf(fieldsOf(rawNamed(world, 'Node', name)['status'])['addresses'])
        .map(fieldsOf)
        .filter(({ type }) => type === 'InternalIP')
        .map(({ address }) => textOf(address));
      return [...new Set([...known, ...reported])].flatMap((text) => alone(`node ${name}`, text));
    }),
    ...peers.flatMap(({ peerIP }) => {
      const end = peerAddress(peerIP);
      return end === null ? [] : alone('the router', formatAddress(end.address));
    }),
  ];
}

const LISTS = ['serviceLoadBalancerIPs', 'serviceExternalIPs', 'serviceClusterIPs'] as const;
type List = (typeof LISTS)[number];

const entriesOf = (world: World, list: List): readonly RangeEntry[] => {
  const { loadBalancerIPs, externalIPs, clusterIPs } = world.picture.cluster.configuration;
  return {
    serviceLoadBalancerIPs: loadBalancerIPs,
    serviceExternalIPs: externalIPs,
    serviceClusterIPs: clusterIPs,
  }[list];
};

/** A list with one entry replaced by what is needed of it, without `minus`; pools lose the same. */
function narrowed(
  world: World,
  list: List,
  entry: RangeEntry,
  minus: readonly AddressRange[],
): readonly Edit[] {
  const whole = entryRanges([entry]);
  const wanted = world.pools.flatMap(({ ranges }) => ranges);
  const used = world.held.map(({ address: { family, bits } }) => ({ family, first: bits, last: bits }));
  const needed = list === 'serviceLoadBalancerIPs' ? [...wanted, ...used] : [];
  const inside = needed.length === 0 ? whole : subtractRanges(whole, subtractRanges(whole, needed));
  const left = mergeRanges(subtractRanges(inside, minus)).flatMap(prefixesOf).map(formatPrefix);
  const replaced = listOf(defaultSpec(world)[list]).flatMap((one) =>
    textOf(fieldsOf(one)['cidr']) === entry.text ? left.map((cidr) => ({ cidr })) : [one],
  );
  return [
    configure(world, { [list]: replaced }),
    ...world.pools.flatMap(({ name, ranges }) => {
      const kept = subtractRanges(ranges, minus);
      const isSame =
        kept.length === ranges.length &&
        kept.every((one, index) => one.first === ranges[index]?.first && one.last === ranges[index]?.last);
      return isSame || kept.length === 0
        ? []
        : [patchOf(poolRef(world, name), { spec: { addresses: kept.map(formatRange) } })];
    }),
  ];
}

/** Shorter prefixes hold more than anybody gives to Services (IPv4). */
const LENGTH_MIN = 16;

const P21: Check = {
  code: 'P21',
  needs: ['BGPConfiguration'],
  open: 'whether a range holds addresses of real machines',
  find: (world) =>
    LISTS.flatMap((list) =>
      entriesOf(world, list).flatMap((entry): readonly Found[] => {
        const { prefix } = entry;
        if (prefix === null) return [];
        const inside = hosts(world).filter(({ range }) =>
          prefixContains(prefix, { family: range.family, bits: range.first }),
        );
        const isBroad = prefix.family === 4 && prefix.length < LENGTH_MIN && list !== 'serviceClusterIPs';
        if (inside.length === 0 && !isBroad) return [];
        const what =
          inside.length > 0
            ? `contains ${someOf(inside.map(({ says }) => says))}`
            : `is broader than /${LENGTH_MIN}, more than Services use`;
        return [
          {
            severity: 'error',
            object: DEFAULT_CONFIGURATION,
            field: `spec.${list}`,
            says: `${entry.text} in ${list} ${what}: Calico drops forwarded traffic to that range which is not for a Service, so real machines in it become unreachable from pods.`,
            todo: 'List only what Services get.',
            fix: narrowed(
              world,
              list,
              entry,
              inside.map(({ range }) => range),
            ),
          },
        ];
      }),
    ),
};

/** The cluster's own ranges of ClusterIPs. */
const clusterRanges = (world: World): readonly AddressRange[] =>
  mergeRanges([
    ...entryRanges(world.picture.cluster.configuration.clusterIPs),
    ...world
      .of('ServiceCIDR')
      .flatMap((raw) => textsOf(specOf(raw)['cidrs']))
      .flatMap((text) => {
        const read = parseRange(text);
        return read.ok ? [read.value] : [];
      }),
  ]);

const P22: Check = {
  code: 'P22',
  needs: ['BGPConfiguration'],
  open: 'whether a range overlaps that of ClusterIPs',
  find(world) {
    const own = clusterRanges(world);
    return entriesOf(world, 'serviceLoadBalancerIPs').flatMap((entry): readonly Found[] => {
      const [range] = entryRanges([entry]);
      const shared = own.filter((one) => range !== undefined && rangesOverlap(one, range));
      if (shared.length === 0) return [];
      return [
        {
          severity: 'warning',
          object: DEFAULT_CONFIGURATION,
          field: 'spec.serviceLoadBalancerIPs',
          says: `${entry.text} in serviceLoadBalancerIPs overlaps the ClusterIPs' range ${someOf(shared.map(formatRange))}: one address can be a ClusterIP of one Service and the load balancer's of another.`,
          todo: 'Give load balancers a range of their own.',
          fix: narrowed(world, 'serviceLoadBalancerIPs', entry, shared),
        },
      ];
    });
  },
};

export const OVERLAPS: readonly Check[] = [P19, P20, P21, P22];
