/** Lists: selectors, pages, and the moment they show. */

import { err, ok, type Result } from '../../base/result.ts';
import type { LabelSelector } from '../../cluster/selector.ts';
import { type Cluster, type Target, tableOf } from '../cluster.ts';
import { type FieldTerm, fieldsMatch } from '../select/fields.ts';
import { labelsMatch } from '../select/labels.ts';
import { badRequest, expired, type Failure } from '../status.ts';
import { type JsonObject, metaOf } from '../value.ts';

export type Selection = { readonly labels: LabelSelector; readonly fields: readonly FieldTerm[] };

export type ListOptions = {
  readonly selection: Selection;
  /** 0: no limit. */
  readonly limit: number;
  /** '' or what an earlier page gave. */
  readonly continueToken: string;
  /** '' when unset. */
  readonly resourceVersion: string;
  readonly exact: boolean;
};

export type Page = {
  readonly items: readonly JsonObject[];
  readonly revision: number;
  /** '' on the last page. */
  readonly continueToken: string;
  /** Unset where a selector makes it unknown, and on the last page. */
  readonly remaining: number | null;
};

/** Namespace, labels and fields together. */
export function matcher(target: Target, selection: Selection): (object: JsonObject) => boolean {
  const { resource, namespace, name } = target;
  const { labels, fields } = selection;
  return (object) => {
    const meta = metaOf(object);
    if (namespace !== '' && meta['namespace'] !== namespace) return false;
    if (name !== '' && meta['name'] !== name) return false;
    return (
      labelsMatch(labels, object) && (fields.length === 0 || fieldsMatch(fields, resource.selectable, object))
    );
  };
}

const TOO_OLD =
  'The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter.';

export function list(cluster: Cluster, target: Target, options: ListOptions): Result<Page, Failure> {
  const table = tableOf(cluster, target.resource);
  const token = options.continueToken === '' ? null : readToken(options.continueToken);
  if (options.continueToken !== '' && token === null) {
    return err(badRequest('continue key is not valid: cannot decode the token'));
  }
  const exact = options.exact && options.resourceVersion !== '' && options.resourceVersion !== '0';
  const revision = token?.revision ?? (exact ? Number(options.resourceVersion) : cluster.store.revision);
  const entries = table.entriesAt(revision);
  if (entries === null) {
    return err(
      expired(token === null ? `too old resource version: ${revision} (${table.forgottenUpTo})` : TOO_OLD),
    );
  }
  const matches = matcher(target, options.selection);
  const items: JsonObject[] = [];
  let last = '';
  let index = token === null ? 0 : after(entries, token.key);
  for (; index < entries.length; index++) {
    const entry = entries[index];
    if (entry === undefined || !matches(entry[1])) continue;
    if (options.limit > 0 && items.length === options.limit) break;
    items.push(entry[1]);
    last = entry[0];
  }
  let rest = 0;
  for (; index < entries.length; index++) if (matches(entries[index]?.[1] ?? {})) rest++;
  const selective = options.selection.labels.requirements.length > 0 || options.selection.fields.length > 0;
  return ok({
    items,
    revision,
    continueToken: rest === 0 ? '' : writeToken({ revision, key: last }),
    remaining: rest === 0 || selective ? null : rest,
  });
}

type Token = { readonly revision: number; readonly key: string };

const writeToken = (token: Token): string =>
  Buffer.from(JSON.stringify([token.revision, token.key])).toString('base64url');

function readToken(text: string): Token | null {
  const plain = Buffer.from(text, 'base64url').toString();
  const match = /^\[(\d+),("(?:[^"\\]|\\.)*")\]$/.exec(plain);
  if (match === null) return null;
  return { revision: Number(match[1]), key: String(JSON.parse(match[2] ?? '""')) };
}

/** The index of the first key behind `key`. */
function after(entries: readonly (readonly [string, JsonObject])[], key: string): number {
  let low = 0;
  let high = entries.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((entries[middle]?.[0] ?? '') <= key) low = middle + 1;
    else high = middle;
  }
  return low;
}
