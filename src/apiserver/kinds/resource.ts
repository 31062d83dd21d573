/** One resource as it is served: what it is called, what shape it has, and which rules of its own it follows. */

import type { Result } from '../../base/result.ts';
import type { FieldError } from '../fielderror.ts';
import type { Column } from '../print/column.ts';
import type { Schema } from '../schema/schema.ts';
import type { SelectableFields } from '../select/fields.ts';
import type { JsonObject } from '../value.ts';

/** A write on its way in: what the object would become, and what it was. */
export type Draft = {
  readonly object: JsonObject;
  readonly before: JsonObject | null;
  readonly subresource: '' | 'status';
};

export type Rules = {
  /** Defaults, and what a change of one field does to others. Runs before `validate`. */
  readonly prepare?: (draft: Draft) => JsonObject;
  readonly validate?: (draft: Draft) => readonly FieldError[];
  /** What only the server can give (cluster addresses, node ports); runs last. */
  readonly allocate?: (draft: Draft) => Result<JsonObject, readonly FieldError[]>;
  /** Warnings for the client, after all went well. */
  readonly warn?: (draft: Draft) => readonly string[];
  /** For kinds that are answered and never stored (TokenReview). */
  readonly answer?: (object: JsonObject) => JsonObject;
};

export type Resource = {
  /** '' is the core group. */
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly plural: string;
  readonly singular: string;
  readonly shortNames: readonly string[];
  readonly categories: readonly string[];
  readonly namespaced: boolean;
  readonly verbs: readonly string[];
  /** Served from a CRD: unknown fields are pruned by its schema and there is no strategic merge. */
  readonly custom: boolean;
  /** Of the whole object. */
  readonly schema: Schema;
  readonly hasStatus: boolean;
  /** Whether an object may be created with a status, as the kubelet creates its Node. */
  readonly statusOnCreate: boolean;
  /** Whether a changed spec raises `metadata.generation`. */
  readonly counted: boolean;
  /** Whether a PUT without resourceVersion overwrites. */
  readonly blindUpdate: boolean;
  /** Whether a PUT to a name that is not there creates it. */
  readonly createOnUpdate: boolean;
  /** Whether a write to the status subresource may change labels, annotations and finalizers too. */
  readonly statusCarriesMeta: boolean;
  readonly selectable: SelectableFields;
  readonly columns: readonly Column[];
  readonly nameRule: 'subdomain' | 'label1035' | 'label1123' | 'path';
  readonly rules: Rules;
  /** Sent as a Warning header with every answer. */
  readonly deprecation: string | null;
};

export const groupVersion = (of: { readonly group: string; readonly version: string }): string =>
  of.group === '' ? of.version : `${of.group}/${of.version}`;

/** Versions of one resource share their storage. */
export const tableName = (of: { readonly group: string; readonly plural: string }): string =>
  of.group === '' ? of.plural : `${of.plural}.${of.group}`;

export const ALL_VERBS = [
  'create',
  'delete',
  'deletecollection',
  'get',
  'list',
  'patch',
  'update',
  'watch',
] as const;
