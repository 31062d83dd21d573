/** A reference to an object, as an Event carries one (core/v1 ObjectReference, `involvedObject`). */
export type ObjectReference = {
  readonly apiVersion: string;
  readonly kind: string;
  /** '' for an object without a namespace. */
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly resourceVersion: string;
};
