/** This file builds the help of `berth playground` and the messages before and after its table. */
import { formatFlags } from '../base/flags.ts';
import { shellQuote } from '../base/shell-quote.ts';
import { fitLines, HELP_COLUMNS_MAX, plural, termLines, wrap } from '../base/text.ts';
import type { ApplyResult } from './cluster/apply.ts';
import { EXPECT_ANNOTATION } from './cluster/service-row.ts';
import { PLAYGROUND_FLAGS } from './flags.ts';

const ABOUT =
  'Runs a small cluster in one process: a Kubernetes API in memory, and the real controller. It applies examples and shows every Service of type LoadBalancer, with its address or the reason it has none, and the routes that routers would learn from Calico. It runs until Ctrl-C, and kubectl can use its API. With --native it also runs a speaker for each Node, and simulated routers that learn the routes in real BGP sessions.';

const EXIT_CODE_TERMS = [
  ['0', 'the playground was stopped; with --once: every Service that should have an address has one'],
  ['1', 'with --once: a Service has none, or a file was not applied; else: the playground failed'],
  ['2', 'the command line is invalid'],
] as const;

/** Within `columns`, and never wider than `HELP_COLUMNS_MAX`. */
export function playgroundHelp(columns = HELP_COLUMNS_MAX): string {
  const width = Math.min(columns, HELP_COLUMNS_MAX);
  const help = `${wrap(ABOUT, width).join('\n')}

Usage: berth playground [flags]

Flags:
${formatFlags(PLAYGROUND_FLAGS, width)}

For --once, this annotation marks a Service that is expected to have no address:
  ${EXPECT_ANNOTATION}: waiting

Examples:
  # Run the examples, and use kubectl in another terminal
  berth playground
  # Run the examples with speakers and simulated routers
  berth playground --native
  # Check whether these pools serve these Services
  berth playground --once -f pools.yaml -f services/

Exit codes:
${termLines(EXIT_CODE_TERMS, width).join('\n')}
`;
  return fitLines(help, width);
}

/** Kinds that are counted first, in this order; the others follow. */
const KINDS_FIRST = ['Namespace', 'IPAddressPool', 'Service'];

/** With more other kinds than this, their objects are counted together. */
const OTHER_KINDS_MAX = 3;

const pluralOf: Readonly<Record<string, string>> = { IPAddressPool: 'pool', Namespace: 'namespace' };

/** The number of applied objects of each kind: `2 namespaces, 3 pools, 9 Services and 20 other objects`. */
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

type NextSteps = {
  readonly kubeconfig: string;
  /** The address of the dashboard; null where there is none. */
  readonly dashboard: string | null;
  readonly suggestions: readonly string[];
};

/** The commands to try next, one line each. */
export const nextSteps = ({ kubeconfig, dashboard, suggestions }: NextSteps): readonly string[] => [
  ...(dashboard === null ? [] : ['In your browser:', `  ${dashboard}`, '']),
  'In another terminal:',
  `  export KUBECONFIG=${shellQuote(kubeconfig)}`,
  '  kubectl get services -A',
  ...(suggestions.length > 0 ? suggestions : ['  kubectl get ipaddresspools -A']),
  '',
  'Changes are printed below. Ctrl-C stops the playground and removes its files.',
];

export const CALICO_SUGGESTIONS: readonly string[] = [
  // Removes the request that cannot be served: the Service gets an address at once.
  '  kubectl annotate service coupons -n shop metallb.io/address-pool-',
  // With 203.0.113.16/29 in the list, routers learn the address of shop/partners.
  '  kubectl edit bgpconfiguration default',
  // The BGPPeers do not select the control plane: the routers lose a next hop.
  '  kubectl label node w3 node-role.kubernetes.io/control-plane=',
];

export const NATIVE_SUGGESTIONS: readonly string[] = [
  // The node is drained: it advertises GRACEFUL_SHUTDOWN, and then closes its sessions.
  '  kubectl cordon w3',
  '  kubectl uncordon w3',
  // The nodes named there advertise the address of shop/mail.
  '  kubectl edit endpointslice mail-ipv4 -n shop',
  // With on-request in its list of pools, routers learn the address of shop/partners.
  '  kubectl edit bgpadvertisement everyday -n metallb-system',
];
