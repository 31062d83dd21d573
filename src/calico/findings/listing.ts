/** Ranges that Calico is told to announce, held against the addresses that are in use: P1, P2, P3, P6. */
import { listOf, nameOf, type Raw, specOf } from '../../cluster/fields.ts';
import { formatPrefix } from '../../net/prefix.ts';
import { type AddressRange, formatRange, mergeRanges, prefixesOf, subtractRanges } from '../../net/range.ts';
import { isSingle, type RangeEntry } from '../objects/prefixes.ts';
import { type Check, someOf } from './check.ts';
import type { Found, ObjectRef } from './finding.ts';
import {
  configure,
  DEFAULT_CONFIGURATION,
  defaultSpec,
  entryRanges,
  patchOf,
  poolRef,
  refOf,
  serviceRef,
  type World,
} from './world.ts';

const LIST = 'spec.serviceLoadBalancerIPs';

/** Pools' ranges, and addresses that Services hold without one, that no entry covers. */
function uncovered(world: World): {
  readonly ranges: readonly AddressRange[];
  readonly owners: Map<string, ObjectRef>;
} {
  const listed = entryRanges(world.picture.cluster.configuration.loadBalancerIPs);
  const owners = new Map<string, ObjectRef>();
  const ranges: AddressRange[] = [];
  for (const pool of world.pools) {
    const left = subtractRanges(pool.ranges, listed);
    if (left.length > 0) owners.set(`pool ${pool.name}`, poolRef(world, pool.name));
    ranges.push(...left);
  }
  const pooled = world.pools.flatMap((pool) => pool.ranges);
  for (const { address, services } of world.held) {
    const alone = { family: address.family, first: address.bits, last: address.bits };
    if (subtractRanges([alone], [...listed, ...pooled]).length === 0) continue;
    for (const { key } of services) owners.set(`Service ${key}`, serviceRef(key));
    ranges.push(alone);
  }
  return { ranges: mergeRanges(ranges), owners };
}

const P1: Check = {
  code: 'P1',
  needs: ['BGPConfiguration'],
  open: 'whether Calico is told to announce the addresses of the pools',
  find(world) {
    const { ranges, owners } = uncovered(world);
    if (ranges.length === 0) return [];
    const spec = defaultSpec(world);
    const cidrs = ranges.flatMap(prefixesOf).map(formatPrefix);
    const many = ranges.length > 1 || ranges.some((one) => one.first !== one.last);
    return [
      {
        severity: 'error',
        object: DEFAULT_CONFIGURATION,
        field: LIST,
        says: `${someOf(ranges.map(formatRange))} of ${someOf([...owners.keys()])} ${many ? 'are' : 'is'} not in serviceLoadBalancerIPs: Calico announces none of it, and clients cannot reach Services that get such an address.`,
        todo: `Add ${someOf(cidrs.map((cidr) => `"- cidr: ${cidr}"`))} to ${LIST} of BGPConfiguration default.`,
        fix: [
          configure(world, {
            serviceLoadBalancerIPs: [
              ...listOf(spec['serviceLoadBalancerIPs']),
              ...cidrs.map((cidr) => ({ cidr })),
            ],
          }),
        ],
        concerns: [...owners.values()],
        hurts: ({ listed }) => !listed,
      },
    ];
  },
};

/** Read from objects that are called after a node, too. */
const PER_NODE = new Set(['prefixAdvertisements', 'communities', 'listenPort', 'logSeverityScreen']);
const LISTS = ['serviceLoadBalancerIPs', 'serviceExternalIPs', 'serviceClusterIPs'] as const;

