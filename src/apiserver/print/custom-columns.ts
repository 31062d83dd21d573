/** Printer columns of a custom resource: its name, then the additionalPrinterColumns of its CRD, by default the age. */

import type { Millis } from '../../base/clock.ts';
import { nameOf } from '../../objects/metadata.ts';
import { isObject, type Json, type JsonObject, metaOf, textAt } from '../object/value.ts';
import { ageOf } from './age.ts';
import { evaluateJsonPath, parseJsonPath } from './json-path.ts';
import type { PrinterColumn } from './printer-column.ts';

const NAME_DESCRIPTION =
  'Name must be unique within a namespace. Is required when creating resources, although some resources may allow a client to request the generation of an appropriate name automatically. Name is primarily intended for creation idempotence and configuration definition. Cannot be updated. More info: https://kubernetes.io/docs/concepts/overview/working-with-objects/names#names';

export const nameColumn: PrinterColumn = {
  name: 'Name',
  type: 'string',
  format: 'name',
  description: NAME_DESCRIPTION,
  priority: 0,
  cell: (object) => nameOf(object),
};

export const ageColumn: PrinterColumn = {
  name: 'Age',
  type: 'string',
  format: '',
  description:
    'CreationTimestamp is a timestamp representing the server time when this object was created. It is not guaranteed to be set in happens-before order across separate operations.',
  priority: 0,
  cell: (object, now) => ageOf(metaOf(object)['creationTimestamp'], now),
};

const customAgeColumn: PrinterColumn = { ...ageColumn, type: 'date' };

export function customColumns(definitions: readonly Json[]): readonly PrinterColumn[] {
  if (definitions.length === 0) return [nameColumn, customAgeColumn];
  return [nameColumn, ...definitions.filter(isObject).map(customColumn)];
}

function customColumn(definition: JsonObject): PrinterColumn {
  const steps = parseJsonPath(textAt(definition, 'jsonPath'));
  const type = textAt(definition, 'type');
  const priority = definition['priority'];
  return {
    name: textAt(definition, 'name'),
    type,
    format: textAt(definition, 'format'),
    description:
      textAt(definition, 'description') ||
      `Custom resource definition column (in JSONPath format): ${textAt(definition, 'jsonPath')}`,
    priority: typeof priority === 'number' ? priority : 0,
    cell: (object, now) => cellValue(steps === null ? [] : evaluateJsonPath(object, steps), type, now),
  };
}

/** Empty where nothing is found, or where the value does not fit the column's type (tableconvertor, `cellForJSONValue`). */
function cellValue(found: readonly Json[], type: string, now: Millis): Json {
  const first = found[0];
  if (first === undefined) return null;
  switch (type) {
    case 'integer':
      return typeof first === 'number' ? Math.trunc(first) : null;
    case 'number':
      return typeof first === 'number' ? first : null;
    case 'boolean':
      return typeof first === 'boolean' ? first : null;
    case 'date':
      return typeof first === 'string' ? ageOf(first, now) : null;
    default:
      return found.length > 1 ? found.map(plainText).join(' ') : plainText(first);
  }
}

const plainText = (value: Json): string => (typeof value === 'string' ? value : JSON.stringify(value));
