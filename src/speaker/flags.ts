/** The speaker's flags: MetalLB's, by their names and defaults, and ours. */
import type { FlagTable } from '../base/flags.ts';
import { ACCEPTED_AND_IGNORED, PROGRAM_FLAGS } from '../runtime/flags.ts';

/** Where speakers are asked unless they say otherwise. */
export const DEFAULT_VIEW_PORT = 17_473;

export const SPEAKER_FLAGS = {
  'node-name': {
    kind: 'text',
    value: 'NAME',
    help: 'the Node that this speaker speaks for; must be given',
    environment: 'METALLB_NODE_NAME',
  },
  'pod-name': {
    kind: 'text',
    value: 'NAME',
    help: 'shown as the source of events; the Pod of this name owns the ServiceBGPStatus objects of its node',
    environment: 'METALLB_POD_NAME',
  },
  'ignore-exclude-lb': {
    kind: 'switch',
    help: 'announce also from nodes labelled node.kubernetes.io/exclude-from-external-load-balancers',
  },
  'listen-port': {
    kind: 'number',
    value: 'PORT',
    fallback: '0',
    help: 'take sessions of peers that may dial us (berth.dev/passive) on this port; 0 takes none',
  },
  'drain-wait': {
    kind: 'duration',
    value: 'TIME',
    fallback: '10s',
    help: 'a node that leaves asks its routers to prefer others (RFC 8326) so long before it withdraws',
  },
  'drain-on-cordon': {
    kind: 'switch',
    help: 'a node that is cordoned, or has a NoExecute taint, leaves too',
  },
  'service-bgp-status-limit': {
    kind: 'number',
    value: 'COUNT',
    fallback: '2000',
    max: 1_000_000,
    help: 'keep ServiceBGPStatus objects where the cluster would have so many at most; 0 keeps none',
  },
  'view-port': {
    kind: 'number',
    value: 'PORT',
    fallback: `${DEFAULT_VIEW_PORT}`,
    help: 'what it tells its peers, for berth bgp peers, routes and why, by plain HTTP and without secrets; 0 is off',
  },
  ...PROGRAM_FLAGS,
} as const satisfies FlagTable;

/** MetalLB's flags that have nothing to act on: one log line says so. */
export const IGNORED_SPEAKER_FLAGS = {
  host: { kind: 'text', value: 'ADDRESS', help: ACCEPTED_AND_IGNORED, environment: 'METALLB_HOST' },
  'ml-bindaddr': {
    kind: 'text',
    value: 'ADDRESS',
    help: ACCEPTED_AND_IGNORED,
    environment: 'METALLB_ML_BIND_ADDR',
  },
  'ml-bindport': {
    kind: 'text',
    value: 'PORT',
    help: ACCEPTED_AND_IGNORED,
    environment: 'METALLB_ML_BIND_PORT',
  },
  'ml-labels': {
    kind: 'text',
    value: 'LABELS',
    help: ACCEPTED_AND_IGNORED,
    environment: 'METALLB_ML_LABELS',
  },
  'ml-secret-key-path': {
    kind: 'text',
    value: 'FILE',
    help: ACCEPTED_AND_IGNORED,
    environment: 'METALLB_ML_SECRET_KEY_PATH',
  },
  'ml-wan-config': { kind: 'switch', help: ACCEPTED_AND_IGNORED },
  'bgp-debounce-timeout': {
    kind: 'text',
    value: 'TIME',
    help: ACCEPTED_AND_IGNORED,
    environment: 'METALLB_BGP_DEBOUNCE_TIMEOUT',
  },
  'frrk8s-namespace': {
    kind: 'text',
    value: 'NAME',
    help: ACCEPTED_AND_IGNORED,
    environment: 'FRRK8S_NAMESPACE',
  },
  'frrk8s-secret-passthrough': { kind: 'switch', help: ACCEPTED_AND_IGNORED },
  'pprof-bind-address': { kind: 'text', value: 'ADDRESS', help: ACCEPTED_AND_IGNORED },
} as const satisfies FlagTable;
