/** Service accounts of an API server, and controllers that run as one of them, as in a Pod. */
import { copyFileSync, mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Program } from '../../../controller/support/program.ts';
import type { RealApi } from '../../../support/real-api/start.ts';

/** By the TokenRequest API, as the kubelet does. */
export async function requestToken(api: RealApi, namespace: string, name: string): Promise<string> {
  const path = `/api/v1/namespaces/${namespace}/serviceaccounts/${name}/token`;
  const { status } = await api.requestOk<{ status: { token: string } }>('POST', path, {
    apiVersion: 'authentication.k8s.io/v1',
    kind: 'TokenRequest',
    spec: { expirationSeconds: 3600 },
  });
  return status.token;
}

/** The files under `/var/run/secrets/kubernetes.io/serviceaccount`, and the environment of a Pod. */
export async function podEnvironment(
  api: RealApi,
  { namespace, account }: { readonly namespace: string; readonly account: string },
): Promise<Readonly<Record<string, string>>> {
  const folder = mkdtempSync(join(api.folder, 'account-'));
  writeFileSync(join(folder, 'token'), await requestToken(api, namespace, account));
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
