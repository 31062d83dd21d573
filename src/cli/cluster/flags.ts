/** Flags of the commands that read a cluster. */
import type { FlagTable } from '../../base/flags.ts';
import { DEFAULT_NAMESPACE } from '../../runtime/flags.ts';

export const CONNECTION_FLAGS = {
  kubeconfig: {
    kind: 'text',
    value: 'FILE',
    help: 'kubeconfig of the cluster',
    environment: 'KUBECONFIG',
  },
  context: { kind: 'text', value: 'NAME', help: 'context of the kubeconfig' },
} as const satisfies FlagTable;

export const SPEAKER_NAMESPACE_FLAG = {
  'speaker-namespace': {
    kind: 'text',
    value: 'NAME',
    fallback: DEFAULT_NAMESPACE,
    help: 'namespace of the speakers',
    environment: 'METALLB_NAMESPACE',
  },
} as const satisfies FlagTable;

/** How and where the controller runs: they decide what it does. */
export const CONTROLLER_OPTION_FLAGS = {
  'pool-namespace': {
    kind: 'text',
    value: 'NAME',
    fallback: DEFAULT_NAMESPACE,
    help: "namespace of the pools: the controller's own",
    environment: 'METALLB_NAMESPACE',
  },
  'lb-class': {
    kind: 'text',
    value: 'CLASS',
    help: "the controller's --lb-class: it serves only Services of this class",
  },
  'foreign-addresses': {
    kind: 'text',
    choices: ['keep', 'replace'],
    fallback: 'keep',
    help: "the controller's --foreign-addresses: what becomes of addresses that others wrote",
  },
  'unmet-requests': {
    kind: 'text',
    choices: ['keep', 'release'],
    fallback: 'keep',
    help: "the controller's --unmet-requests: what a Service does whose request cannot be met",
  },
  calico: {
    kind: 'text',
    choices: ['auto', 'off', 'required'],
    fallback: 'auto',
    help: "the controller's --calico: whether it leaves Services to Calico's own allocator",
  },
  ...CONNECTION_FLAGS,
} as const satisfies FlagTable;

export const CLUSTER_STATE_FLAGS = {
  namespace: {
    kind: 'text',
    short: 'n',
    value: 'NAME',
    help: "namespace of Services; default: the context's own, else default",
  },
  ...CONTROLLER_OPTION_FLAGS,
} as const satisfies FlagTable;

export const OUTPUT_FLAG = {
  output: {
    kind: 'text',
    short: 'o',
    choices: ['text', 'json', 'yaml'],
    fallback: 'text',
    help: 'text for people, json or yaml for scripts',
  },
} as const satisfies FlagTable;

export const FILES_FLAG_HELP = 'file or folder of YAML or JSON, - for standard input; may be repeated';

/** As kubectl's. */
export const RECURSIVE_FLAG = {
  recursive: { kind: 'switch', short: 'R', help: 'read the subfolders of folders, too' },
} as const satisfies FlagTable;
