/** Parses and validates the query of a request. */

import { err, ok, type Result } from '../../base/result.ts';
import { apiVersionOf } from '../../objects/api-group.ts';
import type { ServedResource } from '../kinds/served-resource.ts';
import { badRequest, type StatusError } from '../object/status.ts';
import { parseFieldSelector } from '../select/field-selector.ts';
import { parseLabelSelector } from '../select/label-selector.ts';
import type { ListOptions, ListSelectors } from '../verbs/list.ts';
import type { WriteOptions } from '../verbs/server-state.ts';

export function parseSelectors(
  query: URLSearchParams,
  resource: ServedResource,
): Result<ListSelectors, StatusError> {
  const labels = parseLabelSelector(query.get('labelSelector') ?? '');
  if (!labels.ok) return err(badRequest(labels.error));
  const fields = parseFieldSelector(query.get('fieldSelector') ?? '', resource.selectableFields);
  if (!fields.ok) {
    const message =
      resource.isCustom || fields.error.startsWith('invalid')
        ? fields.error
        : `"${fields.error.split(': ')[1]}" is not a known field selector: only "metadata.name", "metadata.namespace"${Object.keys(
            resource.selectableFields,
          )
            .map((path) => `, ${JSON.stringify(path)}`)
            .join('')}`;
    return err(
      badRequest(
        `Unable to find ${JSON.stringify(`${apiVersionOf(resource)}, Resource=${resource.plural}`)} that match label selector "${query.get('labelSelector') ?? ''}", field selector "${query.get('fieldSelector') ?? ''}": ${message}`,
      ),
    );
  }
  return ok({ labels: labels.value, fields: fields.value });
}

export function parseListOptions(
  query: URLSearchParams,
  resource: ServedResource,
): Result<ListOptions, StatusError> {
  const selectors = parseSelectors(query, resource);
  if (!selectors.ok) return selectors;
  const resourceVersion = query.get('resourceVersion') ?? '';
  const match = query.get('resourceVersionMatch') ?? '';
  const continueToken = query.get('continue') ?? '';
  if (!/^\d*$/.test(resourceVersion)) {
    return err(
      badRequest(
        `resourceVersion: Invalid value: ${JSON.stringify(resourceVersion)}: strconv.ParseUint: parsing ${JSON.stringify(resourceVersion)}: invalid syntax`,
      ),
    );
  }
  if (match !== '' && match !== 'Exact' && match !== 'NotOlderThan') {
    return err(
      invalidListOptions(
        `resourceVersionMatch: Unsupported value: ${JSON.stringify(match)}: supported values: "Exact", "NotOlderThan"`,
      ),
    );
  }
  if (match !== '' && resourceVersion === '') {
    return err(
      invalidListOptions(
        'resourceVersionMatch: Forbidden: resourceVersionMatch is forbidden unless resourceVersion is provided',
      ),
    );
  }
  if (continueToken !== '' && resourceVersion !== '' && resourceVersion !== '0') {
    return err(badRequest('specifying resource version is not allowed when using continue'));
  }
  const limit = Number(query.get('limit') ?? '0');
  return ok({
    selectors: selectors.value,
    limit: Number.isInteger(limit) && limit > 0 ? limit : 0,
    continueToken,
    resourceVersion,
    isExact: match === 'Exact',
  });
}

export const invalidListOptions = (message: string): StatusError => ({
  code: 422,
  reason: 'Invalid',
  message: `ListOptions.meta.k8s.io "" is invalid: ${message}`,
  details: { group: 'meta.k8s.io', kind: 'ListOptions' },
});

export function parseWriteOptions(
  query: URLSearchParams,
  userAgent: string,
): Result<WriteOptions, StatusError> {
  const dryRun = query.getAll('dryRun');
  if (dryRun.some((value) => value !== 'All')) {
    return err({
      code: 422,
      reason: 'Invalid',
      message: `the "dryRun" option is invalid: supported values: "All"`,
    });
  }
  const validation = query.get('fieldValidation') ?? 'Warn';
  if (validation !== 'Ignore' && validation !== 'Warn' && validation !== 'Strict') {
    return err({
      code: 422,
      reason: 'Invalid',
      message: `fieldValidation: Unsupported value: ${JSON.stringify(validation)}: supported values: "", "Ignore", "Strict", "Warn"`,
    });
  }
  const manager = query.get('fieldManager') || userAgent.split('/')[0] || 'unknown';
  return ok({ dryRun: dryRun.length > 0, fieldValidation: validation, manager, managedFields: null });
}

/** Whether a patch is forced; only server-side apply may be, and it needs a field manager (meta/v1 validation). */
export function parseForce(query: URLSearchParams, isApply: boolean): Result<boolean, StatusError> {
  const force = query.get('force');
  if (isApply && !query.get('fieldManager'))
    return err(invalidPatchOptions('fieldManager: Required value: is required for apply patch'));
  if (!isApply && force !== null)
    return err(invalidPatchOptions('force: Forbidden: may not be specified for non-apply patch'));
  return ok(force === 'true' || force === '1');
}

const invalidPatchOptions = (message: string): StatusError => ({
  code: 422,
  reason: 'Invalid',
  message: `PatchOptions.meta.k8s.io "" is invalid: ${message}`,
  details: { group: 'meta.k8s.io', kind: 'PatchOptions' },
});
