/** Which controller leads, whether it runs, and what is wrong with its Pods. */
import type { Millis } from '../base/clock.ts';
import { plural } from '../base/text.ts';
import type { ControllerOverview } from './document.ts';
import type { Known } from './knowledge.ts';
import type { Problem } from './problem.ts';
import { type ProgramPod, toPodOverview } from './program-pods.ts';

/** The Lease of the controller; times as written. */
export type LeaseFacts = {
  /** `POD_UUID`; '' where it is free. */
  readonly holder: string;
  readonly duration: Millis;
  readonly acquireTime: string;
  readonly renewTime: string;
};

export type ControllerFacts = {
  readonly lease: Known<LeaseFacts | null>;
  /** Of the namespace, MetalLB's included. */
  readonly pods: Known<readonly ProgramPod[]>;
  /** Names of nodes that are not ready. */
  readonly deadNodes: ReadonlySet<string>;
  readonly namespace: string;
};

/**
 * The clock that reads the lease is another one than the one that wrote it: they may differ by this much before a lease counts as
 * expired. A holder whose Pod is not ready is noticed without any clock.
 */
export const CLOCK_TOLERANCE: Millis = 30_000;

export function describeController(
  { lease, pods, deadNodes, namespace }: ControllerFacts,
  wall: Millis,
): ControllerOverview {
  const own = pods.known ? pods.value.filter((one) => one.program === 'controller' && !one.isMetallb) : null;
  const shown = { pods: own?.map(toPodOverview) ?? null };
  const nothing = { leader: null, node: null, since: null, renewed: null, version: null, ...shown };
  if (!lease.known)
    return { state: 'unknown', ...nothing, says: `which controller leads is not known: ${lease.says}` };
  if (lease.value === null) return withoutLease(own, namespace, nothing);
  const { holder, duration, acquireTime, renewTime } = lease.value;
  if (holder === '') {
    const says = 'the last leader gave up the lease, and no other controller has taken it';
    return { state: 'vacant', ...nothing, renewed: renewTime || null, says };
  }
  const leader = holder.replace(/_[^_]*$/, '');
  const pod = own?.find(({ name }) => name === leader);
  const facts = {
    ...{ leader, node: pod?.node ?? null, since: acquireTime || null, renewed: renewTime || null },
    ...{ version: pod?.version ?? null, ...shown },
  };
  const renewed = Date.parse(renewTime);
  const age = wall - renewed;
  if (Number.isNaN(renewed) || age < -CLOCK_TOLERANCE)
    return {
      state: 'unknown',
      ...facts,
      says: `whether ${leader} leads is not known: the lease was renewed at ${renewTime || 'no time'}, which this machine's clock has not reached`,
    };
  if (age > duration + CLOCK_TOLERANCE)
    return { state: 'expired', ...facts, says: `${leader} has not renewed its lease for ${seconds(age)}` };
  const isNodeDead = pod !== undefined && deadNodes.has(pod.node);
  if (age > duration && (isNodeDead || (own !== null && own.length > 0 && pod === undefined)))
    return { state: 'expired', ...facts, says: `${leader} held the lease, and does not run any more` };
  return { state: 'leading', ...facts, says: `${leader} leads` };
}

/** A controller with `--leader-elect=false` has no Lease; its Pod shows that it runs. */
function withoutLease(
  own: readonly ProgramPod[] | null,
  namespace: string,
  nothing: Omit<ControllerOverview, 'state' | 'says'>,
): ControllerOverview {
  const ready = own?.find((one) => one.ready);
  if (ready !== undefined) {
    const { name: leader, node, version } = ready;
    return {
      state: 'leading',
      ...nothing,
      leader,
      node,
      version,
      says: `${leader} runs without leader election`,
    };
  }
  const says = `the namespace ${namespace} has no Lease berth-controller, and no Pod of a controller; one outside of the cluster without leader election is not visible`;
  return { state: 'absent', ...nothing, says };
}

const seconds = (millis: Millis): string =>
  millis < 120_000 ? `${Math.round(millis / 1000)} s` : `${Math.round(millis / 60_000)} min`;

const NOT_LEADING: ReadonlySet<ControllerOverview['state']> = new Set(['expired', 'vacant', 'absent']);

export function controllerProblems(
  controller: ControllerOverview,
  { pods, namespace }: Pick<ControllerFacts, 'pods' | 'namespace'>,
): readonly Problem[] {
  const logs = { command: null };
  const problems: Problem[] = [];
  const all = pods.known ? pods.value.filter(({ program }) => program === 'controller') : [];
  const metallb = all.find(({ isMetallb, ready }) => isMetallb && ready);
  if (metallb !== undefined)
    problems.push({
      ...{ code: 'MetallbController', severity: 'error', count: 1 },
      object: { kind: 'Pod', namespace, name: metallb.name },
      says: `MetalLB's controller is ready in the namespace ${namespace}, so Berth assigns no address.`,
      fix: "Scale MetalLB's controller to 0 to hand over, or remove Berth's.",
      command: 'migrate metallb',
    });
  if (NOT_LEADING.has(controller.state))
    problems.push({
      ...{ code: 'NoController', severity: 'error', count: 1, ...logs },
      object: { kind: 'Lease', namespace, name: 'berth-controller' },
      says: `No controller leads: ${controller.says}. No Service gets an address, and what conditions say may be old.`,
      fix: fixWithoutLeader(controller, namespace),
    });
  const unready = all.filter(({ isMetallb, ready }) => !isMetallb && !ready);
  if (unready.length > 0) problems.push(unreadyProblem(unready, all.length, namespace));
  return problems;
}

function fixWithoutLeader({ pods }: ControllerOverview, namespace: string): string {
  if (pods === null) return `Check that the Deployment berth-controller in ${namespace} has ready Pods.`;
  if (pods.length === 0)
    return `Deploy the controller in ${namespace}; if it runs in another namespace, add --pool-namespace.`;
  return `See why: kubectl logs -n ${namespace} deployment/berth-controller`;
}

function unreadyProblem(unready: readonly ProgramPod[], all: number, namespace: string): Problem {
  const [first] = unready;
  const name = first?.name ?? '';
  const because = first?.because == null ? '' : ` (${first.because})`;
  return {
    ...{ code: 'ControllerNotReady', severity: unready.length === all ? 'error' : 'warning' },
    object: { kind: 'Pod', namespace, name },
    says: `${unready.length} of ${plural(all, 'Pod')} of the controller ${unready.length === 1 ? 'is' : 'are'} not ready: ${name}${because}.`,
    fix: `See why: kubectl describe pod -n ${namespace} ${name}`,
    ...{ command: null, count: unready.length },
  };
}
