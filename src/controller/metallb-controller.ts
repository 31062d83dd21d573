/**
 * MetalLB's own controller in our namespace. Two allocators that both take the lowest free address would give
 * it to two Services within a minute, so while that one is ready we grant nothing.
 */
import type { Labels } from '../objects/selector.ts';
import type { ControllerEvent } from './ports.ts';

/** A Deployment as far as it matters here. */
export type Deployment = {
  readonly name: string;
  readonly uid: string;
  readonly labels: Labels;
  readonly readyReplicas: number;
  /** How many are asked for. */
  readonly replicas: number;
};

/** As MetalLB's manifests and its Helm chart label it. */
export const isMetalLBController = ({ labels }: Deployment): boolean =>
  (labels['app'] === 'metallb' && labels['component'] === 'controller') ||
  (labels['app.kubernetes.io/name'] === 'metallb' && labels['app.kubernetes.io/component'] === 'controller');

/**
 * The Deployment that keeps us from granting, or null. One that we stand back for already does so until it is
 * scaled down or gone: one that only restarts will be back in a moment.
 */
export const findMetalLBController = (
  deployments: Iterable<Deployment>,
  { isStandingDown }: { readonly isStandingDown: boolean },
): Deployment | null =>
  [...deployments].find(
    (one) => isMetalLBController(one) && (one.readyReplicas > 0 || (isStandingDown && one.replicas > 0)),
  ) ?? null;

/** What people read on the Deployment that keeps us from granting. */
export const standDownEvent = ({ name, uid }: Deployment, namespace: string): ControllerEvent => ({
  regarding: { apiVersion: 'apps/v1', kind: 'Deployment', namespace, name, uid, resourceVersion: '' },
  event: {
    type: 'Warning',
    reason: 'BerthStandsBack',
    message: `MetalLB's controller is ready in ${namespace}, so Berth grants nothing: scale this Deployment to 0 to hand over (berth migrate metallb says what else there is to do).`,
  },
});

/** MetalLB's validating webhooks, under the fixed name that its manifests and chart use. */
/** The log's line when MetalLB is found at work. */
export const STANDING_DOWN = 'MetalLB is running here, nothing is granted until it is scaled down';

export const METALLB_WEBHOOK_CONFIGURATION = 'metallb-webhook-configuration';

export const ORPHANED_WEBHOOK = `the webhook configuration ${METALLB_WEBHOOK_CONFIGURATION} is still there and no MetalLB controller answers it, so the API server refuses every change of a metallb.io object; \`berth migrate metallb\` removes it`;
