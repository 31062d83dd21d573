/**
 * Writes objects directly into etcd, as a restored backup would have them. Through the API server ten thousand Services
 * take minutes, and each one takes longer than the one before. To be used before anything watches these kinds.
 */
import { formatRfc3339 } from '../../src/base/clock.ts';

export type EtcdRecord = readonly [key: string, value: object];

/** etcd accepts 128 operations in a transaction. */
const RECORDS_PER_TRANSACTION = 126;

export async function putRecords(etcdUrl: string, records: readonly EtcdRecord[]): Promise<void> {
  for (let first = 0; first < records.length; first += RECORDS_PER_TRANSACTION) {
    const success = records.slice(first, first + RECORDS_PER_TRANSACTION).map(([key, value]) => ({
      request_put: { key: base64(key), value: base64(JSON.stringify(value)) },
    }));
    const response = await fetch(`${etcdUrl}/v3/kv/txn`, {
      method: 'POST',
      body: JSON.stringify({ success }),
    });
    if (!response.ok) throw new Error(`etcd: ${response.status} ${await response.text()}`);
  }
}

const base64 = (text: string): string => Buffer.from(text).toString('base64');

/** Unique for each kind of object, a digit, and index. */
export const uidOf = (kind: number, index: number): string =>
  `00000000-0000-4000-800${kind}-${index.toString(16).padStart(12, '0')}`;

export const creationTimestamp = (): string => formatRfc3339(Date.now());

export const clusterIpOf = (index: number): string => `10.97.${index >> 8}.${index & 255}`;

/** A Service, and the IPAddress object by which the API server knows that its cluster IP is taken. */
export function serviceRecords(
  { namespace, name, index }: { readonly namespace: string; readonly name: string; readonly index: number },
  service: object,
): readonly EtcdRecord[] {
  const clusterIP = clusterIpOf(index);
  const ipAddress = {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'IPAddress',
    metadata: {
      name: clusterIP,
      uid: uidOf(2, index),
      creationTimestamp: creationTimestamp(),
      labels: {
        'ipaddress.kubernetes.io/ip-family': 'IPv4',
        'ipaddress.kubernetes.io/managed-by': 'ipallocator.k8s.io',
      },
    },
    spec: { parentRef: { group: '', resource: 'services', namespace, name } },
  };
  return [
    [`/registry/services/specs/${namespace}/${name}`, service],
    [`/registry/ipaddresses/${clusterIP}`, ipAddress],
  ];
}
