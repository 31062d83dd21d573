/** Checks of the ranges that Calico is configured to announce against the addresses in use: P1, P2, P3, P6. */
import { fieldsOf, listOf, type Raw, textOf } from '../../base/json.ts';
import { formatPrefix } from '../../net/prefix.ts';
import {
  type AddressRange,
  formatRange,
  mergeRanges,
  rangePrefixes,
  subtractRanges,
} from '../../net/range.ts';
import { nameOf, specOf } from '../../objects/metadata.ts';
import { wideRanges } from '../confd/service-ranges.ts';
import { RANGE_LISTS } from '../objects/configuration.ts';
import { formatFieldPath } from '../objects/known-fields.ts';
import { readRangeEntry } from '../objects/prefixes.ts';
import { abbreviateList, type DiagnosticCheck, plural } from './check.ts';
import type { CheckResult, ObjectEdit, ObjectRef } from './finding.ts';
import {
  type ClusterSnapshot,
  configure,
  DEFAULT_CONFIGURATION,
  defaultSpec,
  entryRanges,
  findObject,
  objectRefOf,
  patchOf,
  poolRef,
  serviceRef,
} from './snapshot.ts';
import { misspelledField, renameFieldEdits } from './unknown-fields.ts';

const LIST_FIELD = 'spec.serviceLoadBalancerIPs';

/** Ranges of pools, and addresses of Services outside of pools, that no entry of serviceLoadBalancerIPs contains. */
function unlistedRanges(snapshot: ClusterSnapshot): {
  readonly ranges: readonly AddressRange[];
  readonly owners: Map<string, ObjectRef>;
} {
  const isListed = entryRanges(snapshot.converged.cluster.configuration.loadBalancerIPs);
  const owners = new Map<string, ObjectRef>();
  const ranges: AddressRange[] = [];
  for (const pool of snapshot.pools) {
    const unlisted = subtractRanges(pool.ranges, isListed);
    if (unlisted.length > 0) owners.set(`pool ${pool.name}`, poolRef(snapshot, pool.name));
    ranges.push(...unlisted);
  }
  const pooled = snapshot.pools.flatMap((pool) => pool.ranges);
  for (const { address, services } of snapshot.assigned) {
    const single = { family: address.family, first: address.bits, last: address.bits };
    if (subtractRanges([single], [...isListed, ...pooled]).length === 0) continue;
    for (const { key } of services) owners.set(`Service ${key}`, serviceRef(key));
    ranges.push(single);
  }
  return { ranges: mergeRanges(ranges), owners };
}

const P1: DiagnosticCheck = {
  code: 'P1',
  needs: ['BGPConfiguration'],
  question: 'whether Calico announces the addresses of the pools',
  find(snapshot) {
    const { ranges, owners } = unlistedRanges(snapshot);
    if (ranges.length === 0) return [];
    const { remedy, edits } = listRanges(snapshot, ranges);
    const isPlural = ranges.length > 1 || ranges.some((one) => one.first !== one.last);
    return [
      {
        severity: 'error',
        object: DEFAULT_CONFIGURATION,
        field: LIST_FIELD,
        problem: `Calico does not announce ${abbreviateList(ranges.map(formatRange))} of ${abbreviateList([...owners.keys()])}. No entry of serviceLoadBalancerIPs contains ${isPlural ? 'them, so clients cannot reach Services with these addresses' : 'it, so clients cannot reach the Service'}.`,
        remedy,
        edits,
        concerns: [...owners.values()],
        explains: ({ isListed }) => !isListed,
      },
    ];
  },
};

/** Adds the ranges to the list, or corrects the name of the field that has them. */
function listRanges(
  snapshot: ClusterSnapshot,
  ranges: readonly AddressRange[],
): { readonly remedy: string; readonly edits: readonly ObjectEdit[] } {
  const raw = findObject(snapshot, 'BGPConfiguration', 'default');
  const spec = specOf(raw);
  const misspelled = misspelledField(raw, 'serviceLoadBalancerIPs');
  const written = listOf(spec[String(misspelled?.path.at(-1))]).map((one) =>
    readRangeEntry(textOf(fieldsOf(one)['cidr'])),
  );
  if (
    misspelled !== null &&
    spec['serviceLoadBalancerIPs'] === undefined &&
    subtractRanges(ranges, entryRanges(written)).length === 0
  )
    return {
      remedy: `Correct the name of ${formatFieldPath(misspelled.path)}: the field is serviceLoadBalancerIPs.`,
      edits: renameFieldEdits(raw, misspelled),
    };
  const cidrs = ranges.flatMap(rangePrefixes).map(formatPrefix);
  return {
    remedy: `Add ${abbreviateList(cidrs.map((cidr) => `"- cidr: ${cidr}"`))} to ${LIST_FIELD} of BGPConfiguration default.`,
    edits: [
      configure(snapshot, {
        serviceLoadBalancerIPs: [
          ...listOf(spec['serviceLoadBalancerIPs']),
          ...cidrs.map((cidr) => ({ cidr })),
        ],
      }),
    ],
  };
}

