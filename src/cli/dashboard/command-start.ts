/** How the commands that a command names reach the cluster that it shows: by the flags that it was started with. */
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

/** Commands that problems and pages name. */
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
  /** The folder that relative paths begin in. Null where the commands are for the same terminal: paths stay as they are. */
  readonly folder: string | null;
  /** Those of the command that was started. */
  readonly table: FlagTable;
  /** Further commands that are named. */
  readonly also?: Readonly<Record<string, { readonly flags: FlagTable }>>;
  readonly flags: Readonly<Record<(typeof CARRIED)[number], string>> & {
    /** Files that are shown in place of a cluster. */
    readonly file: readonly string[];
    readonly recursive: boolean;
  };
};

/** Another terminal may be in another folder, so paths are absolute there. */
export function commandStartOf({ program, folder, table, flags, also = {} }: StartedWith): CommandStart {
  const pathOf = (path: string): string => (folder === null ? path : resolve(folder, path));
  const values = { ...flags, kubeconfig: listOfPaths(flags.kubeconfig, pathOf) };
  const carried = CARRIED.filter((name) => flags[name] !== (table[name]?.fallback ?? ''));
  const isOfFiles = flags.file.length > 0;
  const filesOf = (own: FlagTable): readonly string[] | null => {
    const flag = 'cluster' in own ? '--cluster' : '-f';
    // Standard input cannot be read again, but whoever is at this terminal can give the same once more.
    if (!('file' in own) || (folder !== null && flags.file.includes('-'))) return null;
    const paths = flags.file.map((path) => `${flag} ${path === '-' ? path : shellQuote(pathOf(path))}`);
    return [...paths, ...(flags.recursive ? ['-R'] : [])];
  };
  const flagsOf = (own: FlagTable): readonly string[] | null => {
    const taken = carried
      .filter((name) => !(isOfFiles && isOfConnection(name)))
      .flatMap((name) => {
        const taker = [name, ...(name === 'pool-namespace' ? ['speaker-namespace'] : [])].find(
          (one) => one in own,
        );
        return taker === undefined ? [] : [`--${taker} ${shellQuote(values[name])}`];
      });
    // A command without flags reads no cluster.
    if (!isOfFiles || Object.keys(own).length === 0) return taken;
    const files = filesOf(own);
    return files === null ? null : [...files, ...taken];
  };
  return {
    program,
    flags: Object.fromEntries(
      Object.entries({ ...NAMED, ...also }).flatMap(([name, command]) => {
        const own = flagsOf(command.flags);
        return own === null ? [] : [[name, own]];
      }),
    ),
    kubectl: kubectlOf(values),
  };
}

const isOfConnection = (name: string): boolean => name === 'kubeconfig' || name === 'context';

/** Several files have the system's path separator between them, as in the variable KUBECONFIG. */
const listOfPaths = (paths: string, pathOf: (path: string) => string): string =>
  paths
    .split(delimiter)
    .filter((path) => path !== '')
    .map(pathOf)
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
