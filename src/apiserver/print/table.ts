/** Builds `meta.k8s.io/v1` Tables, which `kubectl get` prints. */

import type { Millis } from '../../base/clock.ts';
import type { Json, JsonObject } from '../object/value.ts';
import { metaOf } from '../object/value.ts';
import type { PrinterColumn } from './printer-column.ts';

export type TablePrintOptions = {
  readonly now: Millis;
  /** How much of each object its row includes. */
  readonly includeObject: 'None' | 'Metadata' | 'Object';
  readonly headers: boolean;
};

export function buildTable(
  objects: readonly JsonObject[],
  columns: readonly PrinterColumn[],
  listMeta: JsonObject,
  options: TablePrintOptions,
): JsonObject {
  return {
    kind: 'Table',
    apiVersion: 'meta.k8s.io/v1',
    metadata: listMeta,
    columnDefinitions: options.headers ? columns.map(columnDefinition) : null,
    rows: objects.map((object) => ({
      cells: columns.map((column) => column.cell(object, options.now)),
      object: rowObject(object, options.includeObject),
    })),
  };
}

const columnDefinition = ({ name, type, format, description, priority }: PrinterColumn): JsonObject => ({
  name,
  type,
  format,
  description,
  priority,
});

function rowObject(object: JsonObject, includeObject: TablePrintOptions['includeObject']): Json {
  if (includeObject === 'None') return null;
  return includeObject === 'Object' ? object : partialObjectMetadata(object);
}

export const partialObjectMetadata = (object: JsonObject): JsonObject => ({
  kind: 'PartialObjectMetadata',
  apiVersion: 'meta.k8s.io/v1',
  metadata: metaOf(object),
});
