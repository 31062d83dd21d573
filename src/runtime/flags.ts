/** Flags of both programs: MetalLB's, by their names and defaults, and ours. */
import type { FlagTable } from '../base/flags.ts';

export const DEFAULT_NAMESPACE = 'metallb-system';

export const PROGRAM_FLAGS = {
  namespace: {
    kind: 'text',
    value: 'NAME',
    help: "namespace of the objects of metallb.io and of our own; the Pod's own, else metallb-system",
    environment: 'METALLB_NAMESPACE',
  },
  'lb-class': {
    kind: 'text',
    value: 'CLASS',
    help: 'answer only for Services of this loadBalancerClass; without it only for those that have none',
  },
  port: {
    kind: 'number',
    value: 'PORT',
    fallback: '9120',
    help: 'metrics by HTTPS, for those whose token may read /metrics; 0 is off',
  },
  'metrics-plain-http': { kind: 'switch', help: 'metrics by plain HTTP, for everybody who reaches the port' },
  'metrics-cert-dir': {
    kind: 'text',
    value: 'DIR',
    help: 'tls.crt and tls.key for the metrics port; without it one is made',
  },
  'tls-min-version': { kind: 'text', value: 'VERSION', help: 'TLS1.2 or TLS1.3 (which is the default)' },
  'tls-cipher-suites': { kind: 'texts', value: 'LIST', help: 'suites of TLS 1.2, by their IANA names' },
  'tls-curve-preferences': { kind: 'texts', value: 'LIST', help: 'TLS groups, by their IANA numbers' },
  'health-probe-port': {
    kind: 'number',
    value: 'PORT',
    fallback: '17472',
    help: '/healthz and /readyz by plain HTTP; 0 is off',
  },
  'log-level': {
    kind: 'text',
    choices: ['all', 'debug', 'info', 'warn', 'error', 'none'],
    fallback: 'info',
    help: 'how much to say',
  },
  kubeconfig: {
    kind: 'text',
    value: 'FILE',
    help: 'how to reach the cluster from outside of it',
    environment: 'KUBECONFIG',
  },
  context: { kind: 'text', value: 'NAME', help: 'which context of the kubeconfig to use' },
} as const satisfies FlagTable;

/** `--config` of both programs, as MetalLB 0.12 and older had it. */
export const LEGACY_CONFIG_FLAG = {
  kind: 'text',
  value: 'NAME',
  help: 'run from this ConfigMap of MetalLB 0.12 and older instead of objects of metallb.io',
} as const;

export const ACCEPTED_AND_IGNORED = "accepted for MetalLB's manifests, without meaning here";
