/** Subresources that are not a part of their object, but objects of another kind. */

export type ExtraSubresource = 'scale' | 'eviction';

export type SubresourceKind = {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly verbs: readonly string[];
};

export const EXTRA_SUBRESOURCES: Readonly<Record<ExtraSubresource, SubresourceKind>> = {
  scale: { group: 'autoscaling', version: 'v1', kind: 'Scale', verbs: ['get', 'patch', 'update'] },
  eviction: { group: 'policy', version: 'v1', kind: 'Eviction', verbs: ['create'] },
};
