/**
 * Where configuration objects come from, if not from the API server: the old ConfigMap. What is wrong with an object is then
 * shown at the object's place in the text of the ConfigMap.
 */

import type { ConfigIssue } from '../../config/issue.ts';
import { issueInText } from '../../config/legacy/config-map.ts';
import { formatObjectIssue, type ObjectIssue, objectIssues } from './object-issue.ts';

export type ConfigOrigin = {
  /** Of the object that they come from. */
  readonly kind: string;
  readonly name: string;
  /** Why its present version is not in force; none where it is. */
  readonly issues: readonly ConfigIssue[];
  /** The place of each object, by `KIND NAME`. */
  readonly places: ReadonlyMap<string, string>;
};

/** The issues of the origin, and those of its objects; without an origin, those of the objects as they are. */
export function issuesWithOrigin(
  issues: readonly ObjectIssue[],
  origin: ConfigOrigin | null,
): readonly ObjectIssue[] {
  if (origin === null) return issues;
  const { kind, name, places } = origin;
  const placed = issues.map((one): ObjectIssue => {
    const place = places.get(`${one.kind} ${one.name}`);
    if (place === undefined) return one;
    return { ...one, origin: { kind, name, issue: issueInText(one.issue, place) } };
  });
  return [...objectIssues(kind, name, origin.issues), ...placed];
}

/** One line for each reason why the present version is not in force. */
export const formatOriginIssues = ({ kind, name, issues }: ConfigOrigin): readonly string[] =>
  objectIssues(kind, name, issues).map(formatObjectIssue);
