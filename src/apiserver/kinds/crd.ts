/** CustomResourceDefinitions: their validation and status, and the resources that they define. */

import type { Millis } from '../../base/clock.ts';
import { nameOf } from '../../objects/metadata.ts';
import { objectMeta, text } from '../kube-types/kind-schema.ts';
import { type FieldError, invalidValue, required } from '../object/field-error.ts';
import {
  deepEqual,
  isObject,
  type Json,
  type JsonObject,
  listAt,
  objectAt,
  textAt,
  withPath,
} from '../object/value.ts';
import { customColumns } from '../print/custom-columns.ts';
import { asSchema, type Schema } from '../schema/schema.ts';
import type { builtinResource } from './builtin-resource.ts';
import { ALL_VERBS, type ProposedWrite, type ServedResource } from './served-resource.ts';

export const crdResource = (builtin: typeof builtinResource): ServedResource =>
  builtin({
    group: 'apiextensions.k8s.io',
    version: 'v1',
    kind: 'CustomResourceDefinition',
    plural: 'customresourcedefinitions',
    shortNames: ['crd', 'crds'],
    categories: ['api-extensions'],
    namespaced: false,
    hasStatus: true,
    hasGeneration: true,
    allowUnconditionalUpdate: false,
    strategy: { prepare: ({ object }) => defaultNames(object), validate: validateCrd },
  });

/** Defaults singular, list kind and conversion. */
function defaultNames(crd: JsonObject): JsonObject {
  const names = objectAt(objectAt(crd, 'spec'), 'names');
  const kind = textAt(names, 'kind');
  let next = crd;
  if (textAt(names, 'singular') === '')
    next = withPath(next, ['spec', 'names', 'singular'], kind.toLowerCase());
  if (textAt(names, 'listKind') === '') next = withPath(next, ['spec', 'names', 'listKind'], `${kind}List`);
  if (!isObject(objectAt(crd, 'spec')['conversion']))
    next = withPath(next, ['spec', 'conversion'], { strategy: 'None' });
  return next;
}

function validateCrd({ object }: ProposedWrite): readonly FieldError[] {
  const spec = objectAt(object, 'spec');
  const errors: FieldError[] = [];
  const expected = `${textAt(objectAt(spec, 'names'), 'plural')}.${textAt(spec, 'group')}`;
  if (nameOf(object) !== expected) {
    errors.push(invalidValue('metadata.name', nameOf(object), 'must be spec.names.plural+"."+spec.group'));
  }
  if (textAt(spec, 'group') === '') errors.push(required('spec.group'));
  if (textAt(objectAt(spec, 'names'), 'kind') === '') errors.push(required('spec.names.kind'));
  const versions = listAt(spec, 'versions').filter(isObject);
  if (versions.filter((version) => version['storage'] === true).length !== 1) {
    errors.push(
      invalidValue('spec.versions', versions, 'must have exactly one version marked as storage version'),
    );
  }
  for (const [i, version] of versions.entries()) {
    const schema = objectAt(version, 'schema')['openAPIV3Schema'];
    if (!isObject(schema))
      errors.push(required(`spec.versions[${i}].schema.openAPIV3Schema`, 'schemas are required'));
  }
  return errors;
}

/** Adds the status that the server writes: names are always accepted, and the CRD is established at once. */
export function withCrdStatus(crd: JsonObject, now: Millis): JsonObject {
  const spec = objectAt(crd, 'spec');
  const conditions = listAt(objectAt(crd, 'status'), 'conditions');
  const storage = listAt(spec, 'versions')
    .filter(isObject)
    .find((version) => version['storage'] === true);
  const storedVersions = listAt(objectAt(crd, 'status'), 'storedVersions');
  const name = textAt(storage, 'name');
  const status: JsonObject = {
    conditions:
      conditions.length > 0
        ? conditions
        : establishedConditions(new Date(now).toISOString().replace(/\.\d+Z$/, 'Z')),
    acceptedNames: objectAt(spec, 'names'),
    storedVersions: storedVersions.includes(name) ? storedVersions : [...storedVersions, name],
  };
  return deepEqual(crd['status'], status) ? crd : { ...crd, status };
}

const establishedConditions = (at: string): readonly Json[] => [
  {
    type: 'NamesAccepted',
    status: 'True',
    lastTransitionTime: at,
    reason: 'NoConflicts',
    message: 'no conflicts found',
  },
  {
    type: 'Established',
    status: 'True',
    lastTransitionTime: at,
    reason: 'InitialNamesAccepted',
    message: 'the initial names have been accepted',
  },
];

/** The resources that `crd` serves, one for each served version. */
export function servedResources(crd: JsonObject): readonly ServedResource[] {
  const spec = objectAt(crd, 'spec');
  const names = objectAt(spec, 'names');
  const group = textAt(spec, 'group');
  return listAt(spec, 'versions')
    .filter(isObject)
    .filter((version) => version['served'] === true)
    .map((version) => {
      const name = textAt(version, 'name');
      const hasStatus = isObject(objectAt(version, 'subresources')['status']);
      const kind = textAt(names, 'kind');
      return {
        group,
        version: name,
        kind,
        plural: textAt(names, 'plural'),
        singular: textAt(names, 'singular') || kind.toLowerCase(),
        shortNames: listAt(names, 'shortNames').map(String),
        categories: listAt(names, 'categories').map(String),
        namespaced: textAt(spec, 'scope') !== 'Cluster',
        verbs: ALL_VERBS,
        isCustom: true,
        schema: withObjectMeta(asSchema(objectAt(version, 'schema')['openAPIV3Schema'])),
        hasStatus,
        extraSubresources: [],
        storedAs: null,
        statusOnCreate: false,
        hasGeneration: true,
        allowUnconditionalUpdate: false,
        allowCreateOnUpdate: false,
        statusUpdatesMetadata: false,
        selectableFields: selectableFieldsOf(version),
        columns: customColumns(listAt(version, 'additionalPrinterColumns')),
        nameRule: 'subdomain',
        strategy: {},
        deprecation: deprecationWarning(version, { group, name, kind }),
      } satisfies ServedResource;
    });
}

/** Adds metadata, apiVersion and kind, which the schema of a CRD leaves to the server. */
const withObjectMeta = (schema: Schema): Schema => ({
  ...schema,
  properties: { ...schema.properties, apiVersion: text, kind: text, metadata: objectMeta },
});

const selectableFieldsOf = (version: JsonObject): Readonly<Record<string, string>> =>
  Object.fromEntries(
    listAt(version, 'selectableFields').map((field) => [textAt(field, 'jsonPath').replace(/^\./, ''), '']),
  );

function deprecationWarning(
  version: JsonObject,
  gvk: { group: string; name: string; kind: string },
): string | null {
  if (version['deprecated'] !== true) return null;
  return textAt(version, 'deprecationWarning') || `${gvk.group}/${gvk.name} ${gvk.kind} is deprecated`;
}
