/** From a routed request to its answer. Watches are not answered here; see `watchstream.ts`. */

import { err, ok, type Result } from '../../base/result.ts';
import { type Cluster, type Target, tableOf } from '../cluster.ts';
import { groupVersion } from '../kinds/resource.ts';
import { metadataOnly, tableFor } from '../print/table.ts';
import { badRequest, type Failure, notFound } from '../status.ts';
import { keyOf } from '../storage.ts';
import { isObject, type Json, type JsonObject, versionOf } from '../value.ts';
import { patch } from '../verbs/patch.ts';
import { list, type Page } from '../verbs/read.ts';
import { remove, removeHeld } from '../verbs/remove.ts';
import { create, update, type Written } from '../verbs/write.ts';
import type { Form } from './accept.ts';
import { type Answer, failureAnswer, jsonAnswer } from './answer.ts';
import { listOptionsOf, writeOptionsOf } from './query.ts';
import type { Verb } from './route.ts';
import { itemText, objectText } from './text.ts';

export type Ask = {
  readonly verb: Exclude<Verb, 'watch'>;
  readonly target: Target;
  readonly query: URLSearchParams;
  readonly form: Form;
  readonly userAgent: string;
  readonly contentType: string;
  /** The parsed body; undefined where there was none. */
  readonly body: Json | undefined;
};

export function serve(cluster: Cluster, ask: Ask): Answer {
  const outcome = carryOut(cluster, ask);
  return outcome.ok ? outcome.value : failureAnswer(outcome.error);
}

function carryOut(cluster: Cluster, ask: Ask): Result<Answer, Failure> {
  switch (ask.verb) {
    case 'get':
      return get(cluster, ask);
    case 'list':
      return listed(cluster, ask);
    case 'delete':
      return removed(cluster, ask);
    case 'deletecollection':
      return removedMany(cluster, ask);
    default:
      return written(cluster, ask, ask.verb);
  }
}

function get(cluster: Cluster, ask: Ask): Result<Answer, Failure> {
  const { resource, namespace, name } = ask.target;
  const object = tableOf(cluster, resource).get(keyOf(namespace, name));
  return object === undefined ? err(notFound(resource, name)) : ok(one(cluster, ask, object, 200, []));
}

function written(cluster: Cluster, ask: Ask, verb: 'create' | 'update' | 'patch'): Result<Answer, Failure> {
  const options = writeOptionsOf(ask.query, ask.userAgent);
  if (!options.ok) return options;
  if (ask.body === undefined) return err(badRequest('the request has no body'));
  let outcome: Result<Written, Failure>;
  if (verb === 'patch')
    outcome = patch(cluster, ask.target, { type: ask.contentType, body: ask.body }, options.value);
  else outcome = (verb === 'create' ? create : update)(cluster, ask.target, ask.body, options.value);
  if (!outcome.ok) return outcome;
  const { object, created, warnings } = outcome.value;
  return ok(one(cluster, ask, object, created ? 201 : 200, warnings));
}

function removed(cluster: Cluster, ask: Ask): Result<Answer, Failure> {
  const options = removeOptions(ask);
  const outcome = remove(cluster, ask.target, options);
  return outcome.ok ? ok(one(cluster, { ...ask, form: 'object' }, outcome.value, 200, [])) : outcome;
}

const removeOptions = (ask: Ask): { readonly dryRun: boolean; readonly body: JsonObject } => {
  const body = isObject(ask.body) ? ask.body : {};
  const dryRun = body['dryRun'] !== undefined || ask.query.has('dryRun');
  return { dryRun, body };
};

function removedMany(cluster: Cluster, ask: Ask): Result<Answer, Failure> {
  const options = listOptionsOf(ask.query, ask.target.resource);
  if (!options.ok) return options;
  const page = list(cluster, ask.target, options.value);
  if (!page.ok) return page;
  const { dryRun } = removeOptions(ask);
  const items = page.value.items.map((held) => removeHeld(cluster, ask.target.resource, held, dryRun).object);
  return ok(jsonAnswer(200, listText(ask, { ...page.value, items, revision: cluster.store.revision })));
}

function listed(cluster: Cluster, ask: Ask): Result<Answer, Failure> {
  const options = listOptionsOf(ask.query, ask.target.resource);
  if (!options.ok) return options;
  const page = list(cluster, ask.target, options.value);
  if (!page.ok) return page;
  const warnings = warningsOf(ask, []);
  if (ask.form === 'table') {
    const table = tableFor(
      page.value.items,
      ask.target.resource.columns,
      listMeta(page.value),
      tableOptions(cluster, ask),
    );
    return ok(jsonAnswer(200, table, warnings));
  }
  return ok(jsonAnswer(200, listText(ask, page.value), warnings));
}

function listText(ask: Ask, page: Page): string {
  const { resource } = ask.target;
  const meta = JSON.stringify(listMeta(page));
  if (ask.form === 'metadata') {
    const items = page.items.map((item) => JSON.stringify(metadataOnly(item))).join(',');
    return `{"kind":"PartialObjectMetadataList","apiVersion":"meta.k8s.io/v1","metadata":${meta},"items":[${items}]}`;
  }
  const items = page.items.map((item) => itemText(item, resource)).join(',');
  return `{"kind":"${resource.kind}List","apiVersion":"${groupVersion(resource)}","metadata":${meta},"items":[${items}]}`;
}

const listMeta = (page: Page): JsonObject => ({
  resourceVersion: String(page.revision),
  ...(page.continueToken === '' ? {} : { continue: page.continueToken }),
  ...(page.remaining === null ? {} : { remainingItemCount: page.remaining }),
});

function one(
  cluster: Cluster,
  ask: Ask,
  object: JsonObject,
  code: number,
  warnings: readonly string[],
): Answer {
  const { resource } = ask.target;
  const all = warningsOf(ask, warnings);
  if (object['kind'] === 'Status') return jsonAnswer(code, object, all);
  if (ask.form === 'table') {
    const meta = { resourceVersion: versionOf(object) };
    return jsonAnswer(code, tableFor([object], resource.columns, meta, tableOptions(cluster, ask)), all);
  }
  if (ask.form === 'metadata') return jsonAnswer(code, metadataOnly(object), all);
  return jsonAnswer(code, objectText(object, resource), all);
}

const warningsOf = (ask: Ask, warnings: readonly string[]): readonly string[] =>
  ask.target.resource.deprecation === null ? warnings : [ask.target.resource.deprecation, ...warnings];

const tableOptions = (cluster: Cluster, ask: Ask) => ({
  now: cluster.clock.wall(),
  include: includeOf(ask.query),
  headers: true,
});

/** How much of each object a Table carries. */
export function includeOf(query: URLSearchParams): 'None' | 'Metadata' | 'Object' {
  const wanted = query.get('includeObject');
  return wanted === 'Object' || wanted === 'None' ? wanted : 'Metadata';
}
