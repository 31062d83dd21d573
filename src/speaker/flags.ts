/** The speaker's flags: MetalLB's, with their names and defaults, and Berth's own. */
import type { FlagTable } from '../base/flags.ts';
import { ACCEPTED_AND_IGNORED, LEGACY_CONFIG_FLAG, PROGRAM_FLAGS } from '../runtime/flags.ts';

/** Default of `--view-port`, where `berth bgp` queries speakers. */
export const DEFAULT_VIEW_PORT = 17_473;

/** Milliseconds. A node that waits longer is one whose preference should be taken away. */
export const FAILBACK_DELAY_MAX = 3_600_000;

export const SPEAKER_FLAGS = {
  'node-name': {
    kind: 'text',
    value: 'NAME',
    help: 'name of the Node that this speaker runs on; required',
    environment: 'METALLB_NODE_NAME',
  },
  'pod-name': {
    kind: 'text',
    value: 'NAME',
    help: 'source of events; the Pod of this name owns the ServiceBGPStatus objects of its node',
    environment: 'METALLB_POD_NAME',
  },
  config: LEGACY_CONFIG_FLAG,
  'ignore-exclude-lb': {
    kind: 'switch',
    help: 'announce also from nodes labelled node.kubernetes.io/exclude-from-external-load-balancers',
  },
  'listen-port': {
    kind: 'number',
    value: 'PORT',
    fallback: '0',
    help: 'accept connections of peers with berth.dev/passive on this port; 0 disables it',
  },
  'drain-wait': {
    kind: 'duration',
    value: 'TIME',
    fallback: '10s',
    help: 'how long a draining node advertises GRACEFUL_SHUTDOWN (RFC 8326) before it withdraws its routes',
  },
  'drain-on-cordon': {
    kind: 'switch',
    help: 'drain the node also when it is cordoned or has a NoExecute taint',
  },
  'service-bgp-status-limit': {
    kind: 'number',
    value: 'COUNT',
    fallback: '2000',
    max: 1_000_000,
    help: 'keep ServiceBGPStatus objects only while the cluster needs at most so many; 0 keeps none',
  },
  'view-host': {
    kind: 'text',
    value: 'ADDRESS',
    fallback: '127.0.0.1',
    help: "address of the view port: the one that the API server's proxy uses, the Pod's",
    environment: 'METALLB_HOST',
  },
  'view-port': {
    kind: 'number',
    value: 'PORT',
    fallback: `${DEFAULT_VIEW_PORT}`,
    help: 'plain HTTP port of the status API for berth bgp peers, routes and why; it serves no secrets; 0 disables it',
  },
  layer2: {
    kind: 'text',
    choices: ['auto', 'off'],
    fallback: 'auto',
    help: 'answer by ARP and NDP: auto where there is an L2Advertisement, and the right to open packet sockets',
  },
  'l2-failback': {
    kind: 'text',
    choices: ['preferred', 'always'],
    fallback: 'preferred',
    help: 'a node that returns takes the addresses that it is preferred for; always also those by hash, as MetalLB does',
  },
  'l2-failback-delay': {
    kind: 'duration',
    value: 'TIME',
    fallback: '5s',
    max: FAILBACK_DELAY_MAX,
    help: 'how long a node that returns runs before it takes the addresses that it is preferred for; 0 at once',
  },
  'l2-isolated': {
    kind: 'text',
    choices: ['stop', 'keep'],
    fallback: 'stop',
    help: 'a node that is cut off stops answering; keep: it keeps its addresses, and two nodes may answer for one',
  },
  'ml-bindaddr': {
    kind: 'text',
    value: 'ADDRESS',
    help: "where the other speakers reach this one, for BFD; without it the Node's InternalIP, else --view-host",
    environment: 'METALLB_ML_BIND_ADDR',
  },
  'ml-bindport': {
    kind: 'number',
    value: 'PORT',
    fallback: '7946',
    min: 1,
    max: 65_534,
    help: 'UDP port of BFD between the speakers, the same on all nodes; they report losses on the next one',
    environment: 'METALLB_ML_BIND_PORT',
  },
  'ml-secret-key-path': {
    kind: 'text',
    value: 'PATH',
    help: 'read the secret of all speakers from a file, or from a folder with a file secretkey',
    environment: 'METALLB_ML_SECRET_KEY_PATH',
  },
  'ml-secret-key': {
    kind: 'text',
    value: 'SECRET',
    help: 'the secret itself, as manifests of MetalLB 0.12 and older give it; others on the node can read it',
    environment: 'METALLB_ML_SECRET_KEY',
  },
  'ml-secret-name': {
    kind: 'text',
    value: 'NAME',
    fallback: 'memberlist',
    help: 'without both, the secret is the key secretkey of this Secret; it authenticates BFD between the speakers',
    environment: 'METALLB_ML_SECRET_NAME',
  },
  ...PROGRAM_FLAGS,
} as const satisfies FlagTable;

/** MetalLB's flags that have no effect in Berth: accepted, with one log line. */
export const IGNORED_SPEAKER_FLAGS = {
  host: { kind: 'text', value: 'ADDRESS', help: ACCEPTED_AND_IGNORED },
  'ml-labels': {
    kind: 'text',
    value: 'LABELS',
    help: ACCEPTED_AND_IGNORED,
    environment: 'METALLB_ML_LABELS',
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
