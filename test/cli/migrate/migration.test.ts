/** The steps of the migration from MetalLB and of the rollback. */

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Raw } from '../../../src/base/json.ts';
import { type MetalLBObjects, readMetalLBState } from '../../../src/cli/migrate/metallb-state.ts';
import { findObstacles, manualSteps, migrationSteps } from '../../../src/cli/migrate/migration.ts';
import { rollbackSteps } from '../../../src/cli/migrate/rollback.ts';
import type { MigrationStep } from '../../../src/cli/migrate/step.ts';
import { describeStep } from '../../../src/cli/migrate/text.ts';
import {
  type AnyObject,
  controller,
  definition,
  fullInstallation,
  metallbObjects,
  NS,
  stored,
} from '../support/metallb-cluster.ts';
import { conversion, memberlist, webhookConfiguration } from '../support/metallb-objects.ts';

const describeMigration = (from: MetalLBObjects): string[] =>
  migrationSteps(readMetalLBState(from)).map(describeStep);

/** Content of the Secret. */
const savedIn = (secret: AnyObject): AnyObject =>
  JSON.parse(Buffer.from(secret.data['saved.json'], 'base64').toString());

const bodyOf = (step: MigrationStep | undefined): AnyObject => {
  assert.ok(step, 'there is no such step');
  return step.request.body;
};

describe('obstacles', () => {
  it('are listed with their objects', () => {
    const obstacles = findObstacles(readMetalLBState(fullInstallation(1))).map(({ of, object, says }) => [
      of,
      object,
      says,
    ]);
    assert.deepEqual(obstacles, [
      [
        'swap',
        `Deployment ${NS}/controller`,
        "MetalLB's controller is ready (1 of 1). Berth assigns no address until it is scaled to 0",
      ],
      [
        'removal',
        'ValidatingWebhookConfiguration metallb-webhook-configuration',
        `writes to bgppeers, ipaddresspools, bgpadvertisements, l2advertisements, communities, bfdprofiles are checked by Service ${NS}/metallb-webhook-service (failurePolicy "Fail"). Without MetalLB's controller the API server refuses every such write`,
      ],
      [
        'removal',
        'CustomResourceDefinition bgppeers.metallb.io',
        `its versions are converted by Service ${NS}/metallb-webhook-service. Without MetalLB's controller its objects can be read and written in the stored version only`,
      ],
      [
        'removal',
        `Secret ${NS}/memberlist`,
        "owned by Deployment controller. It would be deleted together with it, and MetalLB's speakers need it",
      ],
    ]);
  });

  it('are none without MetalLB', () => {
    const state = readMetalLBState(
      metallbObjects({ definitions: [definition({ conversion: { strategy: 'None' } })] }),
    );
    assert.deepEqual(
      [findObstacles(state), migrationSteps(state), manualSteps(state)],
      [[], [], ['kubectl apply -k deploy/beside-metallb']],
    );
  });

  it('include a Helm release that owns the definitions', () => {
    const annotations = { 'meta.helm.sh/release-name': 'lb' };
    const [only] = findObstacles(
      readMetalLBState(metallbObjects({ definitions: [definition({}, { annotations })] })),
    );
    assert.equal(only?.object, 'Helm release lb');
    assert.match(only?.says ?? '', /"helm uninstall" would delete them and with them every pool/);
  });

  it('do not include webhooks, definitions and Secrets of others', () => {
    const others = metallbObjects({
      deployments: [stored({ metadata: { name: 'controller', labels: { app: 'other' } } }, 'other-uid')],
      webhooks: [
        stored(
          {
            metadata: { name: 'frr-k8s-validating-webhook-configuration' },
            webhooks: [{ clientConfig: { service: { name: 'frr-k8s' } } }],
          },
          'a',
        ),
        stored({ metadata: { name: 'empty' }, webhooks: [] }, 'b'),
      ],
      definitions: [
        stored(
          {
            metadata: { name: 'x.cert-manager.io' },
            spec: { group: 'cert-manager.io', conversion: conversion(NS) },
          },
          'c',
        ),
      ],
      secrets: [stored(memberlist(NS, 'other-uid'), 'd'), stored({ metadata: { name: 'plain' } }, 'e')].map(
        (one) =>
          one.metadata.name === 'memberlist' ? { ...one, metadata: { ...one.metadata, name: 'tls' } } : one,
      ),
    });
    assert.deepEqual(findObstacles(readMetalLBState(others)), []);
  });

  it('include webhooks of another name, and the Secret of a chart', () => {
    const webhooks: AnyObject = webhookConfiguration(NS);
    const secret: AnyObject = memberlist(NS, 'gone-with-its-deployment');
    const other = metallbObjects({
      webhooks: [stored({ ...webhooks, metadata: { name: 'mine' } }, 'a')],
      secrets: [stored({ ...secret, metadata: { ...secret.metadata, name: 'lb-metallb-memberlist' } }, 'b')],
    });
    assert.deepEqual(
      findObstacles(readMetalLBState(other)).map(({ object }) => object),
      ['ValidatingWebhookConfiguration mine', `Secret ${NS}/lb-metallb-memberlist`],
    );
  });
});

