/** Flags of all commands that look at a cluster. */
import type { FlagTable } from '../../base/flags.ts';
import { DEFAULT_NAMESPACE } from '../../runtime/flags.ts';

export const CONNECTION_FLAGS = {
  kubeconfig: {
    kind: 'text',
    value: 'FILE',
    help: 'how to reach the cluster',
    environment: 'KUBECONFIG',
  },
  context: { kind: 'text', value: 'NAME', help: 'which context of the kubeconfig to use' },
} as const satisfies FlagTable;

/** How the controller runs, and where. */
export const CONTROLLER_OPTION_FLAGS = {
  'pool-namespace': {
    kind: 'text',
    value: 'NAME',
    fallback: DEFAULT_NAMESPACE,
    help: 'where the pools are: the namespace of the controller',
    environment: 'METALLB_NAMESPACE',
  },
  'lb-class': {
    kind: 'text',
    value: 'CLASS',
    help: 'as the controller runs with it: answer only for Services of this class',
  },
  'foreign-addresses': {
    kind: 'text',
    choices: ['keep', 'replace'],
    fallback: 'keep',
    help: 'as the controller runs with it: addresses that somebody else wrote',
  },
  ...CONNECTION_FLAGS,
} as const satisfies FlagTable;

export const CLUSTER_STATE_FLAGS = {
  namespace: {
    kind: 'text',
    short: 'n',
    value: 'NAME',
    help: "namespace of Services that name none; the context's own, else default",
  },
  ...CONTROLLER_OPTION_FLAGS,
} as const satisfies FlagTable;

export const OUTPUT_FLAG = {
  output: {
    kind: 'text',
    short: 'o',
    choices: ['text', 'json', 'yaml'],
    fallback: 'text',
    help: 'text for people, the others for programs',
  },
} as const satisfies FlagTable;

export const FILES_FLAG_HELP = 'files or folders of YAML or JSON, - for standard input; may be repeated';