/** Settings that Calico reads from `node.<name>`, too. */
const PER_NODE = new Set(['prefixAdvertisements', 'communities', 'listenPort', 'logSeverityScreen']);

const P2: DiagnosticCheck = {
  code: 'P2',
  needs: ['BGPConfiguration'],
  question: 'whether settings are in an object that Calico does not read',
  find(snapshot) {
    const { nodeConfigurations } = snapshot.converged.cluster;
    return snapshot.objectsOf('BGPConfiguration').flatMap((raw): readonly CheckResult[] => {
      const name = nameOf(raw);
      if (name === 'default') return [];
      const spec = specOf(raw);
      const isPerNode = nodeConfigurations.has(name.replace(/^node\./, '')) && name.startsWith('node.');
      const ignoredFields = Object.keys(spec).filter((field) => !isPerNode || !PER_NODE.has(field));
      if (name.startsWith('node.') && !isPerNode && !snapshot.isKindKnown('Node')) return [];
      if (ignoredFields.length === 0) return [];
      const movedFields = missingSettings(defaultSpec(snapshot), spec, ignoredFields);
      const removal = isPerNode
        ? patchOf(objectRefOf(raw), { spec: Object.fromEntries(ignoredFields.map((field) => [field, null])) })
        : ({ do: 'delete', object: objectRefOf(raw) } as const);
      return [
        {
          severity: Object.keys(movedFields).length > 0 ? 'error' : 'warning',
          object: objectRefOf(raw),
          field: `spec.${ignoredFields[0]}`,
          problem: `Calico ignores ${abbreviateList(ignoredFields)} in BGPConfiguration ${name}. It reads ${plural(ignoredFields.length, 'this setting', 'these settings')} only from the object named default.`,
          remedy: `Move ${plural(ignoredFields.length, 'the setting', 'the settings')} to BGPConfiguration default, and ${isPerNode ? 'remove them here' : 'delete this object'}.`,
          edits: [
            ...(Object.keys(movedFields).length > 0 ? [configure(snapshot, movedFields)] : []),
            removal,
          ],
          explains: ({ isListed }) => !isListed && RANGE_LISTS.some((list) => ignoredFields.includes(list)),
        },
      ];
    });
  },
};

/** What `default` lacks of the ignored object's settings; its own settings take precedence. */
function missingSettings(own: Raw, from: Raw, fields: readonly string[]): Raw {
  const moved: Record<string, unknown> = {};
  for (const field of fields) {
    if (!Array.isArray(from[field])) {
      if (own[field] === undefined) moved[field] = from[field];
      continue;
    }
    const existing = listOf(own[field]);
    const texts = new Set(existing.map((one) => JSON.stringify(one)));
    const added = listOf(from[field]).filter((one) => !texts.has(JSON.stringify(one)));
    if (added.length > 0) moved[field] = [...existing, ...added];
  }
  return moved;
}

const P3: DiagnosticCheck = {
  code: 'P3',
  needs: ['BGPConfiguration'],
  question: 'whether whole ranges are announced',
  find(snapshot) {
    const { configuration, behaviour } = snapshot.converged.cluster;
    const entries = wideRanges(configuration.loadBalancerIPs);
    if (!configuration.aggregation || entries.length === 0) return [];
    return [
      {
        severity: 'hint',
        object: DEFAULT_CONFIGURATION,
        field: LIST_FIELD,
        problem: `Every node without the exclude label announces ${abbreviateList(entries.map(({ text }) => text))} as a whole, with or without Services. Traffic to unused addresses reaches the nodes and is dropped. No other cluster can share the range.`,
        remedy: behaviour.knowsAggregation
          ? 'Keep it if no other cluster uses the range. Otherwise set spec.serviceLoadBalancerAggregation: Disabled.'
          : 'Keep it if no other cluster uses the range. Announcing single addresses alone needs Calico 3.31.',
        ...(behaviour.knowsAggregation
          ? { edits: [configure(snapshot, { serviceLoadBalancerAggregation: 'Disabled' })] }
          : {}),
      },
    ];
  },
};

const P6: DiagnosticCheck = {
  code: 'P6',
  needs: ['BGPConfiguration'],
  question: 'whether every ClusterIP is announced as a host route',
  find(snapshot) {
    const { configuration, services } = snapshot.converged.cluster;
    if (configuration.aggregation || configuration.clusterIPs.length === 0) return [];
    const count = [...services.values()].filter(({ clusterIPs }) => clusterIPs.length > 0).length;
    const clusterIPs = count === 0 ? 'every ClusterIP' : `about ${count} ClusterIPs`;
    return [
      {
        severity: 'warning',
        object: DEFAULT_CONFIGURATION,
        field: 'spec.serviceClusterIPs',
        problem: `Every node announces a host route for ${clusterIPs}. With serviceLoadBalancerAggregation Disabled any entry of serviceClusterIPs does this, whatever its range.`,
        remedy: 'Remove serviceClusterIPs, or set serviceLoadBalancerAggregation: Enabled.',
        edits: [configure(snapshot, { serviceClusterIPs: null })],
      },
    ];
  },
};

export const LISTED_RANGE_CHECKS: readonly DiagnosticCheck[] = [P1, P2, P3, P6];
