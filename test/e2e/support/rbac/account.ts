/** Service accounts of an API server, and controllers that run as one of them, as in a Pod. */
import { copyFileSync, mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Program } from '../../../controller/support/program.ts';
import type { ApiClient } from '../../../support/real-api/client.ts';
import type { RealApi } from '../../../support/real-api/start.ts';

/** A Pod to which a token is bound. */
export type BoundPod = { readonly name: string; readonly uid: string };

/** By the TokenRequest API, as the kubelet does, which binds a token to its Pod. */
export async function requestToken(
  api: ApiClient,
  namespace: string,
  name: string,
  pod: BoundPod | null = null,
): Promise<string> {
  const path = `/api/v1/namespaces/${namespace}/serviceaccounts/${name}/token`;
  const bound = pod === null ? {} : { boundObjectRef: { apiVersion: 'v1', kind: 'Pod', ...pod } };
  const { status } = await api.requestOk<{ status: { token: string } }>('POST', path, {
    apiVersion: 'authentication.k8s.io/v1',
    kind: 'TokenRequest',
    spec: { expirationSeconds: 3600, ...bound },
  });
  return status.token;
}

/** A Pod that was scheduled to a Node, which exists. Nothing runs in it. */
export async function createPodOn(
  api: ApiClient,
  { namespace, name, account, node }: Readonly<Record<'namespace' | 'name' | 'account' | 'node', string>>,
): Promise<BoundPod> {
  const { metadata } = await api.requestOk<{ metadata: BoundPod }>(
    'POST',
    `/api/v1/namespaces/${namespace}/pods`,
    {
      metadata: { name },
      spec: {
        ...{ nodeName: node, serviceAccountName: account, hostNetwork: true },
        containers: [{ name: 'speaker', image: 'berth' }],
      },
    },
  );
  return { name, uid: metadata.uid };
}

/** The files under `/var/run/secrets/kubernetes.io/serviceaccount`, and the environment of a Pod. */
export async function podEnvironment(
  api: RealApi,
  {
    namespace,
    account,
    pod = null,
  }: { readonly namespace: string; readonly account: string; readonly pod?: BoundPod | null },
): Promise<Readonly<Record<string, string>>> {
  const folder = mkdtempSync(join(api.folder, 'account-'));
  writeFileSync(join(folder, 'token'), await requestToken(api, namespace, account, pod));
  writeFileSync(join(folder, 'namespace'), namespace);
  copyFileSync(api.caFile, join(folder, 'ca.crt'));
  const { hostname, port } = new URL(api.url);
  return {
    KUBERNETES_SERVICE_HOST: hostname,
    KUBERNETES_SERVICE_PORT: port,
    BERTH_SERVICE_ACCOUNT_DIR: folder,
    METALLB_NAMESPACE: namespace,
  };
}

/** Starts controllers in that environment, and stops those that still run. */
export class PodProcesses {
  readonly #script: string;
  readonly #environment: Readonly<Record<string, string>>;
  readonly #programs: Program[] = [];

  constructor(script: string, environment: Readonly<Record<string, string>>) {
    this.#script = script;
    this.#environment = environment;
  }

  start(name: string, args: readonly string[]): Program {
    const environment = { ...this.#environment, METALLB_POD_NAME: name };
    const program = new Program(this.#script, args, environment);
    this.#programs.push(program);
    return program;
  }

  async stop(): Promise<void> {
    await Promise.all(this.#programs.map((program) => program.kill9()));
  }
}
