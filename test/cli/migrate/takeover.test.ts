import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { FileCluster } from '../../../src/cli/cluster/file-cluster.ts';
import { snapshotOf } from '../../../src/cli/cluster/snapshot.ts';
import { planTakeover } from '../../../src/cli/migrate/takeover.ts';
import { takeoverLines } from '../../../src/cli/migrate/text.ts';
import { parseManifests } from '../../../src/manifests/parse-manifests.ts';
import {
  CLUSTER,
  POOLS,
  SERVICE_REQUESTING_TAKEN_ADDRESS,
  SERVICE_WITH_ADDRESS,
} from '../support/cluster-manifests.ts';
import { PLAIN_FORMAT } from '../support/plain-format.ts';

const OPTIONS = {
  poolNamespace: 'metallb-system',
  lbClass: null,
  foreignAddresses: 'keep',
  unmetRequests: 'keep',
  ipMode: null,
  poolGrace: 0,
} as const;

async function takeoverOf(text: string) {
  const { manifests, problems } = await parseManifests(text, 'f');
  assert.deepEqual(problems, []);
  const defaultNamespaces = { services: 'default', pools: 'metallb-system' };
  const state = await new FileCluster(manifests, {
    ...{ description: 'f', defaultNamespaces, wall: 0 },
  }).readState();
  assert.ok(state.ok);
  return planTakeover(snapshotOf(state.value, { calico: 'auto' }), OPTIONS, 0);
}

describe('the takeover', () => {
  it('changes no address that MetalLB assigned', async () => {
    const result = await takeoverOf(CLUSTER);
    assert.deepEqual(result, { keep: 1, wait: 1, get: [], change: [] });
    assert.deepEqual(takeoverLines(result, PLAIN_FORMAT), [
      'Services, once Berth takes over',
      '  none would change: 1 Service with an address, 1 without',
    ]);
  });

  it('lists Services that would get an address', async () => {
    const result = await takeoverOf(
      [POOLS, SERVICE_REQUESTING_TAKEN_ADDRESS.replace('192.168.5.1', '192.168.5.2')].join('---\n'),
    );
    assert.deepEqual(
      [result.keep, result.get.map(({ service, after }) => [service, after])],
      [0, [['shop/asks', ['192.168.5.2']]]],
    );
    assert.match(
      takeoverLines(result, PLAIN_FORMAT).join('\n'),
      / {2}1 Service would get an address\n {4}shop\/asks {2}none -> 192\.168\.5\.2$/,
    );
  });

  it('lists a Service that would change: one of two with the same address', async () => {
    const twin = SERVICE_WITH_ADDRESS.replace('name: web', 'name: twin').replace(
      '2026-01-02T00:00:00Z',
      '2026-01-05T00:00:00Z',
    );
    const result = await takeoverOf([POOLS, SERVICE_WITH_ADDRESS, twin].join('---\n'));
    assert.deepEqual(
      result.change.map(({ service, before, after }) => [service, before, after]),
      [['shop/twin', ['192.168.5.1'], ['192.168.5.0']]],
    );
    assert.match(
      takeoverLines(result, PLAIN_FORMAT).join('\n'),
      / {2}1 Service would change, 1 would keep their address\n/,
    );
  });
});
