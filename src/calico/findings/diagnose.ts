/** All findings about a cluster, the most harmful first, and what cannot be known of it. */

import { compareText } from '../../base/text.ts';
import { type Raw, textOf } from '../../cluster/fields.ts';
import { ANNOUNCING } from './announcing.ts';
import type { Check } from './check.ts';
import { CODES, type Code } from './codes.ts';
import { ENDPOINTS } from './endpoints.ts';
import type { Finding, Found, Severity, Shortfall, Unknown } from './finding.ts';
import { HOST_BITS } from './hostbits.ts';
import { LISTING } from './listing.ts';
import { NODES } from './nodes.ts';
import { OTHERS } from './others.ts';
import { OVERLAPS } from './overlaps.ts';
import { PEERS } from './peers.ts';
import { PODS } from './pods.ts';
import { POLICIES } from './policies.ts';
import { REFUSALS } from './refused.ts';
import { SECRETS } from './secrets.ts';
import { TIMES } from './times.ts';
import { unexplained } from './unexplained.ts';
import { type World, type WorldOptions, worldOf } from './world.ts';

const CHECKS: readonly Check[] = [
  ...LISTING,
  ...HOST_BITS,
  ...ANNOUNCING,
  ...NODES,
  ...PEERS,
  ...SECRETS,
  ...OVERLAPS,
  ...POLICIES,
  ...ENDPOINTS,
  ...PODS,
  ...OTHERS,
  ...TIMES,
  ...REFUSALS,
];

export type Diagnosis = {
  readonly findings: readonly Finding[];
  readonly unknown: readonly Unknown[];
  readonly world: World;
};

export function diagnose(objects: readonly Raw[], options: WorldOptions): Diagnosis {
  const world = worldOf(objects, options);
  return { ...findIn(world), world };
}

/** The same of a world that was read before. */
export function findIn(world: World): Pick<Diagnosis, 'findings' | 'unknown'> {
  const findings: Finding[] = [];
  const unknown: Unknown[] = [];
  for (const { code, needs, open, find } of CHECKS) {
    const missing = needs.filter((kind) => !world.knows(kind));
    if (missing.length > 0) {
      unknown.push({
        code,
        needs: missing,
        says: `cannot know ${open}: no ${missing.join(', no ')} in the input`,
      });
      continue;
    }
    findings.push(...find(world).map((found) => finished(code, found, world.shortfalls)));
  }
  const named = new Set(
    findings.filter(({ severity }) => severity === 'error').flatMap(({ addresses }) => addresses),
  );
  const rest = world.shortfalls.filter(({ nowhere, address }) => nowhere && !named.has(address));
  findings.push(...unexplained(world, rest).map((found) => finished('P43', found, world.shortfalls)));
  return { findings: inOrder(findings), unknown };
}

/** What explains why an address arrives nowhere is an error, whatever it is otherwise. */
function finished(code: Code, found: Found, shortfalls: readonly Shortfall[]): Finding {
  const { hurts, about = [], fix = [], concerns = [], ...said } = found;
  const hit = hurts === undefined ? [] : shortfalls.filter(hurts);
  const severity = hit.some(({ nowhere }) => nowhere) ? 'error' : said.severity;
  const addresses = hurts !== undefined && severity === 'error' ? hit.map(({ address }) => address) : about;
  return { code, ...said, severity, fix, concerns, addresses };
}

const HARM: Readonly<Record<Severity, number>> = { error: 0, warning: 1, hint: 2 };
const NUMBERS = new Map(Object.keys(CODES).map((code, index) => [code, index]));

function inOrder(findings: readonly Finding[]): readonly Finding[] {
  return [...findings].sort(
    (a, b) =>
      HARM[a.severity] - HARM[b.severity] ||
      b.addresses.length - a.addresses.length ||
      (NUMBERS.get(a.code) ?? 0) - (NUMBERS.get(b.code) ?? 0) ||
      compareText(textOf(a.object.name), textOf(b.object.name)),
  );
}
