/** Objects of the kind AddressPool, of MetalLB 0.13 and 0.14: the same fields as in the old text, spelled as Kubernetes does. */
import { fieldsOf, listOf, type Raw, textOf } from '../../base/json.ts';
import { err, ok, type Result } from '../../base/result.ts';
import { quoteList } from '../../base/text.ts';
import { metadataOf, nameOf } from '../../objects/metadata.ts';
import type { LegacySource } from './legacy-source.ts';

export const isMetalLBObject = (raw: Raw): boolean => /^metallb\.io\//.test(textOf(raw['apiVersion']));

/** `BGPPeer lb/tor`. */
export const objectLabel = (raw: Raw): string => {
  const namespace = textOf(metadataOf(raw)['namespace']);
  return `${textOf(raw['kind'])} ${namespace === '' ? '' : `${namespace}/`}${nameOf(raw)}`;
};

const POOL_FIELDS: Readonly<Record<string, string>> = {
  autoAssign: 'auto-assign',
  avoidBuggyIPs: 'avoid-buggy-ips',
  bgpAdvertisements: 'bgp-advertisements',
};

const ADVERTISEMENT_FIELDS: Readonly<Record<string, string>> = {
  aggregationLength: 'aggregation-length',
  aggregationLengthV6: 'aggregation-length-v6',
  localPref: 'localpref',
};

/** MetalLB reads the pools of its own namespace alone, so those of two are no one configuration. The error is a sentence. */
export function addressPoolSource(
  pools: readonly Raw[],
  untouched: readonly string[],
): Result<LegacySource, string> {
  const namespaces = [...new Set(pools.map((pool) => textOf(metadataOf(pool)['namespace'])))];
  const [namespace = ''] = namespaces;
  if (namespaces.length > 1)
    return err(
      `holds AddressPools of ${namespaces.length} namespaces, ${quoteList(namespaces)}: MetalLB reads those of its own. Pass these alone`,
    );
  const path = 'AddressPool objects';
  return ok({
    ...{ path, label: path, namespace, untouched },
    value: { 'address-pools': pools.map(legacyPool) },
  });
}

function legacyPool(pool: Raw): Raw {
  const { bgpAdvertisements, ...spec } = fieldsOf(pool['spec']);
  const advertisements = listOf(bgpAdvertisements).map((one) => rename(fieldsOf(one), ADVERTISEMENT_FIELDS));
  return {
    name: nameOf(pool),
    ...rename(spec, POOL_FIELDS),
    ...(advertisements.length === 0 ? {} : { 'bgp-advertisements': advertisements }),
  };
}

const rename = (fields: Raw, names: Readonly<Record<string, string>>): Raw =>
  Object.fromEntries(Object.entries(fields).map(([key, value]) => [names[key] ?? key, value]));
