/** P46: fields that a kind of Calico does not have, in any or in this version, and that silently have no effect. */
import type { Raw } from '../../base/json.ts';
import type { ObjectEdit } from '../../findings/finding.ts';
import { nameOf, specOf } from '../../objects/metadata.ts';
import { resourceKind } from '../../objects/resource-kind.ts';
import { newerFields } from '../objects/field-versions.ts';
import {
  formatFieldPath,
  KINDS_WITH_KNOWN_FIELDS,
  renameField,
  type UnknownField,
  unknownFields,
} from '../objects/known-fields.ts';
import { type CalicoVersion, formatVersion } from '../objects/version.ts';
import type { DiagnosticCheck } from './check.ts';
import type { CheckResult } from './finding.ts';
import { objectRefOf, patchOf } from './snapshot.ts';

const P46: DiagnosticCheck = {
  code: 'P46',
  needs: [],
  question: 'whether every field exists',
  find: ({ objectsOf, converged: { cluster } }) =>
    KINDS_WITH_KNOWN_FIELDS.flatMap(objectsOf).flatMap((raw) => [
      ...unknownFields(raw).map((field) => describeField(raw, field)),
      ...(cluster.version === null ? [] : describeNewerFields(raw, cluster.version)),
    ]),
};

/** Fields that a later version of Calico has: the API server of this one drops them. */
const describeNewerFields = (raw: Raw, version: CalicoVersion): readonly CheckResult[] =>
  newerFields(raw, version).map(({ path, since }) => ({
    severity: 'warning',
    object: objectRefOf(raw),
    field: formatFieldPath(path),
    problem: `Field ${formatFieldPath(path)} of ${resourceKind(raw)} ${nameOf(raw)} has no effect: Calico ${formatVersion(version)} does not have it.`,
    remedy: `Upgrade Calico to ${formatVersion(since)} or later, or remove the field.`,
    edits: renameFieldEdits(raw, { path, nearest: null, otherKind: null }),
  }));

function describeField(raw: Raw, field: UnknownField): CheckResult {
  const path = formatFieldPath(field.path);
  const kind = resourceKind(raw);
  return {
    severity: 'warning',
    object: objectRefOf(raw),
    field: path,
    problem: `Field ${path} of ${kind} ${nameOf(raw)} has no effect: the kind has no such field.`,
    remedy:
      field.otherKind !== null
        ? `Remove it. It is a field of ${field.otherKind}.`
        : field.nearest !== null
          ? `Did you mean ${field.nearest}?`
          : 'Remove it, or correct its name.',
    edits: renameFieldEdits(raw, field),
  };
}

/** Renames one field of `spec`, or removes it where no other name is known. */
export function renameFieldEdits(
  raw: Raw,
  { path, nearest: near, otherKind }: UnknownField,
): readonly ObjectEdit[] {
  const nearest = otherKind === null ? near : null;
  const [first, field, ...rest] = path;
  if (first !== 'spec' || typeof field !== 'string') return [];
  const spec = specOf(raw);
  const renamed = renameField(spec, [field, ...rest], nearest) as Raw;
  if (rest.length > 0) return [patchOf(objectRefOf(raw), { spec: { [field]: renamed[field] } })];
  const added = nearest === null || Object.hasOwn(spec, nearest) ? {} : { [nearest]: renamed[nearest] };
  return [patchOf(objectRefOf(raw), { spec: { [field]: null, ...added } })];
}

/** The unknown field of `default` that was probably meant to be this one, null for none. */
export const misspelledField = (raw: Raw, name: string): UnknownField | null =>
  unknownFields(raw).find(({ path, nearest }) => path.length === 2 && nearest === name) ?? null;

export const UNKNOWN_FIELD_CHECKS: readonly DiagnosticCheck[] = [P46];
