/** The ConfigMap of MetalLB 0.12 and older, end to end. */
import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import { NAMESPACE, Rig } from '../../controller/support/rig.ts';
import { eventually, eventuallyEqual } from '../../support/eventually.ts';
import { skipWithoutKubernetesBinaries } from '../../support/kubernetes-binaries.ts';

describe('the old ConfigMap on a real API server', { skip: skipWithoutKubernetesBinaries() }, () => {
  let rig: Rig;
  before(async () => {
    rig = await Rig.borrow();
  });
  afterEach(() => rig.clean());
  after(() => rig?.stop());

  it('runs from the old ConfigMap, and follows its edits', async () => {
    const map = (config: string) => ({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'config', namespace: NAMESPACE },
      data: { config },
    });
    const path = `/api/v1/namespaces/${NAMESPACE}/configmaps`;
    const pools = (...ranges: string[]) =>
      `address-pools:\n- name: default\n  protocol: layer2\n  addresses:\n${ranges.map((range) => `  - ${range}\n`).join('')}`;
    const state = `/apis/metallb.io/v1beta1/namespaces/${NAMESPACE}/configurationstates/controller`;
    const result = async () =>
      (await rig.api.requestOk<{ status: { result: string } }>('GET', state)).status.result;
    const program = rig.controller('--config', 'config');
    await program.waitForLog('configuration cannot be read');
    await rig.service('web');
    await rig.api.requestOk('POST', path, map(pools('192.168.1.240-192.168.1.250')));
    await rig.waitForAddresses('web', '192.168.1.240');
    await eventuallyEqual(result, 'Valid');
    await rig.api.requestOk('PATCH', `${path}/config`, { data: { config: 'address-pools: [' } });
    await eventually(async () => assert.notEqual(await result(), 'Valid'));
    await rig.service('second');
    await rig.waitForAddresses('second', '192.168.1.241');
    await rig.api.requestOk('PATCH', `${path}/config`, {
      data: { config: pools('192.168.1.241-192.168.1.250') },
    });
    await eventuallyEqual(result, 'Valid');
    await rig.waitForAddresses('second', '192.168.1.241');
    await rig.waitForAddresses('web', '192.168.1.242');
    await rig.api.requestOk('DELETE', `${path}/config`);
    await eventually(async () => assert.notEqual(await result(), 'Valid'));
    assert.deepEqual(await rig.addresses('web'), ['192.168.1.242']);
  });

  it('reports an old ConfigMap where there are no pools', async () => {
    await rig.api.requestOk('POST', `/api/v1/namespaces/${NAMESPACE}/configmaps`, {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'config' },
      data: { config: '' },
    });
    const program = await rig.startServing();
    assert.match((await program.waitForLog('there is a ConfigMap "config"')).msg, /--config config/);
  });
});
