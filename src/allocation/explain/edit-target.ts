/** Names the field that an edit changes, as `kind name, path`: `IPAddressPool first, spec.autoAssign`. */
import { fieldPath } from '../../config/issue.ts';
import {
  FOREIGN_ADDRESSES_ANNOTATION,
  REQUEST_ANNOTATIONS,
  type RequestAnnotation,
  readRequestAnnotation,
} from '../../objects/annotations.ts';
import type { Service, ServiceKey } from '../../objects/service.ts';

export const poolField = (pool: string, path: string): string =>
  path === '' ? `IPAddressPool ${pool}` : `IPAddressPool ${pool}, ${path}`;

export const serviceField = (key: ServiceKey, path: string): string => `Service ${key}, ${path}`;

/** The annotation by its key on the Service; by the current key where it has none. */
export function annotationField(
  { key, annotations }: Pick<Service, 'key' | 'annotations'>,
  request: RequestAnnotation,
): string {
  const annotation = readRequestAnnotation(annotations, request)?.key ?? REQUEST_ANNOTATIONS[request][0];
  return serviceField(key, fieldPath('metadata.annotations', annotation));
}

/** Where a Service says what becomes of addresses that other programs wrote. */
export const foreignAddressesField = (key: ServiceKey): string =>
  serviceField(key, fieldPath('metadata.annotations', FOREIGN_ADDRESSES_ANNOTATION));

/** Where the Service requests its addresses. MetalLB: an empty annotation requests nothing. */
export function requestedAddressesField(
  service: Pick<Service, 'key' | 'annotations' | 'loadBalancerIP'>,
): string {
  const annotation = readRequestAnnotation(service.annotations, 'addresses')?.value ?? '';
  return annotation === '' && service.loadBalancerIP.trim() !== ''
    ? serviceField(service.key, 'spec.loadBalancerIP')
    : annotationField(service, 'addresses');
}
