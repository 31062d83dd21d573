/** What a cluster says about its Services: the condition of each, and `berth status`. */
import assert from 'node:assert/strict';
import type { OverviewDocument } from '../../../../src/overview/document.ts';
import type { Cluster } from '../../../support/cluster/cluster.ts';

export type AnnouncedCondition = {
  readonly type: string;
  readonly status: string;
  readonly reason: string;
  readonly message: string;
};

/** The condition `berth.dev/Announced` of a Service. */
export async function announcedOf(cluster: Cluster, name: string): Promise<AnnouncedCondition> {
  const text = await cluster.kubectlOk(['get', 'service', name, '-o', 'jsonpath={.status.conditions}']);
  const conditions = JSON.parse(text || '[]') as readonly AnnouncedCondition[];
  const found = conditions.find(({ type }) => type === 'berth.dev/Announced');
  assert.ok(found, `${name} has no condition berth.dev/Announced: ${text}`);
  return found;
}

/** The document of `berth status`. */
export async function statusOf(cluster: Cluster): Promise<OverviewDocument> {
  const { code, stdout, stderr } = await cluster.berth(['status', '-o', 'json']);
  assert.notEqual(code, 1, stderr);
  return JSON.parse(stdout) as OverviewDocument;
}
