/** A rollback restores what MetalLB itself installs, whatever somebody has written into the saved copy. */

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type MetalLBObjects, readMetalLBState } from '../../../src/cli/migrate/metallb-state.ts';
import { rollbackSteps } from '../../../src/cli/migrate/rollback.ts';
import type { MigrationStep } from '../../../src/cli/migrate/step.ts';
import { describeStep } from '../../../src/cli/migrate/text.ts';
import { type AnyObject, definition, fullInstallation, NS, stored } from '../support/metallb-cluster.ts';
import { conversion, webhookConfiguration } from '../support/metallb-objects.ts';

const bodyOf = (step: MigrationStep | undefined): AnyObject => {
  assert.ok(step, 'there is no such step');
  return step.request.body;
};

describe('a rollback from a copy that somebody has written', () => {
  const bare = (ready: number, parts: Partial<MetalLBObjects> = {}): MetalLBObjects => ({
    ...fullInstallation(ready),
    webhooks: [],
    definitions: [definition({ conversion: { strategy: 'None' } })],
    secrets: [stored({ kind: 'Secret', metadata: { name: 'memberlist' } }, 'secret-uid')],
    ...parts,
  });
  const back = (from: MetalLBObjects) => {
    const definitions = new Map(from.definitions.map((one: AnyObject) => [one.metadata.name, one]));
    return rollbackSteps(readMetalLBState(from), definitions);
  };

  /** As the API server stores it, with its defaults. */
  const asStored = (): AnyObject => {
    const configuration: AnyObject = structuredClone(webhookConfiguration(NS, 'Y2E='));
    for (const hook of configuration.webhooks) {
      Object.assign(hook, { matchPolicy: 'Equivalent', namespaceSelector: {}, objectSelector: {} });
      Object.assign(hook, { timeoutSeconds: 10 });
      for (const rule of hook.rules) rule.scope = '*';
    }
    return configuration;
  };

  /** A saved copy that somebody has written. */
  const planted = (content: AnyObject, kind = 'Secret'): AnyObject => {
    const text = JSON.stringify({ webhooks: [], conversions: {}, owners: {}, ...content });
    const data = { 'saved.json': kind === 'Secret' ? Buffer.from(text).toString('base64') : text };
    return stored({ kind, metadata: { name: 'berth-migration' }, data }, 'planted-uid');
  };

  it('restores what an API server has stored, and what an earlier build has saved in a ConfigMap', () => {
    const { steps, refused } = back(bare(1, { saved: planted({ webhooks: [asStored()] }, 'ConfigMap') }));
    assert.deepEqual(refused, []);
    assert.deepEqual(steps.map(describeStep), [
      'ValidatingWebhookConfiguration metallb-webhook-configuration: restore it',
      `ConfigMap ${NS}/berth-migration: delete it: everything in it is restored`,
    ]);
    assert.deepEqual(bodyOf(steps[0]).webhooks, asStored().webhooks);
  });

  type Edit = (configuration: AnyObject) => void;
  const editHook =
    (edit: Edit): Edit =>
    ({ webhooks }) =>
      edit(webhooks[0]);
  const editRule = (edit: Edit): Edit => editHook(({ rules }) => edit(rules[0]));
  const editClient = (edit: Edit): Edit => editHook(({ clientConfig }) => edit(clientConfig));
  const WEBHOOKS: readonly (readonly [title: string, edit: Edit, says: RegExp])[] = [
    ['has another name', (one) => (one.metadata.name = 'a'), /its name is not metallb-webhook-configuration/],
    ['has no webhooks', (one) => (one.webhooks = []), /it has no webhooks/],
    [
      'has a webhook of another name',
      editHook((one) => (one.name = 'a.example')),
      /MetalLB has no webhook of this name/,
    ],
    [
      'matches Secrets',
      editRule((one) => (one.resources = ['secrets'])),
      /matches "secrets", which MetalLB does not validate/,
    ],
    [
      'matches everything',
      editRule((one) => (one.resources = ['*'])),
      /matches "\*", which MetalLB does not validate/,
    ],
    [
      'matches the core group',
      editRule((one) => (one.apiGroups = [''])),
      /matches the API groups "", not metallb\.io alone/,
    ],
    [
      'matches all groups',
      editRule((one) => (one.apiGroups = ['*'])),
      /matches the API groups "\*", not metallb\.io alone/,
    ],
    ['matches another group too', editRule((one) => one.apiGroups.push('')), /not metallb\.io alone/],
    ['has no rules', editHook((one) => (one.rules = [])), /it has no rules/],
    [
      'calls a URL',
      editHook((one) => (one.clientConfig = { url: 'https://evil.example/x' })),
      /it calls "https:\/\/evil\.example\/x", not the Service/,
    ],
    [
      'calls a URL beside a Service',
      editClient((one) => (one.url = 'https://evil.example/x')),
      /MetalLB sets no "url"/,
    ],
    [
      'calls another namespace',
      editClient((one) => (one.service.namespace = 'evil')),
      /it calls the Service evil\/metallb-webhook-service, not metallb-system\/metallb-webhook-service/,
    ],
    [
      'calls another Service',
      editClient((one) => (one.service.name = 'evil')),
      /it calls the Service metallb-system\/evil/,
    ],
    [
      'calls another path',
      editClient((one) => (one.service.path = '/steal')),
      /MetalLB serves no path "\/steal"/,
    ],
    ['calls another port', editClient((one) => (one.service.port = 8443)), /no port 8443/],
    [
      'has an unknown field',
      editHook((one) => (one.matchConditions = [])),
      /MetalLB sets no "matchConditions"/,
    ],
    [
      'has a policy of its own',
      editHook((one) => (one.failurePolicy = 'Sometimes')),
      /failurePolicy is "Sometimes"/,
    ],
  ];
  for (const [title, edit, says] of WEBHOOKS)
    it(`does not restore a webhook configuration that ${title}, and keeps the copy`, () => {
      const configuration = asStored();
      edit(configuration);
      const { steps, refused } = back(bare(1, { saved: planted({ webhooks: [configuration] }) }));
      assert.deepEqual(steps, []);
      assert.equal(refused.length, 1);
      assert.match(refused[0]?.says.join('\n') ?? '', says);
    });

  it('leaves out annotations by which other programs would act on the object', () => {
    const configuration = asStored();
    configuration.metadata.annotations = {
      'meta.helm.sh/release-name': 'lb',
      'cert-manager.io/inject-ca-from': 'evil/cert',
    };
    const [step] = back(bare(1, { saved: planted({ webhooks: [configuration] }) })).steps;
    assert.deepEqual(bodyOf(step).metadata.annotations, { 'meta.helm.sh/release-name': 'lb' });
  });

  const CONVERSIONS: readonly (readonly [title: string, name: string, value: AnyObject, says: RegExp])[] = [
    [
      'a kind of others',
      'certificates.cert-manager.io',
      conversion(NS),
      /MetalLB converts no objects of this kind/,
    ],
    ['another strategy', 'bgppeers.metallb.io', { strategy: 'None' }, /its strategy is not Webhook/],
    ['another Service', 'bgppeers.metallb.io', conversion('evil'), /it calls the Service evil\//],
    [
      'a URL',
      'bgppeers.metallb.io',
      { strategy: 'Webhook', webhook: { clientConfig: { url: 'https://evil.example' } } },
      /it calls "https:\/\/evil\.example"/,
    ],
  ];
  for (const [title, name, value, says] of CONVERSIONS)
    it(`does not restore a conversion of ${title}`, () => {
      const saved = planted({ conversions: { [name]: value } });
      const foreign = stored({ metadata: { name }, spec: { conversion: { strategy: 'None' } } }, 'other-uid');
      const { steps, refused } = back(bare(1, { saved, definitions: [foreign] }));
      assert.deepEqual(steps, []);
      assert.match(refused[0]?.says.join('\n') ?? '', says);
    });

  it('makes the controller the owner of the Secret of MetalLB only, and takes no field of the copy but its name', () => {
    const owner = { ...{ apiVersion: 'v1', kind: 'Deployment', name: 'controller', uid: 'x' } };
    const owners = [{ ...owner, apiVersion: 'apps/v1', blockOwnerDeletion: true, controller: true }];
    const secrets = ['memberlist', 'bgp-password'].map((name) =>
      stored({ kind: 'Secret', metadata: { name }, data: { password: '' } }, name),
    );
    const saved = planted({ owners: { memberlist: owners, 'bgp-password': owners } });
    const { steps } = back(bare(0, { saved, secrets }));
    assert.deepEqual(
      steps.map(({ object }) => object),
      [`Secret ${NS}/memberlist`],
    );
    assert.deepEqual(bodyOf(steps[0]).metadata.ownerReferences, [
      { apiVersion: 'apps/v1', kind: 'Deployment', name: 'controller', uid: 'deployment-uid' },
    ]);
  });
});
