/** The speaker's flags: MetalLB's, by their names and defaults, and ours. */
import type { FlagTable } from '../base/flags.ts';
import { NO_MEANING, PROGRAM_FLAGS } from '../program/flags.ts';

export const SPEAKER_FLAGS = {
  'node-name': {
    kind: 'text',
    value: 'NAME',
    says: 'the Node that this speaker speaks for; must be given',
    environment: 'METALLB_NODE_NAME',
  },
  'pod-name': {
    kind: 'text',
    value: 'NAME',
    says: 'shown as the source of events',
    environment: 'METALLB_POD_NAME',
  },
  'ignore-exclude-lb': {
    kind: 'switch',
    says: 'announce also from nodes labelled node.kubernetes.io/exclude-from-external-load-balancers',
  },
  'listen-port': {
    kind: 'number',
    value: 'PORT',
    fallback: '0',
    says: 'take sessions of peers that may dial us (berth.dev/passive) on this port; 0 takes none',
  },
  'drain-wait': {
    kind: 'duration',
    value: 'TIME',
    fallback: '10s',
    says: 'a node that leaves asks its routers to prefer others (RFC 8326) so long before it withdraws',
  },
  'drain-on-cordon': {
    kind: 'switch',
    says: 'a node that is cordoned, or has a NoExecute taint, leaves too',
  },
  ...PROGRAM_FLAGS,
} as const satisfies FlagTable;

/** MetalLB's flags that have nothing to act on: one log line says so. */
export const IGNORED_FLAGS = {
  host: { kind: 'text', value: 'ADDRESS', says: NO_MEANING, environment: 'METALLB_HOST' },
  'ml-bindaddr': { kind: 'text', value: 'ADDRESS', says: NO_MEANING, environment: 'METALLB_ML_BIND_ADDR' },
  'ml-bindport': { kind: 'text', value: 'PORT', says: NO_MEANING, environment: 'METALLB_ML_BIND_PORT' },
  'ml-labels': { kind: 'text', value: 'LABELS', says: NO_MEANING, environment: 'METALLB_ML_LABELS' },
  'ml-secret-key-path': {
    kind: 'text',
    value: 'FILE',
    says: NO_MEANING,
    environment: 'METALLB_ML_SECRET_KEY_PATH',
  },
  'ml-wan-config': { kind: 'switch', says: NO_MEANING },
  'bgp-debounce-timeout': {
    kind: 'text',
    value: 'TIME',
    says: NO_MEANING,
    environment: 'METALLB_BGP_DEBOUNCE_TIMEOUT',
  },
  'frrk8s-namespace': { kind: 'text', value: 'NAME', says: NO_MEANING, environment: 'FRRK8S_NAMESPACE' },
  'frrk8s-secret-passthrough': { kind: 'switch', says: NO_MEANING },
  'pprof-bind-address': { kind: 'text', value: 'ADDRESS', says: NO_MEANING },
} as const satisfies FlagTable;
