/** Requests that cannot be met, of Services that have an address, end to end. */
import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import { Rig } from '../../controller/support/rig.ts';
import { eventually } from '../../support/eventually.ts';
import { skipWithoutKubernetesBinaries } from '../../support/kubernetes-binaries.ts';

describe('requests that cannot be met', { skip: skipWithoutKubernetesBinaries() }, () => {
  let rig: Rig;
  before(async () => {
    rig = await Rig.borrow();
  });
  afterEach(() => rig.clean());
  after(() => rig?.stop());

  const requestPool = (pool: string) =>
    rig.edit('web', { metadata: { annotations: { 'metallb.io/address-pool': pool } } });

  it('keeps the address after a typo, says what was meant, and changes nothing when it is undone', async () => {
    await rig.pool('public', ['192.0.2.0/28']);
    await rig.startServing();
    await rig.service('web');
    await rig.waitForAddresses('web', '192.0.2.0');
    await requestPool('pubilc');
    const kept = await rig.waitForReason('web', 'UnknownPool');
    assert.equal(kept.status, 'True');
    assert.match(kept.message, /^Keeps 192\.0\.2\.0 from pool "public".* Did you mean "public"\?$/);
    await eventually(async () => {
      const messages = (await rig.events('web')).map(({ message }) => message);
      assert.ok(
        messages.some((message) => message.endsWith(kept.message)),
        messages.join('\n'),
      );
    });
    await requestPool('public');
    await rig.waitForReason('web', 'Assigned');
    assert.deepEqual(await rig.addresses('web'), ['192.0.2.0']);
  });

  it('releases it at once with --unmet-requests=release', async () => {
    await rig.pool('public', ['192.0.2.0/28']);
    await rig.startServing('--unmet-requests=release');
    await rig.service('web');
    await rig.waitForAddresses('web', '192.0.2.0');
    await requestPool('pubilc');
    await rig.waitForAddresses('web');
    assert.equal((await rig.waitForReason('web', 'UnknownPool')).status, 'False');
  });
});
