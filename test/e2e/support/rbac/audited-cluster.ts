/**
 * A real API server with RBAC and manifests of `deploy/`, and programs that run as one of their ServiceAccounts. The audit log
 * has every request of that account, so that a test can compare them with the roles.
 */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from '../../../../dev/place.mjs';
import type { Program } from '../../../controller/support/program.ts';
import { type AnyObject, NAMESPACE, Rig } from '../../../controller/support/rig.ts';
import { eventually } from '../../../support/eventually.ts';
import { freePort } from '../../../support/real-api/ports.ts';
import type { RealApi } from '../../../support/real-api/start.ts';
import { type BoundPod, PodProcesses, podEnvironment } from './account.ts';
import { type AuditedRequest, AuditLog } from './audit.ts';
import { covers, describePermission, describeRequest, type Permission, type Role } from './rules.ts';

const RBAC = '/apis/rbac.authorization.k8s.io/v1';
const CRDS = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';

export type AuditedClusterOptions = {
  /** The ServiceAccount of the programs, in Berth's namespace. */
  readonly account: string;
  /** Folders of `deploy/` to apply, in this order. */
  readonly manifests: readonly string[];
  /** Creates the Pod to which the token is bound; without it, the token is bound to none. */
  readonly createPod?: (rig: Rig) => Promise<BoundPod>;
};

export type StartedPod = {
  readonly program: Program;
  /** The arguments of the manifest. */
  readonly manifestArgs: readonly string[];
  /** The free port that each port flag got, by flag. */
  readonly ports: Readonly<Record<string, number>>;
};

export class AuditedCluster {
  readonly rig: Rig<RealApi>;
  readonly audit: AuditLog;
  readonly #folder: string;
  readonly #pods: PodProcesses;

  private constructor(rig: Rig<RealApi>, audit: AuditLog, folder: string, pods: PodProcesses) {
    this.rig = rig;
    this.audit = audit;
    this.#folder = folder;
    this.#pods = pods;
  }

  static async start({ account, manifests, createPod }: AuditedClusterOptions): Promise<AuditedCluster> {
    const folder = mkdtempSync(join(tmpdir(), 'berth-rbac-'));
    const audit = new AuditLog(folder, `system:serviceaccount:${NAMESPACE}:${account}`);
    const rig = await Rig.start({ authorization: 'RBAC', flags: audit.flags, crds: false });
    for (const name of manifests) await rig.kubectl(['apply', '-k', join(root, 'deploy', name)]);
    await untilKindsAreServed(rig);
    const pod = createPod === undefined ? null : await createPod(rig);
    const environment = await podEnvironment(rig.api, { namespace: NAMESPACE, account, pod });
    const pods = new PodProcesses(rig.script, environment);
    return new AuditedCluster(rig, audit, folder, pods);
  }

  async stop(): Promise<void> {
    await this.#pods.stop();
    await this.rig.stop();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  /**
   * Starts a program with the arguments of a workload of the manifests (`deployments/berth-controller`), except for its ports:
   * several run on one machine here. `portFlags` are the names of its port flags.
   */
  async startPod(
    name: string,
    workload: string,
    portFlags: readonly string[],
    flags: readonly string[] = [],
  ): Promise<StartedPod> {
    const path = `/apis/apps/v1/namespaces/${NAMESPACE}/${workload}`;
    const { spec } = await this.rig.api.requestOk<AnyObject>('GET', path);
    const args: readonly string[] = spec.template.spec.containers[0].args;
    const replaced = [...portFlags, 'log-level'];
    const rest = args.filter((arg) => !replaced.some((flag) => arg.startsWith(`--${flag}=`)));
    const ports: Record<string, number> = {};
    for (const flag of portFlags) ports[flag] = await freePort();
    const ownFlags = Object.entries(ports).map(([flag, port]) => `--${flag}=${port}`);
    const program = this.#pods.start(name, [...rest, ...ownFlags, '--log-level=debug', ...flags]);
    return { program, manifestArgs: args, ports };
  }

  /** A Role of Berth's namespace. */
  role(name: string): Promise<Role> {
    return this.rig.api.requestOk('GET', `${RBAC}/namespaces/${NAMESPACE}/roles/${name}`);
  }

  clusterRole(name: string): Promise<Role> {
    return this.rig.api.requestOk('GET', `${RBAC}/clusterroles/${name}`);
  }

  /** Those of `granted` that no request used, described. */
  unused(granted: readonly Permission[]): readonly string[] {
    const requests = this.audit.requests();
    return granted
      .filter((permission) => !requests.some((request) => covers(permission, request)))
      .map(describePermission);
  }

  /** No request was rejected, and each is covered by `granted`: other roles grant nothing that is used. */
  assertAllGranted(granted: readonly Permission[]): void {
    const requests = this.audit.requests();
    assert.deepEqual(requests.filter(isRejected).map(describeRequest), [], 'rejected');
    const uncovered = requests.filter(
      (request) => !granted.some((permission) => covers(permission, request)),
    );
    assert.deepEqual(uncovered.map(describeRequest), [], 'granted by other roles than ours');
  }

  /** No Secret was requested, read or written. */
  assertNoSecrets(): void {
    const secrets = this.audit.requests().filter(({ resource }) => resource.startsWith('secrets'));
    assert.deepEqual(secrets.map(describeRequest), []);
  }
}

/** Rejected by authentication, authorization or admission. */
export const isRejected = ({ code }: AuditedRequest): boolean => code === 401 || code === 403;

/** For a moment after its CRD was created, a list of a kind is refused, and a program would not watch it at once. */
async function untilKindsAreServed({ api }: Rig<RealApi>): Promise<void> {
  const { items } = await api.requestOk<AnyObject>('GET', CRDS);
  for (const { spec } of items)
    for (const { name } of spec.versions.filter(({ served }: AnyObject) => served))
      await eventually(() => api.requestOk('GET', `/apis/${spec.group}/${name}/${spec.names.plural}`));
}
