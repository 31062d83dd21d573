/** `meta.k8s.io/v1` Tables: what `kubectl get` prints. */

import type { Millis } from '../../base/clock.ts';
import type { Json, JsonObject } from '../value.ts';
import { metaOf } from '../value.ts';
import type { Column } from './column.ts';

export type TableOptions = {
  readonly now: Millis;
  /** How much of each object rides along with its row. */
  readonly include: 'None' | 'Metadata' | 'Object';
  readonly headers: boolean;
};

export function tableFor(
  objects: readonly JsonObject[],
  columns: readonly Column[],
  listMeta: JsonObject,
  options: TableOptions,
): JsonObject {
  return {
    kind: 'Table',
    apiVersion: 'meta.k8s.io/v1',
    metadata: listMeta,
    columnDefinitions: options.headers ? columns.map(definition) : null,
    rows: objects.map((object) => ({
      cells: columns.map((column) => column.cell(object, options.now)),
      object: rowObject(object, options.include),
    })),
  };
}

const definition = ({ name, type, format, description, priority }: Column): JsonObject => ({
  name,
  type,
  format,
  description,
  priority,
});

function rowObject(object: JsonObject, include: TableOptions['include']): Json {
  if (include === 'None') return null;
  return include === 'Object' ? object : metadataOnly(object);
}

export const metadataOnly = (object: JsonObject): JsonObject => ({
  kind: 'PartialObjectMetadata',
  apiVersion: 'meta.k8s.io/v1',
  metadata: metaOf(object),
});
