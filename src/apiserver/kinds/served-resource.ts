/** One resource as it is served: what it is called, what shape it has, and which rules of its own it follows. */

import type { Result } from '../../base/result.ts';
import type { FieldError } from '../field-error.ts';
import type { PrinterColumn } from '../print/printer-column.ts';
import type { Schema } from '../schema/schema.ts';
import type { SelectableFields } from '../select/field-selector.ts';
import type { JsonObject } from '../value.ts';

/** A write on its way in: what the object would become, and what it was. */
export type ProposedWrite = {
  readonly object: JsonObject;
  readonly before: JsonObject | null;
  readonly subresource: '' | 'status';
};

export type ResourceStrategy = {
  /** Defaults, and what a change of one field does to others. Runs before `validate`. */
  readonly prepare?: (proposed: ProposedWrite) => JsonObject;
  readonly validate?: (proposed: ProposedWrite) => readonly FieldError[];
  /** What only the server can give (cluster addresses, node ports); runs last. */
  readonly allocate?: (proposed: ProposedWrite) => Result<JsonObject, readonly FieldError[]>;
  /** Warnings for the client, after all went well. */
  readonly warn?: (proposed: ProposedWrite) => readonly string[];
  /** For kinds that are answered and never stored (TokenReview). */
  readonly respond?: (object: JsonObject) => JsonObject;
};

export type ServedResource = {
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
  readonly isCustom: boolean;
  /** Of the whole object. */
  readonly schema: Schema;
  readonly hasStatus: boolean;
  /** Whether an object may be created with a status, as the kubelet creates its Node. */
  readonly statusOnCreate: boolean;
  /** Whether a changed spec raises `metadata.generation`. */
  readonly hasGeneration: boolean;
  /** Whether a PUT without resourceVersion overwrites. */
  readonly allowUnconditionalUpdate: boolean;
  /** Whether a PUT to a name that is not there creates it. */
  readonly allowCreateOnUpdate: boolean;
  /** Whether a write to the status subresource may change labels, annotations and finalizers too. */
  readonly statusUpdatesMetadata: boolean;
  readonly selectableFields: SelectableFields;
  readonly columns: readonly PrinterColumn[];
  readonly nameRule: 'subdomain' | 'label1035' | 'label1123' | 'path';
  readonly strategy: ResourceStrategy;
  /** Sent as a Warning header with every answer. */
  readonly deprecation: string | null;
};

export const groupVersion = (resource: { readonly group: string; readonly version: string }): string =>
  resource.group === '' ? resource.version : `${resource.group}/${resource.version}`;

/** `services`, or `ipaddresspools.metallb.io`; of a kind likewise (GroupResource and GroupKind, as Kubernetes prints them). */
export const withGroup = (name: string, group: string): string => (group === '' ? name : `${name}.${group}`);

/** The versions of a resource share their storage, under this name. */
export const groupResource = (resource: { readonly group: string; readonly plural: string }): string =>
  withGroup(resource.plural, resource.group);

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
