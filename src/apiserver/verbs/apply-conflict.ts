/** The error of a server-side apply that would change fields of other managers, with kube-apiserver's sentences. */

import { type FieldSet, pathsOf } from '../fields/field-set.ts';
import type { StatusError } from '../object/status.ts';
import { type JsonObject, textAt } from '../object/value.ts';

export type ApplyConflict = {
  /** The entry of the manager that owns the fields. */
  readonly entry: JsonObject;
  readonly fields: FieldSet;
};

export function applyConflictError(conflicts: readonly ApplyConflict[]): StatusError {
  const all = conflicts.flatMap(({ entry, fields }) =>
    pathsOf(fields).map((path) => ({ manager: managerText(entry), path })),
  );
  const causes = all.map(({ manager, path }) => ({
    reason: 'FieldManagerConflict',
    message: `conflict with ${manager}`,
    field: path,
  }));
  return { code: 409, reason: 'Conflict', message: messageOf(all), details: { causes } };
}

function messageOf(all: readonly { readonly manager: string; readonly path: string }[]): string {
  const [first] = all;
  if (first !== undefined && all.length === 1)
    return `Apply failed with 1 conflict: conflict with ${first.manager}: ${first.path}`;
  const managers = [...new Set(all.map(({ manager }) => manager))].sort();
  const lines = managers.flatMap((manager) => [
    `conflicts with ${manager}:`,
    ...all.filter((each) => each.manager === manager).map(({ path }) => `- ${path}`),
  ]);
  return `Apply failed with ${all.length} conflicts: ${lines.join('\n')}`;
}

/** `"kubectl" with subresource "status" using v1 at 2026-01-01T00:00:00Z`; a manager that applies has the name only. */
function managerText(entry: JsonObject): string {
  const subresource = textAt(entry, 'subresource');
  const name = `${JSON.stringify(textAt(entry, 'manager'))}${subresource === '' ? '' : ` with subresource "${subresource}"`}`;
  if (textAt(entry, 'operation') !== 'Update') return name;
  const time = textAt(entry, 'time');
  return `${name} using ${textAt(entry, 'apiVersion')}${time === '' ? '' : ` at ${time}`}`;
}
