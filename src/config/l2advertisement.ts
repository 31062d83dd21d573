/**
 * What is wrong with an L2Advertisement. MetalLB reads all of them on every node, also where none of them is
 * used, because the election needs them; so a bad one shows in the state of every node.
 */
import type { ConfigIssue } from './issue.ts';
import { ObjectReader } from './reader.ts';
import { readSelector, readSelectors } from './selector.ts';
import { readUniqueTexts } from './uniquetexts.ts';

const WEIGHT = { min: 1, max: 100 } as const;

/** `raw` is the whole object. */
export function layer2Issues(raw: unknown): readonly ConfigIssue[] {
  const issues: ConfigIssue[] = [];
  const object = ObjectReader.of(raw, '', issues);
  object?.ignore('apiVersion', 'kind', 'metadata', 'status');
  const spec = object?.object('spec') ?? null;
  object?.end();
  if (spec === null) return issues;
  for (const field of ['ipAddressPools', 'interfaces']) readUniqueTexts(spec, field, issues);
  for (const field of ['ipAddressPoolSelectors', 'nodeSelectors', 'serviceSelectors'])
    readSelectors(spec, field, issues);
  for (const preferred of spec.objects('preferredNodeSelectors')) {
    if (!preferred.has('weight')) preferred.complain('weight', 'is required');
    preferred.integer('weight', WEIGHT);
    const preference = preferred.object('preference');
    if (preference !== null) readSelector(preference, issues);
    else if (!preferred.has('preference')) preferred.complain('preference', 'is required');
    preferred.end();
  }
  spec.end();
  return issues;
}
