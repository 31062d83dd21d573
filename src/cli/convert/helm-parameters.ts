/** Single values of a Helm chart, each with its path as helm's `--set` has it: `configInline.peers[0].my-asn`. */
import { isObject, type Raw } from '../../base/json.ts';

/** No list of a configuration is longer. An index beyond it is passed over, so a large one costs no memory. */
const ITEMS_MAX = 10_000;

/** Sets `value` at `path` of `values`, and makes the objects and lists on the way. */
export function setHelmValue(values: Raw, path: string, value: unknown): void {
  const steps = [...path.matchAll(/\[(\d+)\]|((?:\\.|[^.[\]])+)/g)].map(([, index, key]) =>
    index === undefined ? (key ?? '').replaceAll(/\\(.)/g, '$1') : Number(index),
  );
  if (steps.some((step) => typeof step === 'number' && step >= ITEMS_MAX)) return;
  let parent: Record<string | number, unknown> = values;
  for (const [at, step] of steps.entries()) {
    const next = steps[at + 1];
    const isThere = Object.hasOwn(parent, step);
    const known = isThere ? parent[step] : undefined;
    const child =
      next === undefined ? value : isContainer(known) ? known : typeof next === 'number' ? [] : {};
    Object.defineProperty(parent, step, {
      value: child,
      enumerable: true,
      writable: true,
      configurable: true,
    });
    if (!isContainer(child)) return;
    parent = child;
  }
}

const isContainer = (value: unknown): value is Record<string | number, unknown> =>
  isObject(value) || Array.isArray(value);
