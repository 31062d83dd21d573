/** What the rows of server-side apply share. */

import assert from 'node:assert/strict';
import { APPLY_PATCH } from '../../../src/objects/patch-type.ts';
import type { Loose, Reply } from '../client.ts';
import type { ApiFixture, Query } from '../fixture.ts';

export type Apply = (body: Loose, manager?: string, query?: Query) => Promise<Reply>;

/** Applies `body` to `resourcePath` as `alice`, or as another manager. */
export const applier =
  (api: ApiFixture, resourcePath: string): Apply =>
  (body, manager = 'alice', query = {}) =>
    api.call('PATCH', resourcePath, body, { type: APPLY_PATCH }, { fieldManager: manager, ...query });

export const mustApply = async (reply: Promise<Reply>): Promise<Loose> => {
  const { status, body } = await reply;
  assert.ok(status < 300, `${status} ${JSON.stringify(body)}`);
  return body;
};

export const data = (values: Loose): Loose => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'a' },
  data: values,
});

export const withPorts = (...ports: readonly Loose[]): Loose => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'a' },
  spec: { ports },
});

export const widget = (spec: Loose): Loose => ({
  apiVersion: 'contract.berth.dev/v1',
  kind: 'Widget',
  metadata: { name: 'a' },
  spec,
});

/** What each manager owns, by `<manager>` for applied fields and `<manager>/Update` for others. */
export const ownersOf = ({ metadata }: Loose): Loose =>
  Object.fromEntries(
    (metadata.managedFields ?? []).map((entry: Loose) => [
      `${entry.manager}${entry.operation === 'Apply' ? '' : '/Update'}${entry.subresource ? `/${entry.subresource}` : ''}`,
      entry.fieldsV1,
    ]),
  );

export const FORCE = { force: 'true' };
