/** The controller's flags: MetalLB's, by their names and defaults, and ours. */
import type { FlagTable } from '../base/flags.ts';
import { ACCEPTED_AND_IGNORED, LEGACY_CONFIG_FLAG, PROGRAM_FLAGS } from '../runtime/flags.ts';

export const CONTROLLER_FLAGS = {
  config: LEGACY_CONFIG_FLAG,
  'foreign-addresses': {
    kind: 'text',
    choices: ['keep', 'replace'],
    fallback: 'keep',
    help: 'what becomes of addresses outside all pools that somebody else wrote',
  },
  'unmet-requests': {
    kind: 'text',
    choices: ['keep', 'release'],
    fallback: 'keep',
    help: 'a Service whose request cannot be met keeps its addresses, or releases them at once, as with MetalLB',
  },
  'pool-delete-grace': {
    kind: 'duration',
    value: 'TIME',
    fallback: '60s',
    help: 'Services of a deleted pool keep their addresses so long; 0 takes them at once, as MetalLB does',
  },
  'ip-mode': {
    kind: 'text',
    choices: ['', 'VIP', 'Proxy'],
    help: 'ipMode to write beside each address; left to the API server where it is not given',
  },
  calico: {
    kind: 'text',
    choices: ['off', 'auto', 'required'],
    fallback: 'off',
    help: 'say on each Service whether Calico announces it: auto where its BGP is found, required in any case',
  },
  native: {
    kind: 'text',
    choices: ['off', 'auto'],
    fallback: 'auto',
    help: "say on each Service whether Berth's speakers announce it, where there are any",
  },
  'leader-elect': {
    kind: 'switch',
    fallback: 'true',
    help: 'hold a Lease while serving, so that several replicas can run; --leader-elect=false for one alone',
  },
  'lease-duration': {
    kind: 'duration',
    value: 'TIME',
    fallback: '15s',
    help: 'others take over when the lease was not renewed for so long',
  },
  'renew-deadline': {
    kind: 'duration',
    value: 'TIME',
    fallback: '10s',
    help: 'the leader stops writing when it could not renew for so long',
  },
  'retry-period': {
    kind: 'duration',
    value: 'TIME',
    fallback: '2s',
    help: 'between two renewals of the lease',
  },
  'ml-secret-name': {
    kind: 'text',
    value: 'NAME',
    help: 'fill this Secret, by which speakers authenticate each other by layer 2, where it is empty; make it where there is none, if the rights permit',
    environment: 'METALLB_ML_SECRET_NAME',
  },
  'pod-name': {
    kind: 'text',
    value: 'NAME',
    help: 'shown as the holder of the lease',
    environment: 'METALLB_POD_NAME',
  },
  ...PROGRAM_FLAGS,
} as const satisfies FlagTable;

/** MetalLB's flags that have nothing to act on: one log line says so. */
export const IGNORED_FLAGS = {
  deployment: { kind: 'text', value: 'NAME', help: ACCEPTED_AND_IGNORED, environment: 'METALLB_DEPLOYMENT' },
  'pprof-bind-address': { kind: 'text', value: 'ADDRESS', help: ACCEPTED_AND_IGNORED },
  'webhook-mode': { kind: 'text', value: 'MODE', help: ACCEPTED_AND_IGNORED },
  'disable-cert-rotation': { kind: 'switch', help: ACCEPTED_AND_IGNORED },
  'cert-dir': { kind: 'text', value: 'DIR', help: ACCEPTED_AND_IGNORED },
  'cert-service-name': { kind: 'text', value: 'NAME', help: ACCEPTED_AND_IGNORED },
  'webhook-secret': { kind: 'text', value: 'NAME', help: ACCEPTED_AND_IGNORED },
  'webhook-http2': { kind: 'switch', help: ACCEPTED_AND_IGNORED },
} as const satisfies FlagTable;
