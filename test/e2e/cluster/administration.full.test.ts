/** What an administrator does to a real cluster under load: secrets are rotated, and in the end the whole namespace is deleted. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { skipWithoutCluster } from '../../support/cluster/parts.ts';
import { eventually } from '../../support/eventually.ts';
import { statusOf } from './support/announced.ts';
import { addressesOf, install, NAMESPACE, pool, rolledOut } from './support/berth-cluster.ts';
import { assertServed, needlessMoves, outcomeText } from './support/fault-outcome.ts';
import { FAR_POOL, FaultStage, NEAR_POOL } from './support/fault-stage.ts';

/** The new key of layer 2 is in use after two minutes. */
const KEY_IN_USE_AFTER_MS = 125_000;

const secret = (name: string, type: string, data: Readonly<Record<string, string>>): object => ({
  ...{ apiVersion: 'v1', kind: 'Secret', type },
  metadata: { name, namespace: NAMESPACE },
  stringData: data,
});

const password = (value: string): object => secret('bgp', 'kubernetes.io/basic-auth', { password: value });

describe('the administrator of a real cluster', { skip: skipWithoutCluster() }, () => {
  let stage: FaultStage;

  before(async () => {
    stage = await FaultStage.start();
  });
  after(() => stage?.stop());

  it('replaces the secret of layer 2: nothing moves, and no connection is cut', async (t) => {
    const outcome = await stage.disturb(async () => {
      await stage.cluster.apply(
        secret('memberlist', 'Opaque', { secretkey: 'another one for the speakers' }),
      );
      await sleep(KEY_IN_USE_AFTER_MS);
      await stage.isWhole();
    });
    t.diagnostic(outcomeText(outcome));
    assertServed(outcome);
    assert.deepEqual(needlessMoves(outcome), []);
  });

  it('gives the BGP sessions a password, and replaces it: the sessions come back, and layer 2 serves meanwhile', async (t) => {
    await stage.cluster.apply(password('one'));
    await stage.setPassword('one');
    await stage.isWhole();
    const outcome = await stage.disturb(async () => {
      await stage.cluster.apply(password('two'));
      await stage.setPassword('two');
      await stage.isWhole();
    });
    t.diagnostic(outcomeText(outcome));
    // A session whose password changes has to begin anew: without graceful restart its routes are gone until then.
    const untilMs = outcome.span.to - outcome.span.from;
    assertServed(outcome, { 'BGP by hold time': { untilMs }, 'BGP with BFD': { untilMs } });
    assert.deepEqual(needlessMoves(outcome), []);
  });

  it('deletes the namespace: it goes, the addresses stay, and berth status says that no controller leads', async () => {
    await stage.cluster.kubectlOk(['delete', 'namespace', NAMESPACE, '--timeout=300s']);
    assert.deepEqual(await addressesOf(stage.cluster, 'far'), [stage.far]);
    assert.deepEqual(await addressesOf(stage.cluster, 'near'), [stage.near]);
    const { problems } = await statusOf(stage.cluster);
    const codes = problems.map(({ code }) => code);
    assert.ok(codes.includes('NoController'), JSON.stringify(problems));
  });

  it('installs it again: Services keep their addresses', async () => {
    await install(stage.cluster, 'layer2');
    await stage.cluster.apply(pool(FAR_POOL, 'far'), pool(NEAR_POOL, 'near'));
    await rolledOut(stage.cluster, 'deployment/berth-controller');
    await eventually(
      async () => {
        const { problems, services } = await statusOf(stage.cluster);
        assert.ok(!problems.some(({ code }) => code === 'NoController'), JSON.stringify(problems));
        assert.equal(services?.withAddress, 2);
      },
      { interval: 1000 },
    );
    assert.deepEqual(await addressesOf(stage.cluster, 'far'), [stage.far]);
    assert.deepEqual(await addressesOf(stage.cluster, 'near'), [stage.near]);
  });
});
