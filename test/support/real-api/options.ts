export type ApiUser = { readonly name: string; readonly token: string; readonly groups: readonly string[] };

export type ApiOptions = {
  /** Who may do what: everybody everything unless told. */
  readonly authorization?: 'AlwaysAllow' | 'RBAC';
  /** API priority and fairness; on unless told, as in a cluster. */
  readonly fairness?: boolean;
  /** Further users that the API server knows by token. */
  readonly users?: readonly ApiUser[];
  /** Further flags of kube-apiserver. */
  readonly flags?: readonly string[];
};