describe('the steps of a migration', () => {
  it('save what is removed before it is removed', () => {
    assert.deepEqual(describeMigration(fullInstallation(1)), [
      `Secret ${NS}/berth-migration: save what is removed, for --back`,
      `Secret ${NS}/memberlist: remove its owner Deployment controller, so that it is kept`,
      'CustomResourceDefinition bgppeers.metallb.io: set the conversion of its versions to None',
      'ValidatingWebhookConfiguration metallb-webhook-configuration: delete it',
    ]);
  });

  it('do not overwrite concurrent changes', () => {
    const [, secret, crd, webhook] = migrationSteps(readMetalLBState(fullInstallation(0))).map(
      ({ request }) => request.body as AnyObject,
    );
    assert.deepEqual(secret.metadata, { uid: 'secret-uid', resourceVersion: '7', ownerReferences: [] });
    assert.deepEqual(crd, {
      metadata: { uid: 'crd-uid', resourceVersion: '7' },
      spec: { conversion: { strategy: 'None', webhook: null } },
    });
    assert.deepEqual(webhook.preconditions, { uid: 'webhook-uid', resourceVersion: '7' });
  });

  it('keep other owners of the Secret', () => {
    const secret: AnyObject = stored(memberlist(NS, 'deployment-uid'), 'secret-uid');
    const other = { apiVersion: 'v1', kind: 'ConfigMap', name: 'x', uid: 'x' };
    secret.metadata.ownerReferences.push(other);
    const [, step] = migrationSteps(
      readMetalLBState(metallbObjects({ deployments: [controller(1)], secrets: [secret] })),
    );
    assert.deepEqual(bodyOf(step).metadata.ownerReferences, [other]);
  });

  it('are only the remaining ones after an interruption, and what was saved stays saved', () => {
    const [save] = migrationSteps(readMetalLBState(fullInstallation(1)));
    const saved = stored(save?.request.body as Raw, 'map-uid');
    const halfway = {
      ...fullInstallation(1),
      saved,
      secrets: [],
      definitions: [definition({ conversion: { strategy: 'None' } })],
    };
    assert.deepEqual(describeMigration(halfway), [
      `Secret ${NS}/berth-migration: save what is removed, for --back`,
      'ValidatingWebhookConfiguration metallb-webhook-configuration: delete it',
    ]);
    const [again] = migrationSteps(readMetalLBState(halfway));
    assert.equal(again?.request.method, 'PATCH');
    const [before, after] = [saved, again?.request.body].map((map: AnyObject) => savedIn(map));
    assert.deepEqual(after, before);
    assert.deepEqual(describeMigration({ ...halfway, webhooks: [] }), []);
  });

  it('say what --back will not restore', () => {
    const webhooks: AnyObject = webhookConfiguration(NS);
    const mine = stored({ ...webhooks, metadata: { name: 'mine' } }, 'a');
    assert.deepEqual(describeMigration(metallbObjects({ webhooks: [mine] })).slice(1), [
      'ValidatingWebhookConfiguration mine: delete it; --back does not restore it: its name is not metallb-webhook-configuration',
    ]);
  });

  it('move what an earlier build has saved out of the ConfigMap, which speakers could write', () => {
    const text = JSON.stringify({ webhooks: [], conversions: {}, owners: { memberlist: [{ name: 'x' }] } });
    const saved = stored(
      { kind: 'ConfigMap', metadata: { name: 'berth-migration' }, data: { 'saved.json': text } },
      'map-uid',
    );
    const [save, moved] = migrationSteps(readMetalLBState({ ...fullInstallation(1), saved }));
    assert.equal(save?.request.method, 'POST');
    assert.equal(
      moved && describeStep(moved),
      `ConfigMap ${NS}/berth-migration: delete it: its content is in the Secret`,
    );
    assert.equal(bodyOf(save).type, 'berth.dev/migration');
    assert.deepEqual(Object.keys(savedIn(bodyOf(save)).owners), ['memberlist']);
  });

  it('are followed by commands for the user', () => {
    assert.deepEqual(manualSteps(readMetalLBState(fullInstallation(1))), [
      'kubectl apply -k deploy/beside-metallb',
      `kubectl scale deployment controller -n ${NS} --replicas=0`,
    ]);
  });
});

