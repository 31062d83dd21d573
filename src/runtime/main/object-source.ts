/** Where the objects of one kind come from: an informer, or what stands in for it, such as the old ConfigMap. */
import type { Store } from '../../kube/informer/store.ts';
import type { ObjectVersion } from '../../objects/metadata.ts';
import type { Informer } from './informer.ts';

/** See `Informer` for each of them. */
export type ObjectSource<T extends ObjectVersion> = Pick<
  Informer<T>,
  'name' | 'hasSynced' | 'isSyncedOrAbsent' | 'isCurrent' | 'watchError' | 'age' | 'subscribe' | 'run'
> & { readonly store: Pick<Store<T>, 'get' | 'values' | 'size'> };
