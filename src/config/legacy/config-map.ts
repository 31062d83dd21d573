/**
 * The old ConfigMap as objects of metallb.io, for programs that run from it. Each object has its place in the text, and an
 * issue of an object is shown there: its author knows the ConfigMap, and not the objects.
 */
import type { Raw } from '../../base/json.ts';
import { err, ok, type Result } from '../../base/result.ts';
import type { ConfigIssue } from '../issue.ts';
import { loadYamlParser } from '../yaml.ts';
import { extractLegacyText, LEGACY_DATA_KEY, readLegacyConfig } from './legacy-config.ts';
import { placeLegacyObjects } from './metallb-objects.ts';
import { writtenNames } from './object-names.ts';

/** An object that is stored nowhere. */
export type LegacyObject = {
  readonly kind: string;
  readonly name: string;
  /** The whole object. Its `uid` is that of every object of its kind and name, whatever the text. */
  readonly raw: Raw;
  /** Its part of the text, such as `address-pools[0]`. */
  readonly place: string;
};

/** The objects of a ConfigMap in a namespace, or all issues of its text; then no part of it is used. */
export type ReadLegacyObjects = (
  configMap: unknown,
  namespace: string,
) => Result<readonly LegacyObject[], readonly ConfigIssue[]>;

/** `--config`. */
export type LegacyConfigSettings = {
  /** Of the ConfigMap. */
  readonly name: string;
  readonly read: ReadLegacyObjects;
};

export async function loadLegacyReader(): Promise<ReadLegacyObjects> {
  const yaml = await loadYamlParser();
  return (configMap, namespace) => {
    const text = extractLegacyText(configMap);
    if (!text.ok) return text;
    const parsed = yaml.one(text.value);
    const config = parsed.ok ? readLegacyConfig(parsed.value) : parsed;
    if (!config.ok) return err(config.error.map(inText));
    const placed = placeLegacyObjects(config.value, { namespace, names: writtenNames(config.value) });
    return ok(
      placed.map(({ object, place }) => {
        const { kind, metadata } = object;
        const uid = `configmap/${kind}/${metadata.name}`;
        return { kind, name: metadata.name, raw: { ...object, metadata: { ...metadata, uid } }, place };
      }),
    );
  };
}

/** An issue of an object, at its place in the ConfigMap. */
export const issueInText = (issue: ConfigIssue, place: string): ConfigIssue => {
  const field = legacyField(issue.path);
  return inText({ ...issue, path: field === '' ? place : `${place}.${field}` });
};

/** The text is one value of the ConfigMap: a path inside it follows its key. */
const inText = ({ path, message }: ConfigIssue): ConfigIssue => {
  const key = `data.${LEGACY_DATA_KEY}`;
  return { path: path === '' ? key : `${key}: ${path}`, message };
};

/** Fields whose old names are not theirs in kebab case. */
const IRREGULAR_FIELDS: ReadonlyMap<string, string> = new Map([
  ['avoidBuggyIPs', 'avoid-buggy-ips'],
  ['ebgpMultiHop', 'ebgp-multihop'],
  ['localPref', 'localpref'],
]);

/** `spec.peerAddress` was `peer-address`. '' for what the text has no field for: a list of names, or the whole object. */
function legacyField(path: string): string {
  const [, field = '', rest = ''] = /^spec\.([A-Za-z0-9]+)(.*)$/.exec(path) ?? [];
  if (field === 'ipAddressPools') return '';
  const name =
    IRREGULAR_FIELDS.get(field) ?? field.replace(/[A-Z]+/g, (letters) => `-${letters.toLowerCase()}`);
  return name + rest;
}
