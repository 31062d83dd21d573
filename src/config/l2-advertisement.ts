/**
 * Validates L2Advertisements. MetalLB reads all of them on every node, even where none is used, because the election needs
 * them; so an invalid one shows in the state of every node.
 */
import type { ConfigIssue } from './issue.ts';
import { ObjectReader } from './object-reader.ts';
import { readLabelSelector, readLabelSelectors } from './selector.ts';
import { readUniqueStrings } from './unique-strings.ts';

const WEIGHT = { min: 1, max: 100 } as const;

/** `raw` is the whole object. */
export function l2AdvertisementIssues(raw: unknown): readonly ConfigIssue[] {
  const issues: ConfigIssue[] = [];
  const object = ObjectReader.of(raw, '', issues);
  object?.ignore('apiVersion', 'kind', 'metadata', 'status');
  const spec = object?.object('spec') ?? null;
  object?.rejectUnknownFields();
  if (spec === null) return issues;
  for (const field of ['ipAddressPools', 'interfaces']) readUniqueStrings(spec, field, issues);
  for (const field of ['ipAddressPoolSelectors', 'nodeSelectors', 'serviceSelectors'])
    readLabelSelectors(spec, field, issues);
  for (const preferred of spec.objects('preferredNodeSelectors')) {
    if (!preferred.has('weight')) preferred.addIssue('weight', 'is required');
    preferred.integer('weight', WEIGHT);
    const preference = preferred.object('preference');
    if (preference !== null) readLabelSelector(preference, issues);
    else if (!preferred.has('preference')) preferred.addIssue('preference', 'is required');
    preferred.rejectUnknownFields();
  }
  spec.rejectUnknownFields();
  return issues;
}
