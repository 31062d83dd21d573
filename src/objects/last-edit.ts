/** Who wrote an object last, and when, by the `managedFields` that the API server keeps. Writes of the status do not count. */
import { fieldsOf, listOf, type Raw, textOf } from '../base/json.ts';
import { metadataOf, withoutBookkeeping } from './metadata.ts';

export type LastEdit = {
  /** The field manager: `kubectl-edit`, `argocd-controller`. */
  readonly by: string;
  /** RFC 3339. */
  readonly time: string;
};

/** Null where it is not known: kubectl leaves `managedFields` out of what it saves. */
export function lastEditOf(raw: Raw): LastEdit | null {
  let last: LastEdit | null = null;
  for (const item of listOf(metadataOf(raw)['managedFields'])) {
    const { manager, time, subresource } = fieldsOf(item);
    const [by, at] = [textOf(manager), textOf(time)];
    if (textOf(subresource) !== '' || by === '' || at === '') continue;
    // Times are full seconds: of two writers in one second, the entry that follows is the later one more often.
    if (last === null || at >= last.time) last = { by, time: at };
  }
  return last;
}

/** `withoutBookkeeping`, with the last edit as the only one. */
export function withLastEdit(raw: Raw): Raw {
  const edit = lastEditOf(raw);
  const kept = withoutBookkeeping(raw);
  if (edit === null) return kept;
  const managedFields = [{ manager: edit.by, time: edit.time }];
  return { ...kept, metadata: { ...metadataOf(kept), managedFields } };
}
