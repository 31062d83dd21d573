/** Reads BGPPeers and BGPFilters. */

import { fieldsOf, listOf, numberOf, type Raw, textOf, textsOf } from '../../base/json.ts';
import { nameOf, specOf } from '../../objects/metadata.ts';
import { readAS } from './as-number.ts';
import { readSeconds } from './as-seconds.ts';
import { readSecretRef, type SecretRef } from './configuration.ts';
import { type RangeEntry, readRangeEntry } from './prefixes.ts';

export type BGPPeer = {
  readonly name: string;
  /** '' for unset. */
  readonly node: string;
  readonly nodeSelector: string;
  readonly peerIP: string;
  readonly peerSelector: string;
  readonly asNumber: number | null;
  readonly localAS: number | null;
  readonly password: SecretRef | null;
  readonly nextHop: 'auto' | 'self' | 'keep' | 'keep-ebgp';
  /** How often an accepted AS path may contain the node's own AS. */
  readonly allowedLocalAS: number;
  /** TTL security (GTSM) for a peer this many hops away; null for off. */
  readonly ttlSecurity: number | null;
  /** `maxRestartTime`, rounded; null where it is not set. */
  readonly restartSeconds: number | null;
  readonly reachableBy: string;
  readonly hasReversePeering: boolean;
  readonly filters: readonly string[];
};

export function readCalicoPeer(raw: Raw): BGPPeer {
  const spec = specOf(raw);
  return {
    name: nameOf(raw),
    node: textOf(spec['node']),
    nodeSelector: textOf(spec['nodeSelector']),
    peerIP: textOf(spec['peerIP']),
    peerSelector: textOf(spec['peerSelector']),
    asNumber: readAS(spec['asNumber']),
    localAS: readAS(spec['localASNumber']),
    password: readSecretRef(spec['password']),
    nextHop: nextHopOf(spec),
    allowedLocalAS: numberOf(spec['numAllowedLocalASNumbers']) ?? 0,
    ttlSecurity: numberOf(spec['ttlSecurity']),
    restartSeconds: readSeconds(spec['maxRestartTime']),
    reachableBy: textOf(spec['reachableBy']),
    hasReversePeering: spec['reversePeering'] !== 'Manual',
    filters: textsOf(spec['filters']),
  };
}

function nextHopOf(spec: Raw): BGPPeer['nextHop'] {
  if (spec['nextHopMode'] === 'Self') return 'self';
  if (spec['nextHopMode'] === 'Keep') return 'keep';
  return spec['keepOriginalNextHop'] === true ? 'keep-ebgp' : 'auto';
}

export type FilterRule = {
  readonly range: RangeEntry | null;
  readonly operator: 'Equal' | 'NotEqual' | 'In' | 'NotIn' | '';
  /** Bounds of the route's prefix length; null for none. */
  readonly lengths: { readonly min: number | null; readonly max: number | null } | null;
  readonly remoteOnly: boolean;
  /** The name of an interface; '' for any. */
  readonly interface: string;
  readonly peerType: 'eBGP' | 'iBGP' | '';
  readonly community: string;
  readonly asPathPrefix: readonly number[];
  readonly priority: number | null;
  readonly accepts: boolean;
  readonly operations: readonly FilterOperation[];
};

export type FilterOperation =
  | { readonly kind: 'community'; readonly value: string }
  | { readonly kind: 'prepend'; readonly path: readonly number[] }
  | { readonly kind: 'priority'; readonly value: number };

export type BGPFilter = {
  readonly name: string;
  readonly rules: { readonly [list in FilterList]: readonly FilterRule[] };
};

export type FilterList = 'export4' | 'import4' | 'export6' | 'import6';

export function readFilter(raw: Raw): BGPFilter {
  const spec = specOf(raw);
  const rules = (value: unknown): readonly FilterRule[] =>
    listOf(value).map((one) => readRule(fieldsOf(one)));
  return {
    name: nameOf(raw),
    rules: {
      export4: rules(spec['exportV4']),
      import4: rules(spec['importV4']),
      export6: rules(spec['exportV6']),
      import6: rules(spec['importV6']),
    },
  };
}

function readRule(rule: Raw): FilterRule {
  const cidr = textOf(rule['cidr']);
  const lengths = rule['prefixLength'];
  const operator = textOf(rule['matchOperator']);
  const peerType = textOf(rule['peerType']);
  return {
    range: cidr === '' ? null : readRangeEntry(cidr),
    operator:
      operator === 'Equal' || operator === 'NotEqual' || operator === 'In' || operator === 'NotIn'
        ? operator
        : '',
    lengths:
      lengths === undefined || lengths === null
        ? null
        : { min: numberOf(fieldsOf(lengths)['min']), max: numberOf(fieldsOf(lengths)['max']) },
    remoteOnly: rule['source'] === 'RemotePeers',
    interface: textOf(rule['interface']),
    peerType: peerType === 'eBGP' || peerType === 'iBGP' ? peerType : '',
    community: textsOf(fieldsOf(rule['communities'])['values'])[0] ?? '',
    asPathPrefix: listOf(rule['asPathPrefix'])
      .map(readAS)
      .filter((one) => one !== null),
    priority: numberOf(rule['priority']),
    accepts: rule['action'] === 'Accept',
    operations: listOf(rule['operations']).flatMap((one) => readOperation(fieldsOf(one))),
  };
}

function readOperation(operation: Raw): readonly FilterOperation[] {
  const community = textOf(fieldsOf(operation['addCommunity'])['value']);
  const path = listOf(fieldsOf(operation['prependASPath'])['prefix'])
    .map(readAS)
    .filter((one) => one !== null);
  const priority = numberOf(fieldsOf(operation['setPriority'])['value']);
  return [
    ...(community === '' ? [] : [{ kind: 'community', value: community } as const]),
    ...(path.length === 0 ? [] : [{ kind: 'prepend', path } as const]),
    ...(priority === null ? [] : [{ kind: 'priority', value: priority } as const]),
  ];
}
