/** The kinds of metallb.io on kube-apiserver, and raw requests to it. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { request as send } from 'node:https';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import type { ApiClient } from '../../../support/real-api/client.ts';

const CRDS = fileURLToPath(new URL('../../../../deploy/crds', import.meta.url));

/** May be called by several tests at once: all apply the same. */
export async function installCrds(api: ApiClient): Promise<void> {
  const applied = await api.kubectl(['apply', '--server-side', '-k', CRDS]);
  assert.equal(applied.code, 0, applied.stderr);
  const files = readdirSync(CRDS).filter((file) => file !== 'kustomization.yaml');
  const names = files.map((file) => `crd/${parse(readFileSync(join(CRDS, file), 'utf8')).metadata.name}`);
  const waited = await api.kubectl(['wait', '--for=condition=Established', '--timeout=60s', ...names]);
  assert.equal(waited.code, 0, waited.stderr);
}

export type TableResponse = {
  readonly columnDefinitions: readonly { name: string; type: string; priority: number }[];
  readonly rows: readonly { cells: readonly unknown[] }[];
};

/** A Table, as `kubectl get` requests it. */
export function fetchTable(api: ApiClient, path: string): Promise<TableResponse> {
  const headers = {
    authorization: `Bearer ${api.token}`,
    accept: 'application/json;as=Table;v=v1;g=meta.k8s.io',
  };
  return new Promise((resolve, reject) => {
    const options = { headers, ca: readFileSync(api.caFile), agent: false as const };
    const outgoing = send(new URL(path, api.url), options, (incoming) => {
      let text = '';
      incoming.setEncoding('utf8').on('data', (chunk) => {
        text += chunk;
      });
      incoming.on('end', () => resolve(JSON.parse(text)));
    });
    outgoing.on('error', reject);
    outgoing.end();
  });
}
