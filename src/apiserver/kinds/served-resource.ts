/** Describes a served resource: its names, its schema, and its strategy. */

import type { Result } from '../../base/result.ts';
import type { FieldError } from '../object/field-error.ts';
import type { JsonObject } from '../object/value.ts';
import type { PrinterColumn } from '../print/printer-column.ts';
import type { Schema } from '../schema/schema.ts';
import type { SelectableFields } from '../select/field-selector.ts';
import type { ExtraSubresource } from './extra-subresource.ts';

/** A write before it is stored: the proposed object, and the stored one. */
export type ProposedWrite = {
  readonly object: JsonObject;
  readonly before: JsonObject | null;
  readonly subresource: '' | 'status';
};

export type ResourceStrategy = {
  /** Applies defaults, and the effects of one field on others. Runs before `validate`. */
  readonly prepare?: (proposed: ProposedWrite) => JsonObject;
  readonly validate?: (proposed: ProposedWrite) => readonly FieldError[];
  /** Allocates what only the server can (cluster IPs, node ports); runs last. */
  readonly allocate?: (proposed: ProposedWrite) => Result<JsonObject, readonly FieldError[]>;
  /** Warnings for the client, after a successful write. */
  readonly warn?: (proposed: ProposedWrite) => readonly string[];
  /** For resources that are not stored (TokenReview). */
  readonly respond?: (object: JsonObject) => JsonObject;
};

export type ServedResource = {
  /** '' for the core group. */
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly plural: string;
  /** The group resource whose objects these are, where that is another one; null for its own. */
  readonly storedAs: string | null;
  readonly singular: string;
  readonly shortNames: readonly string[];
  readonly categories: readonly string[];
  readonly namespaced: boolean;
  readonly verbs: readonly string[];
  /** Defined by a CRD: unknown fields are pruned by its schema, and strategic merge is not supported. */
  readonly isCustom: boolean;
  /** Of the whole object. */
  readonly schema: Schema;
  readonly hasStatus: boolean;
  readonly extraSubresources: readonly ExtraSubresource[];
  /** Whether an object may be created with a status, as the kubelet creates its Node. */
  readonly statusOnCreate: boolean;
  /** Whether a change of the spec increments `metadata.generation`. */
  readonly hasGeneration: boolean;
  /** Whether a PUT without resourceVersion is accepted. */
  readonly allowUnconditionalUpdate: boolean;
  /** Whether a PUT to a name that does not exist creates the object. */
  readonly allowCreateOnUpdate: boolean;
  /** Whether a write to the status subresource may change labels, annotations and finalizers too. */
  readonly statusUpdatesMetadata: boolean;
  readonly selectableFields: SelectableFields;
  readonly columns: readonly PrinterColumn[];
  readonly nameRule: 'subdomain' | 'label1035' | 'label1123' | 'path';
  readonly strategy: ResourceStrategy;
  /** Sent as a Warning header with each response. */
  readonly deprecation: string | null;
};

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
