import { randomBytes } from 'node:crypto';
import type { ApiClient } from './real-api/client.ts';

/**
 * Makes a namespace with a name nobody else has. It stays until the API server ends, since nothing finalises
 * namespaces there; delete what stands in it where that matters.
 */
export async function createNamespace(
  api: ApiClient,
  labels: Readonly<Record<string, string>> = {},
): Promise<string> {
  const name = `test-${randomBytes(5).toString('hex')}`;
  const metadata = { name, labels };
  await api.requestOk('POST', '/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata });
  return name;
}
