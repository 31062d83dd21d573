/** Completes the description of a built-in resource with the defaults that most of them share. */

import { typeSchema } from '../kube-types/kind-schema.ts';
import { builtinColumns } from '../print/builtin-columns.ts';
import { ALL_VERBS, type ServedResource } from './served-resource.ts';

type BuiltinOptions = Pick<ServedResource, 'group' | 'version' | 'kind' | 'plural'> & Partial<ServedResource>;

/** A built-in resource; members that are not given have the usual value. */
export const builtinResource = (options: BuiltinOptions): ServedResource => ({
  singular: options.kind.toLowerCase(),
  shortNames: [],
  categories: [],
  namespaced: true,
  verbs: ALL_VERBS,
  isCustom: false,
  schema: typeSchema(`${typePackage(options.group)}.${options.kind}`),
  hasStatus: false,
  extraSubresources: [],
  storedAs: null,
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

/** The package of a group in the field tables: its first label. */
const typePackage = (group: string): string => (group === '' ? 'core' : group.replace(/\..*/, ''));
