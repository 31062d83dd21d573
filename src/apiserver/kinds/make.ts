/** Making the description of a built-in kind out of what is particular to it. */

import { columnsOf } from '../print/columns.ts';
import { kubeObject, open } from '../schema/shape.ts';
import { ALL_VERBS, type Resource } from './resource.ts';

type Given = Pick<Resource, 'group' | 'version' | 'kind' | 'plural'> & Partial<Resource>;

/** A built-in kind: what is not said is what most of them have. */
export const builtin = (given: Given): Resource => ({
  singular: given.kind.toLowerCase(),
  shortNames: [],
  categories: [],
  namespaced: true,
  verbs: ALL_VERBS,
  custom: false,
  schema: kubeObject({ spec: open, status: open }),
  hasStatus: false,
  statusOnCreate: false,
  counted: false,
  blindUpdate: true,
  createOnUpdate: false,
  statusCarriesMeta: true,
  selectable: {},
  columns: columnsOf(given.kind),
  nameRule: 'subdomain',
  rules: {},
  deprecation: null,
  ...given,
});
