/**
 * Reads L2Advertisements. MetalLB reads all of them on every node, even where none is used, because the election needs
 * them; so an invalid one shows in the state of every node.
 */
import { isObject } from '../base/json.ts';
import { identityOf } from '../objects/metadata.ts';
import type { LabelSelector } from '../objects/selector.ts';
import { type ConfigIssue, itemPath, quoteText } from './issue.ts';
import { ObjectReader } from './object-reader.ts';
import { readLabelSelector, readLabelSelectors } from './selector.ts';
import { readUniqueStrings } from './unique-strings.ts';

/** Nodes that should rather answer. Weights of all that match a node add up. */
export type NodePreference = {
  /** 1 to 100. */
  readonly weight: number;
  readonly selector: LabelSelector;
};

export type L2Advertisement = {
  readonly name: string;
  /** Names and selectors add up; without both, every pool is covered. */
  readonly pools: readonly string[];
  readonly poolSelectors: readonly LabelSelector[];
  /** One of the selectors must match; an empty list matches everything. */
  readonly nodeSelectors: readonly LabelSelector[];
  readonly serviceSelectors: readonly LabelSelector[];
  /** Names of interfaces, existing or not; an empty list allows all. */
  readonly interfaces: readonly string[];
  readonly preferences: readonly NodePreference[];
};

export type L2AdvertisementReading = {
  /** Null if and only if there are issues. */
  readonly advertisement: L2Advertisement | null;
  readonly issues: readonly ConfigIssue[];
  /** What is allowed and was hardly meant. */
  readonly warnings: readonly ConfigIssue[];
};

const WEIGHT = { min: 1, max: 100 } as const;

/** `raw` is the whole object; without a `spec` it applies to every pool, node, Service and interface. */
export function readL2Advertisement(raw: unknown): L2AdvertisementReading {
  const issues: ConfigIssue[] = [];
  const object = ObjectReader.of(raw, '', issues);
  object?.ignore('apiVersion', 'kind', 'metadata', 'status');
  const spec = object?.object('spec') ?? (isSpecAbsent(raw) ? ObjectReader.of({}, 'spec', issues) : null);
  object?.rejectUnknownFields();
  if (spec === null) return { advertisement: null, issues, warnings: [] };
  const interfaces = readUniqueStrings(spec, 'interfaces', issues);
  const advertisement: L2Advertisement = {
    name: identityOf(raw).name,
    pools: readUniqueStrings(spec, 'ipAddressPools', issues),
    interfaces,
    poolSelectors: readLabelSelectors(spec, 'ipAddressPoolSelectors', issues),
    nodeSelectors: readLabelSelectors(spec, 'nodeSelectors', issues),
    serviceSelectors: readLabelSelectors(spec, 'serviceSelectors', issues),
    preferences: spec
      .objects('preferredNodeSelectors')
      .flatMap((preferred) => readPreference(preferred, issues)),
  };
  spec.rejectUnknownFields();
  if (issues.length > 0) return { advertisement: null, issues, warnings: [] };
  const warnings = interfaces.flatMap((name, index): readonly ConfigIssue[] => {
    const doubt = interfaceNameDoubt(name);
    const path = itemPath(spec.pathOf('interfaces'), index);
    return doubt === null ? [] : [{ path, message: `${quoteText(name)} ${doubt}` }];
  });
  return { advertisement, issues, warnings };
}

/** IFNAMSIZ without its zero byte. */
const INTERFACE_NAME_CHARS_MAX = 15;

/** Why no interface of Linux has this name (`dev_valid_name` in net/core/dev.c), or hardly any; null for a usual one. */
function interfaceNameDoubt(name: string): string | null {
  if (name === '' || name === '.' || name === '..' || /[\s/:]/.test(name))
    return 'cannot be the name of an interface, so nobody answers on it: correct the name';
  if (name.length > INTERFACE_NAME_CHARS_MAX)
    return `has more than ${INTERFACE_NAME_CHARS_MAX} characters, as no interface has: correct the name`;
  return /[*?[\]^$|]/.test(name)
    ? 'is taken as a name, not as a pattern: list the names of the interfaces'
    : null;
}

const isSpecAbsent = (raw: unknown): boolean => isObject(raw) && (raw['spec'] ?? null) === null;

function readPreference(preferred: ObjectReader, issues: ConfigIssue[]): readonly NodePreference[] {
  if (!preferred.has('weight')) preferred.addIssue('weight', 'is required');
  const weight = preferred.integer('weight', WEIGHT);
  const preference = preferred.object('preference');
  const selector = preference === null ? null : readLabelSelector(preference, issues);
  if (!preferred.has('preference')) preferred.addIssue('preference', 'is required');
  preferred.rejectUnknownFields();
  return weight === undefined || selector === null ? [] : [{ weight, selector }];
}
