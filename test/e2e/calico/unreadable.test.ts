/** Calico's API server does not answer: addresses are assigned all the same, and the condition reports it. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { ANNOUNCED_CONDITION } from '../../../src/controller/announced/condition-writer.ts';
import { type AnyObject, Rig } from '../../controller/support/rig.ts';
import { eventually } from '../../support/eventually.ts';
import { skipWithoutKubernetesBinaries } from '../../support/kubernetes-binaries.ts';

const APIS = '/apis/apiregistration.k8s.io/v1/apiservices';

describe('Calico behind an API server that is down', { skip: skipWithoutKubernetesBinaries() }, () => {
  let rig: Rig;
  before(async () => {
    rig = await Rig.start();
    for (const [group, version] of [
      ['projectcalico.org', 'v3'],
      ['crd.projectcalico.org', 'v1'],
    ]) {
      await rig.api.requestOk('POST', APIS, {
        apiVersion: 'apiregistration.k8s.io/v1',
        kind: 'APIService',
        metadata: { name: `${version}.${group}` },
        spec: {
          group,
          version,
          groupPriorityMinimum: 1000,
          versionPriority: 15,
          insecureSkipTLSVerify: true,
          service: { namespace: 'default', name: 'nobody' },
        },
      });
    }
    await eventually(async () => {
      const { status } = await rig.api.request('GET', '/apis/projectcalico.org/v3/bgppeers');
      assert.equal(status, 503);
    });
  });
  after(() => rig?.stop());

  it('blocks neither readiness nor assignments', async () => {
    await rig.pool('p', ['192.168.5.0/28']);
    await rig.startServing('--calico', 'required');
    await rig.service('web');
    await rig.waitForAddresses('web', '192.168.5.0');
    await rig.waitForReason('web', 'Assigned');
    const condition: AnyObject = await eventually(async () => {
      const { status } = await rig.get('web');
      const found = status.conditions.find(({ type }: AnyObject) => type === ANNOUNCED_CONDITION);
      assert.deepEqual([found?.status, found?.reason], ['Unknown', 'NotVisible']);
      return found;
    });
    assert.match(condition.message, /BGPConfiguration/);
    await rig.service('next');
    await rig.waitForAddresses('next', '192.168.5.1');
  });
});
