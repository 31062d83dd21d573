/** Making the description of a built-in kind out of what is particular to it. */

import { builtinColumns } from '../print/builtin-columns.ts';
import { anyObject, kubeObject } from '../schema/builders.ts';
import { ALL_VERBS, type ServedResource } from './served-resource.ts';

type BuiltinOptions = Pick<ServedResource, 'group' | 'version' | 'kind' | 'plural'> & Partial<ServedResource>;

/** A built-in kind: what is not said is what most of them have. */
export const builtinResource = (options: BuiltinOptions): ServedResource => ({
  singular: options.kind.toLowerCase(),
  shortNames: [],
  categories: [],
  namespaced: true,
  verbs: ALL_VERBS,
  isCustom: false,
  schema: kubeObject({ spec: anyObject, status: anyObject }),
  hasStatus: false,
  statusOnCreate: false,
  hasGeneration: false,
  allowUnconditionalUpdate: true,
  allowCreateOnUpdate: false,
  statusUpdatesMetadata: true,
  selectableFields: {},
  columns: builtinColumns(options.kind),
  nameRule: 'subdomain',
  strategy: {},
  deprecation: null,
  ...options,
});
