/** Lists objects, with selectors, pages and resource versions. */

import { err, ok, type Result } from '../../base/result.ts';
import type { LabelSelector } from '../../objects/selector.ts';
import { badRequest, expired, type StatusError } from '../object/status.ts';
import type { Entries } from '../object/storage.ts';
import { type JsonObject, metaOf } from '../object/value.ts';
import { type FieldRequirement, matchesFields } from '../select/field-selector.ts';
import { matchesLabels } from '../select/label-selector.ts';
import { type ApiServerState, collectionOf, type RequestTarget } from './server-state.ts';

export type ListSelectors = { readonly labels: LabelSelector; readonly fields: readonly FieldRequirement[] };

export type ListOptions = {
  readonly selectors: ListSelectors;
  /** 0: no limit. */
  readonly limit: number;
  /** '' for the first page. */
  readonly continueToken: string;
  /** '' when unset. */
  readonly resourceVersion: string;
  readonly isExact: boolean;
};

export type ListPage = {
  readonly items: readonly JsonObject[];
  readonly revision: number;
  /** '' on the last page. */
  readonly continueToken: string;
  /** Null with a selector, which makes it unknown, and on the last page. */
  readonly remaining: number | null;
};

/** Matches objects by namespace, labels and fields. */
export function createMatcher(
  target: RequestTarget,
  selectors: ListSelectors,
): (object: JsonObject) => boolean {
  const { resource, namespace, name } = target;
  const { labels, fields } = selectors;
  return (object) => {
    const meta = metaOf(object);
    if (namespace !== '' && meta['namespace'] !== namespace) return false;
    if (name !== '' && meta['name'] !== name) return false;
    return (
      matchesLabels(labels, object) &&
      (fields.length === 0 || matchesFields(fields, resource.selectableFields, object))
    );
  };
}

const CONTINUE_TOO_OLD =
  'The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter.';

export function listObjects(
  state: ApiServerState,
  target: RequestTarget,
  options: ListOptions,
): Result<ListPage, StatusError> {
  const table = collectionOf(state, target.resource);
  const token = options.continueToken === '' ? null : decodeContinueToken(options.continueToken);
  if (options.continueToken !== '' && token === null) {
    return err(badRequest('continue key is not valid: cannot decode the token'));
  }
  const isExact = options.isExact && options.resourceVersion !== '' && options.resourceVersion !== '0';
  const revision = token?.revision ?? (isExact ? Number(options.resourceVersion) : state.storage.revision);
  const entries = table.entriesAt(revision);
  if (entries === null) {
    return err(
      expired(
        token === null
          ? `too old resource version: ${revision} (${table.compactedRevision})`
          : CONTINUE_TOO_OLD,
      ),
    );
  }
  const matches = createMatcher(target, options.selectors);
  const items: JsonObject[] = [];
  let lastKey = '';
  let index = token === null ? 0 : firstIndexAfter(entries, token.key);
  for (; index < entries.length; index++) {
    const entry = entries[index];
    if (entry === undefined || !matches(entry[1])) continue;
    if (options.limit > 0 && items.length === options.limit) break;
    items.push(entry[1]);
    lastKey = entry[0];
  }
  const hasSelector = options.selectors.labels.requirements.length > 0 || options.selectors.fields.length > 0;
  let remaining = 0;
  // With a selector it only matters whether there is one more.
  for (; index < entries.length && !(hasSelector && remaining > 0); index++)
    if (matches(entries[index]?.[1] ?? {})) remaining++;
  return ok({
    items,
    revision,
    continueToken: remaining === 0 ? '' : encodeContinueToken({ revision, key: lastKey }),
    remaining: remaining === 0 || hasSelector ? null : remaining,
  });
}

type ContinueToken = { readonly revision: number; readonly key: string };

const encodeContinueToken = (token: ContinueToken): string =>
  Buffer.from(JSON.stringify([token.revision, token.key])).toString('base64url');

function decodeContinueToken(text: string): ContinueToken | null {
  const decoded = Buffer.from(text, 'base64url').toString();
  const match = /^\[(\d+),("(?:[^"\\]|\\.)*")\]$/.exec(decoded);
  if (match === null) return null;
  return { revision: Number(match[1]), key: String(JSON.parse(match[2] ?? '""')) };
}

/** The index of the first key after `key`. */
function firstIndexAfter(entries: Entries, key: string): number {
  let low = 0;
  let high = entries.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((entries[middle]?.[0] ?? '') <= key) low = middle + 1;
    else high = middle;
  }
  return low;
}
