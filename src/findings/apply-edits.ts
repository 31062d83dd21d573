/** Applies edits to a set of objects as an API server would. */
import { fieldsOf, isObject, type Raw, textOf } from '../base/json.ts';
import { mergePatch } from '../base/merge-patch.ts';
import { nameOf, namespaceOf } from '../objects/metadata.ts';
import { isOfKind, objectGroup } from '../objects/object-id.ts';
import type { ObjectEdit, ObjectRef } from './finding.ts';

const isNamed = (ref: ObjectRef, raw: Raw): boolean =>
  isOfKind(raw, ref.kind, objectGroup(ref)) && nameOf(raw) === ref.name && namespaceOf(raw) === ref.namespace;

/** As with server-side apply, a patch creates a missing object, and creating an existing object replaces it. */
export function applyEdits(objects: readonly Raw[], edits: readonly ObjectEdit[]): readonly Raw[] {
  return edits.reduce(applyEdit, objects);
}

function applyEdit(objects: readonly Raw[], edit: ObjectEdit): readonly Raw[] {
  const others = objects.filter((raw) => !isNamed(edit.object, raw));
  if (edit.do === 'delete') return others;
  if (edit.do === 'create') return [...others, edit.manifest];
  const { apiVersion, kind, name, namespace } = edit.object;
  const metadata = { name, ...(namespace === '' ? {} : { namespace }) };
  const before = objects.find((raw) => isNamed(edit.object, raw)) ?? { apiVersion, kind, metadata };
  return [...others, fieldsOf(mergePatch(before, withMergedContainers(before, edit.patch)))];
}

/** The patch with its lists of containers merged by name into those of `target`, as a strategic merge does. */
function withMergedContainers(target: unknown, patch: unknown): unknown {
  if (Array.isArray(patch) && Array.isArray(target) && patch.length > 0 && patch.every(isContainer)) {
    return target.map((one) => {
      const matching = patch.find((part) => fieldsOf(part)['name'] === fieldsOf(one)['name']);
      return matching === undefined ? one : mergePatch(one, withMergedContainers(one, matching));
    });
  }
  if (!isObject(patch)) return patch;
  const merged = Object.entries(patch).map(
    ([field, value]) => [field, withMergedContainers(fieldsOf(target)[field], value)] as const,
  );
  return Object.fromEntries(merged);
}

const isContainer = (part: unknown): boolean => textOf(fieldsOf(part)['image']) !== '';