const P2: Check = {
  code: 'P2',
  needs: ['BGPConfiguration'],
  open: 'whether settings lie in an object that Calico does not read',
  find(world) {
    const { nodeConfigurations } = world.picture.cluster;
    return world.of('BGPConfiguration').flatMap((raw): readonly Found[] => {
      const name = nameOf(raw);
      if (name === 'default') return [];
      const spec = specOf(raw);
      const isOfNode = nodeConfigurations.has(name.replace(/^node\./, '')) && name.startsWith('node.');
      const lost = Object.keys(spec).filter((field) => !isOfNode || !PER_NODE.has(field));
      if (name.startsWith('node.') && !isOfNode && !world.knows('Node')) return [];
      if (lost.length === 0) return [];
      const moved = movedTo(defaultSpec(world), spec, lost);
      const drop = isOfNode
        ? patchOf(refOf(raw), { spec: Object.fromEntries(lost.map((field) => [field, null])) })
        : ({ do: 'delete', object: refOf(raw) } as const);
      return [
        {
          severity: Object.keys(moved).length > 0 ? 'error' : 'warning',
          object: refOf(raw),
          field: `spec.${lost[0]}`,
          says: `Calico ignores ${someOf(lost)} in BGPConfiguration ${name}: only the object called default is read for ${lost.length > 1 ? 'these' : 'this'}.`,
          todo: `Move ${lost.length > 1 ? 'the settings' : 'the setting'} to BGPConfiguration default and ${isOfNode ? 'take them out here' : 'delete this object'}.`,
          fix: [...(Object.keys(moved).length > 0 ? [configure(world, moved)] : []), drop],
          hurts: ({ listed }) => !listed && LISTS.some((list) => lost.includes(list)),
        },
      ];
    });
  },
};

/** What `default` has to gain so that nothing of the ignored object is lost; what it says itself stands. */
function movedTo(own: Raw, from: Raw, fields: readonly string[]): Raw {
  const moved: Record<string, unknown> = {};
  for (const field of fields) {
    if (!Array.isArray(from[field])) {
      if (own[field] === undefined) moved[field] = from[field];
      continue;
    }
    const there = listOf(own[field]);
    const texts = new Set(there.map((one) => JSON.stringify(one)));
    const added = listOf(from[field]).filter((one) => !texts.has(JSON.stringify(one)));
    if (added.length > 0) moved[field] = [...there, ...added];
  }
  return moved;
}

const wide = (world: World): readonly RangeEntry[] =>
  world.picture.cluster.configuration.loadBalancerIPs.filter(
    ({ prefix }) => prefix !== null && !isSingle(prefix),
  );

const P3: Check = {
  code: 'P3',
  needs: ['BGPConfiguration'],
  open: 'whether whole ranges are announced',
  find(world) {
    const { configuration, behaviour } = world.picture.cluster;
    const entries = wide(world);
    if (!configuration.aggregation || entries.length === 0) return [];
    return [
      {
        severity: 'hint',
        object: DEFAULT_CONFIGURATION,
        field: LIST,
        says: `Every node that is not excluded announces ${someOf(entries.map(({ text }) => text))} as a whole, with or without Services: unused addresses attract traffic that is then dropped, and no other cluster may share the range.`,
        todo: behaviour.knowsAggregation
          ? "Leave it so where the range is this cluster's own; else set spec.serviceLoadBalancerAggregation: Disabled."
          : "Leave it so where the range is this cluster's own; single addresses alone need Calico 3.31.",
        ...(behaviour.knowsAggregation
          ? { fix: [configure(world, { serviceLoadBalancerAggregation: 'Disabled' })] }
          : {}),
      },
    ];
  },
};

const P6: Check = {
  code: 'P6',
  needs: ['BGPConfiguration'],
  open: 'whether ClusterIPs are announced one by one',
  find(world) {
    const { configuration, services } = world.picture.cluster;
    if (configuration.aggregation || configuration.clusterIPs.length === 0) return [];
    const count = [...services.values()].filter(({ clusterIPs }) => clusterIPs.length > 0).length;
    const many = count === 0 ? 'each ClusterIP' : `about ${count} ClusterIPs`;
    return [
      {
        severity: 'warning',
        object: DEFAULT_CONFIGURATION,
        field: 'spec.serviceClusterIPs',
        says: `With serviceLoadBalancerAggregation Disabled, any entry here makes every node announce ${many} as a route of its own, whatever the entry says.`,
        todo: 'Take serviceClusterIPs out, or set serviceLoadBalancerAggregation: Enabled.',
        fix: [configure(world, { serviceClusterIPs: null })],
      },
    ];
  },
};

export const LISTING: readonly Check[] = [P1, P2, P3, P6];
