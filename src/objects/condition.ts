/** A Kubernetes status condition (`metav1.Condition`), as far as we read and write it. */
export type Condition = {
  readonly type: string;
  readonly status: 'True' | 'False' | 'Unknown';
  readonly reason: string;
  readonly message: string;
  /** RFC 3339, whole seconds; changes only when `status` does (Kubernetes API conventions). */
  readonly lastTransitionTime: string;
};

/** The same verdict, whenever it was reached. */
export const sameCondition = (a: Condition, b: Condition): boolean =>
  a.type === b.type && a.status === b.status && a.reason === b.reason && a.message === b.message;
