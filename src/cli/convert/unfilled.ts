/** Variables of a template that nobody filled in, in any field of an old configuration. */
import { isObject } from '../../base/json.ts';
import { type ConfigIssue, fieldPath, itemPath, quoteText } from '../../config/issue.ts';
import { placeholderError } from '../../net/address-error.ts';

/** Fields that may have any text, so what looks like a variable may be meant. */
const FREE_FIELDS: ReadonlySet<string> = new Set(['password']);

export function findUnfilledVariables(value: unknown, path = ''): readonly ConfigIssue[] {
  if (typeof value === 'string') {
    const problem = placeholderError(value);
    return problem === null ? [] : [{ path, message: `${quoteText(value)} ${problem}` }];
  }
  if (Array.isArray(value))
    return value.flatMap((item, index) => findUnfilledVariables(item, itemPath(path, index)));
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([key, item]) =>
    FREE_FIELDS.has(key) ? [] : findUnfilledVariables(item, fieldPath(path, key)),
  );
}
