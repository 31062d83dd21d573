/** How the commands that the pages name reach the cluster that this dashboard shows: by the flags that it was started with. */
import { delimiter, resolve } from 'node:path';
import type { FlagTable } from '../../base/flags.ts';
import { shellQuote } from '../../base/shell-quote.ts';
import type { CommandStart } from '../../overview/command-start.ts';
import { PEERS_COMMAND } from '../bgp/peers/command.ts';
import { ROUTES_COMMAND } from '../bgp/routes/command.ts';
import { CRDS_COMMAND } from '../crds/command.ts';
import { DOCTOR_COMMAND } from '../doctor/command.ts';
import { EXPLAIN_COMMAND } from '../explain/command.ts';
import { OWNERS_COMMAND } from '../l2/owners/command.ts';
import { MIGRATE_COMMAND } from '../migrate/command.ts';
import { PLAN_COMMAND } from '../plan/command.ts';

/** Commands that pages name. */
const NAMED: Readonly<Record<string, { readonly flags: FlagTable }>> = {
  explain: EXPLAIN_COMMAND,
  doctor: DOCTOR_COMMAND,
  plan: PLAN_COMMAND,
  migrate: MIGRATE_COMMAND,
  crds: CRDS_COMMAND,
  'bgp peers': PEERS_COMMAND,
  'bgp routes': ROUTES_COMMAND,
  'l2 owners': OWNERS_COMMAND,
};

/** Flags that mean the same to all commands that have them. */
const CARRIED = [
  ...['kubeconfig', 'context', 'pool-namespace', 'lb-class'],
  ...['foreign-addresses', 'unmet-requests', 'calico'],
] as const;

export type StartedWith = {
  /** As a shell starts it. */
  readonly program: string;
  /** The folder that relative paths begin in. */
  readonly folder: string;
  /** Those of the dashboard. */
  readonly table: FlagTable;
  readonly flags: Readonly<Record<(typeof CARRIED)[number], string>> & {
    /** Files that are shown in place of a cluster. */
    readonly file: readonly string[];
    readonly recursive: boolean;
  };
};

/** A terminal may be in another folder, so paths are absolute. */
export function commandStartOf({ program, folder, table, flags }: StartedWith): CommandStart {
  const absolute = (path: string): string => shellQuote(resolve(folder, path));
  const values = { ...flags, kubeconfig: absoluteList(flags.kubeconfig, folder) };
  const carried = CARRIED.filter((name) => flags[name] !== (table[name]?.fallback ?? ''));
  const isOfFiles = flags.file.length > 0;
  const filesOf = (own: FlagTable): readonly string[] | null => {
    const flag = 'cluster' in own ? '--cluster' : '-f';
    // Standard input cannot be read again.
    if (!('file' in own) || flags.file.includes('-')) return null;
    return [...flags.file.map((path) => `${flag} ${absolute(path)}`), ...(flags.recursive ? ['-R'] : [])];
  };
  const flagsOf = (own: FlagTable): readonly string[] | null => {
    const taken = carried
      .filter((name) => name in own && !(isOfFiles && isOfConnection(name)))
      .map((name) => `--${name} ${shellQuote(values[name])}`);
    // A command without flags reads no cluster.
    if (!isOfFiles || Object.keys(own).length === 0) return taken;
    const files = filesOf(own);
    return files === null ? null : [...files, ...taken];
  };
  return {
    program,
    flags: Object.fromEntries(
      Object.entries(NAMED).flatMap(([name, command]) => {
        const own = flagsOf(command.flags);
        return own === null ? [] : [[name, own]];
      }),
    ),
    kubectl: kubectlOf(values),
  };
}

const isOfConnection = (name: string): boolean => name === 'kubeconfig' || name === 'context';

/** Several files have the system's path separator between them, as in the variable KUBECONFIG. */
const absoluteList = (paths: string, folder: string): string =>
  paths
    .split(delimiter)
    .filter((path) => path !== '')
    .map((path) => resolve(folder, path))
    .join(delimiter);

/** Its flag takes one file, and its variable takes several. */
function kubectlOf({ kubeconfig, context }: { readonly kubeconfig: string; readonly context: string }) {
  const isList = kubeconfig.includes(delimiter);
  return [
    ...(isList ? [`KUBECONFIG=${shellQuote(kubeconfig)}`] : []),
    'kubectl',
    ...(kubeconfig === '' || isList ? [] : [`--kubeconfig ${shellQuote(kubeconfig)}`]),
    ...(context === '' ? [] : [`--context ${shellQuote(context)}`]),
  ].join(' ');
}
