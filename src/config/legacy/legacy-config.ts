/**
 * Parses the configuration of MetalLB 0.12 and older: a ConfigMap with YAML under the key `config`.
 *
 * A text with one issue gives no configuration, only the list of all issues: part of a configuration could mean something
 * else than the whole. The controller then keeps the last good one.
 */

import { isObject } from '../../base/json.ts';
import { ownValue } from '../../base/own-value.ts';
import { err, ok, type Result } from '../../base/result.ts';
import { closestMatch, quoteList } from '../../base/text.ts';
import { type ConfigIssue, describeValue, quoteText } from '../issue.ts';
import { ObjectReader } from '../object-reader.ts';
import { parseYaml, YAML_SCALAR_PARSERS } from '../yaml.ts';
import { type LegacyBfdProfile, readLegacyBfdProfiles } from './bfd-profiles.ts';
import { type LegacyCommunity, readLegacyCommunities } from './communities.ts';
import { type LegacyPeer, readLegacyPeers } from './peers.ts';
import { type LegacyPool, readLegacyPools } from './pools.ts';

export type LegacyConfig = {
  readonly peers: readonly LegacyPeer[];
  readonly communities: readonly LegacyCommunity[];
  readonly pools: readonly LegacyPool[];
  readonly bfdProfiles: readonly LegacyBfdProfile[];
};

/** The key that MetalLB's manifests used. */
export const LEGACY_DATA_KEY = 'config';

const TOP_LEVEL_HINTS: ReadonlyMap<string, string> = new Map([
  ['communities', 'MetalLB 0.3 renamed it to "bgp-communities"'],
  ['pools', 'did you mean "address-pools"?'],
]);

const TOP_LEVEL_FIELDS = ['address-pools', 'peers', 'bgp-communities', 'bfd-profiles'];

/** Whether a text with this field may be an old configuration: its name is one of the format, or almost one. */
export const isLegacyField = (name: string): boolean =>
  TOP_LEVEL_HINTS.has(name) || closestMatch(name, TOP_LEVEL_FIELDS) !== null;

/** The configuration text of a ConfigMap object. */
export function extractLegacyText(configMap: unknown): Result<string, readonly ConfigIssue[]> {
  const data = isObject(configMap) ? configMap['data'] : undefined;
  const fields = isObject(data) ? data : {};
  const text = ownValue(fields, LEGACY_DATA_KEY);
  if (typeof text === 'string') return ok(text);
  const path = `data.${LEGACY_DATA_KEY}`;
  if (text !== undefined) return err([{ path, message: `must be a text, not ${describeValue(text)}` }]);
  const others = Object.keys(fields);
  const suggestion = closestMatch(LEGACY_DATA_KEY, others);
  const hint = suggestion === null ? '' : `; did you mean ${quoteText(suggestion)} to be it?`;
  const found =
    others.length === 0 ? 'the ConfigMap holds no data' : `found ${quoteList(others.slice(0, 5))}`;
  return err([{ path, message: `is required: ${found}${hint}` }]);
}

export async function parseLegacyConfig(text: string): Promise<Result<LegacyConfig, readonly ConfigIssue[]>> {
  const yaml = await parseYaml(text);
  return yaml.ok ? readLegacyConfig(yaml.value) : yaml;
}

/** Validates the parsed YAML. */
export function readLegacyConfig(value: unknown): Result<LegacyConfig, readonly ConfigIssue[]> {
  if (value === null)
    return err([{ path: '', message: 'is empty: there is nothing to run from or to convert' }]);
  const issues: ConfigIssue[] = [];
  const top = ObjectReader.of(value, '', issues, YAML_SCALAR_PARSERS);
  if (top === null) return err(issues);
  const communities = readLegacyCommunities(top, 'bgp-communities', issues);
  const bfdProfiles = readLegacyBfdProfiles(top.objects('bfd-profiles'));
  const peers = readLegacyPeers(top.objects('peers'), new Set(bfdProfiles.map(({ name }) => name)), issues);
  const pools = readLegacyPools(
    top.objects('address-pools'),
    new Set(communities.map(({ name }) => name)),
    issues,
  );
  top.rejectUnknownFields(TOP_LEVEL_HINTS);
  return issues.length > 0 ? err(issues) : ok({ peers, communities, pools, bfdProfiles });
}