describe('the rollback', () => {
  const savedBy = (from: MetalLBObjects): AnyObject =>
    stored(migrationSteps(readMetalLBState(from))[0]?.request.body, 'map-uid');
  const bare = (ready: number, parts: Partial<MetalLBObjects> = {}): MetalLBObjects => ({
    ...fullInstallation(ready),
    webhooks: [],
    definitions: [definition({ conversion: { strategy: 'None' } })],
    secrets: [stored({ kind: 'Secret', metadata: { name: 'memberlist' } }, 'secret-uid')],
    saved: savedBy(fullInstallation(1)),
    ...parts,
  });
  const back = (from: MetalLBObjects) => {
    const definitions = new Map(from.definitions.map((one: AnyObject) => [one.metadata.name, one]));
    return rollbackSteps(readMetalLBState(from), definitions);
  };

  it('restores everything, webhooks last, and deletes the saved copy', () => {
    const { steps, waits } = back(bare(1));
    assert.deepEqual(
      [steps.map(describeStep), waits],
      [
        [
          `Secret ${NS}/memberlist: make Deployment controller its owner again`,
          'CustomResourceDefinition bgppeers.metallb.io: restore the conversion webhook',
          'ValidatingWebhookConfiguration metallb-webhook-configuration: restore it',
          `Secret ${NS}/berth-migration: delete it: everything in it is restored`,
        ],
        null,
      ],
    );
    const [, crd, webhooks] = steps.map(({ request }) => request.body as AnyObject);
    assert.deepEqual(crd.spec.conversion, conversion(NS, 'Y2E='));
    assert.deepEqual(webhooks, webhookConfiguration(NS, 'Y2E='));
  });

  it('restores webhooks only once the controller is ready', () => {
    const { steps, waits } = back(bare(0));
    assert.deepEqual(
      steps.map(({ object }) => object),
      [`Secret ${NS}/memberlist`],
    );
    assert.match(
      waits ?? '',
      /once MetalLB's controller is ready: .* Run "kubectl scale deployment controller -n metallb-system --replicas=1", /,
    );
  });

  it('gives the Secret no owner that does not exist: it would be garbage-collected', () => {
    const { steps, waits } = back(bare(0, { deployments: [] }));
    assert.deepEqual(steps, []);
    assert.match(waits ?? '', /Install MetalLB's controller/);
  });

  it('makes the current Deployment the owner of the Secret', () => {
    const [secret] = back(bare(1, { deployments: [controller(1, 'new-uid')] })).steps;
    const { ownerReferences } = bodyOf(secret).metadata;
    assert.deepEqual(ownerReferences, [
      { apiVersion: 'apps/v1', kind: 'Deployment', name: 'controller', uid: 'new-uid' },
    ]);
  });

  it('takes the remaining steps after an interruption, or after a new installation of MetalLB', () => {
    const { steps } = back({ ...fullInstallation(1), saved: savedBy(fullInstallation(1)) });
    assert.deepEqual(
      steps.map(({ object }) => object),
      [`Secret ${NS}/berth-migration`],
    );
  });

  it('has no steps if nothing was removed', () => {
    assert.deepEqual(back({ ...fullInstallation(1), saved: null }), { steps: [], waits: null, refused: [] });
  });

  it('shows what it would restore', () => {
    const [secret, crd, webhooks] = back(bare(1)).steps;
    assert.equal(secret?.shows, undefined);
    assert.deepEqual(crd?.shows, [`its versions are converted by Service ${NS}/metallb-webhook-service`]);
    assert.equal(webhooks?.shows?.length, 6);
    assert.equal(
      webhooks?.shows?.[1],
      `writes to ipaddresspools of metallb.io are checked by Service ${NS}/metallb-webhook-service (failurePolicy Fail)`,
    );
  });
});
