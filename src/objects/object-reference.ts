/** References to objects, as Events carry them (core/v1 ObjectReference, `involvedObject`). */
import { type Service, splitServiceKey } from './service.ts';

export type ObjectReference = {
  readonly apiVersion: string;
  readonly kind: string;
  /** '' for an object without a namespace. */
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly resourceVersion: string;
};

export const serviceReference = ({
  key,
  uid,
  resourceVersion,
}: Pick<Service, 'key' | 'uid' | 'resourceVersion'>): ObjectReference => ({
  ...{ apiVersion: 'v1', kind: 'Service', ...splitServiceKey(key), uid, resourceVersion },
});

/** Of an IPAddressPool. */
export const poolReference = (
  { name, uid }: { readonly name: string; readonly uid: string },
  namespace: string,
): ObjectReference => ({
  ...{ apiVersion: 'metallb.io/v1beta1', kind: 'IPAddressPool', namespace, name, uid, resourceVersion: '' },
});
