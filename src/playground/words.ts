/** What the playground says round its table. */
import { describeFlags } from '../base/flags.ts';
import { plural } from '../base/text.ts';
import type { Applied } from './apply.ts';
import { PLAYGROUND_FLAGS } from './flags.ts';
import { EXPECT } from './row.ts';

export const playgroundHelp =
  (): string => `Opens a whole small cluster in one process: a Kubernetes API in memory, and the controller as it
runs anywhere. It applies some examples, shows every Service of type LoadBalancer with its address
or the reason it has none, and stays until Ctrl-C, for kubectl to be pointed at it.

Usage: berth playground [flags]

Flags:
${describeFlags(PLAYGROUND_FLAGS)}

A Service that is not meant to get an address says so, for --once:
  ${EXPECT}: waiting

Examples:
  # Look round, with kubectl in another terminal
  berth playground
  # Would these pools serve these Services?
  berth playground --once -f pools.yaml -f services/

Exit codes:
  0  told to stop; with --once: every Service that should have an address has one
  1  with --once: one has none, or a file could not be applied; else it could not be started
  2  the command line cannot be understood
`;

/** In the order in which they are worth telling; the others follow. */
const KINDS_FIRST = ['Namespace', 'IPAddressPool', 'Service'];

const pluralOf: Readonly<Record<string, string>> = { IPAddressPool: 'pool', Namespace: 'namespace' };

/** `2 namespaces, 3 pools and 9 Services`. */
export function appliedSentence({ taken }: Pick<Applied, 'taken'>): string {
  const kinds = [...KINDS_FIRST, ...[...taken.keys()].filter((kind) => !KINDS_FIRST.includes(kind)).sort()];
  const counts = kinds.flatMap((kind) => {
    const count = taken.get(kind) ?? 0;
    return count === 0 ? [] : [plural(count, pluralOf[kind] ?? kind)];
  });
  if (counts.length === 0) return 'nothing';
  const last = counts.pop() ?? '';
  return counts.length === 0 ? last : `${counts.join(', ')} and ${last}`;
}

/** How to go on, for whoever sits before it. */
export const hints = (kubeconfig: string, withExamples: boolean): readonly string[] => [
  'In another terminal:',
  `  export KUBECONFIG=${shellWord(kubeconfig)}`,
  '  kubectl get services -A',
  // Takes the wish away that cannot be granted; an address comes at once.
  withExamples
    ? '  kubectl annotate service coupons -n shop metallb.io/address-pool-'
    : '  kubectl get ipaddresspools -A',
  '',
  'Changes follow here. Ctrl-C ends it all and leaves nothing behind.',
];

/** As a shell reads it back. */
const shellWord = (text: string): string =>
  /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
