/** A CRD that uses each supported feature. */

import assert from 'node:assert/strict';
import { WaitLimit } from '../support/eventually.ts';
import type { Client, Loose } from './client.ts';
import { WIDGETS } from './fixture.ts';

const text = { type: 'string' };

const spec = {
  type: 'object',
  required: ['size'],
  properties: {
    size: { type: 'integer', format: 'int32', minimum: 1, maximum: 10 },
    colour: { type: 'string', enum: ['red', 'blue'], default: 'red' },
    code: { type: 'string', pattern: '^[a-z]+$', maxLength: 5 },
    big: { type: 'integer', format: 'int64' },
    at: { type: 'string', format: 'date-time' },
    on: { type: 'boolean', default: true },
    tags: { type: 'array', items: text, maxItems: 3, 'x-kubernetes-list-type': 'set' },
    parts: {
      type: 'array',
      'x-kubernetes-list-type': 'map',
      'x-kubernetes-list-map-keys': ['name'],
      items: {
        type: 'object',
        required: ['name'],
        properties: { name: text, weight: { type: 'integer', default: 7 } },
      },
    },
    free: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
    either: { 'x-kubernetes-int-or-string': true },
    map: { type: 'object', additionalProperties: { type: 'integer' } },
    fixed: {
      type: 'string',
      'x-kubernetes-validations': [{ rule: 'self == oldSelf', message: 'Value is immutable' }],
    },
    wait: {
      type: 'string',
      'x-kubernetes-validations': [{ rule: "duration(self) >= duration('1s')", message: 'wait at least 1s' }],
    },
  },
};

const schema = {
  type: 'object',
  required: ['spec'],
  properties: {
    spec,
    status: { type: 'object', properties: { phase: text, count: { type: 'integer', format: 'int64' } } },
  },
};

const printerColumns = [
  { name: 'Size', type: 'integer', jsonPath: '.spec.size' },
  { name: 'Colour', type: 'string', jsonPath: '.spec.colour', priority: 10 },
  { name: 'Tags', type: 'string', jsonPath: '.spec.tags' },
  { name: 'Ready', type: 'string', jsonPath: '.status.phase' },
  { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp' },
];

const crdVersion = (name: string, more: Loose): Loose => ({
  name,
  served: true,
  storage: false,
  subresources: { status: {} },
  schema: { openAPIV3Schema: schema },
  additionalPrinterColumns: printerColumns,
  ...more,
});

const widgetCrd = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'widgets.contract.berth.dev' },
  spec: {
    group: 'contract.berth.dev',
    scope: 'Namespaced',
    names: {
      plural: 'widgets',
      singular: 'widget',
      kind: 'Widget',
      listKind: 'WidgetList',
      shortNames: ['wd'],
    },
    versions: [
      crdVersion('v1', { storage: true }),
      crdVersion('v1alpha1', { deprecated: true, deprecationWarning: 'use v1' }),
    ],
  },
};

/** Applies the CRD and waits until it is served. */
export async function defineWidgets(client: Client): Promise<void> {
  const reply = await client.call(
    'POST',
    '/apis/apiextensions.k8s.io/v1/customresourcedefinitions',
    widgetCrd,
  );
  assert.ok(reply.status === 201 || reply.status === 409, JSON.stringify(reply.body));
  const wait = new WaitLimit();
  for (const path of [`${WIDGETS}/widgets`, '/apis/contract.berth.dev/v1alpha1/widgets']) {
    while ((await client.call('GET', path)).status !== 200) {
      assert.ok(!wait.isOver, 'widgets are not served');
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}

export async function undefineWidgets(client: Client): Promise<void> {
  await client.call(
    'DELETE',
    '/apis/apiextensions.k8s.io/v1/customresourcedefinitions/widgets.contract.berth.dev',
  );
}
