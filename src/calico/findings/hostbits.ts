/** Prefixes with bits behind their length, which BIRD refuses wherever they are written out: P9. */
import { fieldsOf, listOf, nameOf, specOf, textOf } from '../../cluster/fields.ts';
import { formatPrefix } from '../../net/prefix.ts';
import { type RangeEntry, rangeEntry } from '../objects/prefixes.ts';
import { type Check, someOf } from './check.ts';
import type { Found } from './finding.ts';
import { configure, DEFAULT_CONFIGURATION, defaultSpec, patchOf, refOf, type World } from './world.ts';

const LISTS = ['serviceLoadBalancerIPs', 'serviceExternalIPs', 'serviceClusterIPs'] as const;

type Written = { readonly list: string; readonly entry: RangeEntry };

/** Entries of `default` that are written out for BIRD. */
function written(world: World): readonly Written[] {
  const { aggregated } = world.picture.ranges;
  const { loadBalancerIPs, externalIPs, clusterIPs } = world.picture.cluster.configuration;
  const lists = [
    ['serviceLoadBalancerIPs', loadBalancerIPs],
    ['serviceExternalIPs', externalIPs],
    ['serviceClusterIPs', clusterIPs],
  ] as const;
  return lists.flatMap(([list, entries]) =>
    entries.filter((entry) => aggregated.includes(entry)).map((entry) => ({ list, entry })),
  );
}

const P9: Check = {
  code: 'P9',
  needs: ['BGPConfiguration'],
  open: 'whether a range has host bits, which BIRD refuses',
  find(world) {
    return [...ofLists(world), ...ofAdvertisements(world), ...ofFilters(world)];
  },
};

/** Of a list of objects with a `cidr`, the same with its host bits cleared. */
const masked = (list: unknown): readonly unknown[] =>
  listOf(list).map((one) => {
    const entry = fieldsOf(one);
    return entry['cidr'] === undefined ? one : { ...entry, cidr: cleared(textOf(entry['cidr'])) };
  });

const cleared = (text: string): string => withoutHostBits(text) ?? text;

/** Null where there are none. */
function withoutHostBits(text: string): string | null {
  const { prefix, hostBits } = rangeEntry(text);
  return prefix !== null && hostBits ? formatPrefix(prefix) : null;
}

function ofLists(world: World): readonly Found[] {
  const bad = written(world).filter(({ entry }) => entry.hostBits);
  return LISTS.flatMap((list): readonly Found[] => {
    const entries = bad.filter((one) => one.list === list).map(({ entry }) => entry);
    if (entries.length === 0) return [];
    const families = new Set(entries.map(({ prefix }) => prefix?.family));
    return [
      {
        severity: 'error',
        object: DEFAULT_CONFIGURATION,
        field: `spec.${list}`,
        says: `${someOf(entries.map(({ text }) => text))} in ${list} ${entries.length > 1 ? 'have' : 'has'} host bits: BIRD refuses the file on every node, keeps what it had, loses every later change, and announces nothing once it is restarted.`,
        todo: `Write ${someOf(entries.map(({ text }) => withoutHostBits(text) ?? text))}.`,
        fix: [configure(world, { [list]: masked(defaultSpec(world)[list]) })],
        hurts: ({ family, listed }) => listed && families.has(family),
      },
    ];
  });
}

function ofAdvertisements(world: World): readonly Found[] {
  const { configuration, nodeConfigurations } = world.picture.cluster;
  return [configuration, ...nodeConfigurations.values()].flatMap((one): readonly Found[] => {
    const bad = (one.prefixAdvertisements ?? []).map(({ range }) => range).filter(({ hostBits }) => hostBits);
    if (bad.length === 0) return [];
    const raw = world.of('BGPConfiguration').find((object) => nameOf(object) === one.name) ?? {};
    const families = new Set(bad.map(({ prefix }) => prefix?.family));
    return [
      {
        severity: 'error',
        object: refOf(raw),
        field: 'spec.prefixAdvertisements',
        says: `${someOf(bad.map(({ text }) => text))} in prefixAdvertisements ${bad.length > 1 ? 'have' : 'has'} host bits: BIRD does not start with this, and where it runs no later change of peers or nodes takes effect.`,
        todo: `Write ${someOf(bad.map(({ text }) => withoutHostBits(text) ?? text))}.`,
        fix: [
          patchOf(refOf(raw), {
            spec: { prefixAdvertisements: masked(specOf(raw)['prefixAdvertisements']) },
          }),
        ],
        hurts: ({ family, listed }) => listed && families.has(family),
      },
    ];
  });
}

const RULES = { exportV4: 4, importV4: 4, exportV6: 6, importV6: 6 } as const;

function ofFilters(world: World): readonly Found[] {
  return world.of('BGPFilter').flatMap((raw) =>
    Object.entries(RULES).flatMap(([list, family]): readonly Found[] => {
      const rules = listOf(specOf(raw)[list]).map((one) => textOf(fieldsOf(one)['cidr']));
      const bad = rules.filter((text) => withoutHostBits(text) !== null);
      if (bad.length === 0) return [];
      return [
        {
          severity: 'error',
          object: refOf(raw),
          field: `spec.${list}[${rules.indexOf(bad[0] ?? '')}].cidr`,
          says: `${someOf(bad)} in BGPFilter ${nameOf(raw)} ${bad.length > 1 ? 'have' : 'has'} host bits: every filter is written on every node, used or not, and BIRD does not start with this one.`,
          todo: `Write ${someOf(bad.map((text) => withoutHostBits(text) ?? text))}.`,
          fix: [patchOf(refOf(raw), { spec: { [list]: masked(specOf(raw)[list]) } })],
          hurts: (short) => short.listed && short.family === family,
        },
      ];
    }),
  );
}

export const HOST_BITS: readonly Check[] = [P9];
