/** What the playground says round its table. */
import { formatFlags } from '../base/flags.ts';
import { plural } from '../base/text.ts';
import type { ApplyResult } from './cluster/apply.ts';
import { EXPECT_ANNOTATION } from './cluster/service-row.ts';
import { PLAYGROUND_FLAGS } from './flags.ts';

export const playgroundHelp =
  (): string => `Opens a whole small cluster in one process: a Kubernetes API in memory, and the controller as it
runs anywhere. It applies some examples, shows every Service of type LoadBalancer with its address
or the reason it has none, and what routers would learn of it from Calico; and stays until Ctrl-C,
for kubectl to be pointed at it. With --native a speaker runs for each Node too, and what routers
learn they are really told, by BGP.

Usage: berth playground [flags]

Flags:
${formatFlags(PLAYGROUND_FLAGS)}

A Service that is not meant to get an address says so, for --once:
  ${EXPECT_ANNOTATION}: waiting

Examples:
  # Look round, with kubectl in another terminal
  berth playground
  # With speakers, and routers that they tell their routes to
  berth playground --native
  # Would these pools serve these Services?
  berth playground --once -f pools.yaml -f services/

Exit codes:
  0  told to stop; with --once: every Service that should have an address has one
  1  with --once: one has none, or a file could not be applied; else it could not be started
  2  the command line cannot be understood
`;

/** In the order in which they are worth telling; the others follow. */
const KINDS_FIRST = ['Namespace', 'IPAddressPool', 'Service'];

/** Kinds beside those that are told one by one. */
const OTHER_KINDS_MAX = 3;

const pluralOf: Readonly<Record<string, string>> = { IPAddressPool: 'pool', Namespace: 'namespace' };

/** `2 namespaces, 3 pools, 9 Services and 20 other objects`. */
export function describeApplied({ appliedByKind }: Pick<ApplyResult, 'appliedByKind'>): string {
  const others = [...appliedByKind.keys()].filter((kind) => !KINDS_FIRST.includes(kind)).sort();
  const isLong = others.length > OTHER_KINDS_MAX;
  const counts = [...KINDS_FIRST, ...(isLong ? [] : others)].flatMap((kind) => {
    const count = appliedByKind.get(kind) ?? 0;
    return count === 0 ? [] : [plural(count, pluralOf[kind] ?? kind)];
  });
  const rest = others.reduce((sum, kind) => sum + (appliedByKind.get(kind) ?? 0), 0);
  if (isLong) counts.push(plural(rest, 'other object'));
  if (counts.length === 0) return 'nothing';
  const last = counts.pop() ?? '';
  return counts.length === 0 ? last : `${counts.join(', ')} and ${last}`;
}

/** How to go on, for whoever sits before it. */
export const nextSteps = (kubeconfig: string, suggestions: readonly string[]): readonly string[] => [
  'In another terminal:',
  `  export KUBECONFIG=${shellQuote(kubeconfig)}`,
  '  kubectl get services -A',
  ...(suggestions.length > 0 ? suggestions : ['  kubectl get ipaddresspools -A']),
  '',
  'Changes follow here. Ctrl-C ends it all and leaves nothing behind.',
];

export const CALICO_SUGGESTIONS: readonly string[] = [
  // Takes the wish away that cannot be granted; an address comes at once.
  '  kubectl annotate service coupons -n shop metallb.io/address-pool-',
  // With 203.0.113.16/29 in the list, routers learn the address of shop/partners.
  '  kubectl edit bgpconfiguration default',
  // The peers leave the control plane out; the routers lose a next hop.
  '  kubectl label node w3 node-role.kubernetes.io/control-plane=',
];

export const NATIVE_SUGGESTIONS: readonly string[] = [
  // Its routers are asked to prefer the others, and then left.
  '  kubectl cordon w3',
  '  kubectl uncordon w3',
  // The address of shop/mail comes from the nodes that are named there.
  '  kubectl edit endpointslice mail-ipv4 -n shop',
  // With on-request in its list of pools, routers learn the address of shop/partners.
  '  kubectl edit bgpadvertisement everyday -n metallb-system',
];

/** As a shell reads it back. */
const shellQuote = (text: string): string =>
  /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
