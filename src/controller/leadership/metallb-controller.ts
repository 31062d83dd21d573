/**
 * MetalLB's own controller in our namespace. Two allocators that both take the lowest free address would soon assign it to
 * two Services, so Berth assigns nothing while that controller is ready.
 */
import type { Labels } from '../../objects/selector.ts';
import type { ControllerEvent } from '../ports.ts';

/** The fields of a Deployment that are needed here. */
export type Deployment = {
  readonly name: string;
  readonly uid: string;
  readonly labels: Labels;
  readonly readyReplicas: number;
  /** `spec.replicas`. */
  readonly replicas: number;
};

/** By the labels of MetalLB's manifests and of its Helm chart. */
export const isMetalLBController = ({ labels }: Deployment): boolean =>
  (labels['app'] === 'metallb' && labels['component'] === 'controller') ||
  (labels['app.kubernetes.io/name'] === 'metallb' && labels['app.kubernetes.io/component'] === 'controller');

/**
 * The Deployment for which this controller stands down, or null. Once it stands down it waits until the Deployment is scaled
 * to 0 or deleted: one that only restarts is ready again in a moment.
 */
export const findMetalLBController = (
  deployments: Iterable<Deployment>,
  { isStandingDown }: { readonly isStandingDown: boolean },
): Deployment | null =>
  [...deployments].find(
    (one) => isMetalLBController(one) && (one.readyReplicas > 0 || (isStandingDown && one.replicas > 0)),
  ) ?? null;

/** The Event on the Deployment for which this controller stands down. */
export const standDownEvent = ({ name, uid }: Deployment, namespace: string): ControllerEvent => ({
  regarding: { apiVersion: 'apps/v1', kind: 'Deployment', namespace, name, uid, resourceVersion: '' },
  event: {
    type: 'Warning',
    reason: 'BerthStandsBack',
    message: `MetalLB's controller is ready in ${namespace}, so Berth assigns no addresses. Scale this Deployment to 0 to hand over; berth migrate metallb lists the other steps.`,
  },
});

/** The log message when MetalLB's controller is found ready. */
export const STANDING_DOWN = 'MetalLB is running here, no addresses are assigned until it is scaled down';

/** MetalLB's validating webhooks: its manifests and chart use this name. */
export const METALLB_WEBHOOK_CONFIGURATION = 'metallb-webhook-configuration';

export const ORPHANED_WEBHOOK = `the webhook configuration ${METALLB_WEBHOOK_CONFIGURATION} exists and no MetalLB controller serves it, so the API server refuses every change of a metallb.io object; \`berth migrate metallb\` removes it`;
