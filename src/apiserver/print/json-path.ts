/**
 * Evaluates the part of Kubernetes' JSONPath that printer columns use: `.spec.addresses`, `.a[0]`, `.a[*].b`,
 * `.status.conditions[?(@.type=="Ready")].status`.
 */

import { isList, isObject, type Json, type JsonObject } from '../object/value.ts';

type PathStep =
  | { readonly kind: 'key'; readonly key: string }
  | { readonly kind: 'index'; readonly index: number }
  | { readonly kind: 'all' }
  | { readonly kind: 'where'; readonly path: readonly string[]; readonly equals: string };

const STEP_PATTERN =
  /\.([A-Za-z_$][\w$-]*(?:\\\.[\w$-]+)*)|\[(\d+)\]|\[\*\]|\['([^']*)'\]|\[\?\(@\.([\w.]+)\s*==\s*["']([^"']*)["']\)\]/gy;

/** The steps of `path`; null where it uses more of JSONPath. */
export function parseJsonPath(path: string): readonly PathStep[] | null {
  const bare = path.replace(/^\{/, '').replace(/\}$/, '');
  const steps: PathStep[] = [];
  STEP_PATTERN.lastIndex = 0;
  while (STEP_PATTERN.lastIndex < bare.length) {
    const match = STEP_PATTERN.exec(bare);
    if (match === null) return null;
    const [whole, key, index, quoted, filterPath, filterValue] = match;
    if (key !== undefined) steps.push({ kind: 'key', key: key.replaceAll('\\.', '.') });
    else if (index !== undefined) steps.push({ kind: 'index', index: Number(index) });
    else if (quoted !== undefined) steps.push({ kind: 'key', key: quoted });
    else if (filterPath !== undefined)
      steps.push({ kind: 'where', path: filterPath.split('.'), equals: filterValue ?? '' });
    else if (whole === '[*]') steps.push({ kind: 'all' });
  }
  return steps;
}

/** All values at the end of `steps`. */
export function evaluateJsonPath(object: JsonObject, steps: readonly PathStep[]): readonly Json[] {
  let found: readonly Json[] = [object];
  for (const step of steps) found = found.flatMap((value) => evaluateStep(value, step));
  return found;
}

function evaluateStep(value: Json, step: PathStep): readonly Json[] {
  switch (step.kind) {
    case 'key':
      return isObject(value) && Object.hasOwn(value, step.key) ? [value[step.key] ?? null] : [];
    case 'index':
      return isList(value) && value[step.index] !== undefined ? [value[step.index] ?? null] : [];
    case 'all':
      return isList(value) ? value : isObject(value) ? Object.values(value) : [];
    case 'where':
      return isList(value)
        ? value.filter((item) => String(valueAtPath(item, step.path)) === step.equals)
        : [];
  }
}

function valueAtPath(value: Json, path: readonly string[]): Json | undefined {
  let at: Json | undefined = value;
  for (const key of path) at = isObject(at) ? at[key] : undefined;
  return at;
}
