/** Roles taken apart into single rights, to be held against what was asked. */
import type { Asked } from './audit.ts';

export type Role = {
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly rules: readonly {
    readonly apiGroups?: readonly string[];
    readonly resources?: readonly string[];
    readonly resourceNames?: readonly string[];
    readonly verbs: readonly string[];
  }[];
};

/** One verb on one resource. */
export type Right = {
  /** Null everywhere. */
  readonly namespace: string | null;
  readonly group: string;
  readonly resource: string;
  readonly verb: string;
  /** Null for objects of any name. */
  readonly name: string | null;
};

export const rightsOf = ({ metadata, rules }: Role): readonly Right[] =>
  rules.flatMap(({ apiGroups = [], resources = [], resourceNames = [null], verbs }) =>
    apiGroups.flatMap((group) =>
      resources.flatMap((resource) =>
        resourceNames.flatMap((name) =>
          verbs.map((verb) => ({ namespace: metadata.namespace ?? null, group, resource, verb, name })),
        ),
      ),
    ),
  );

export const covers = (right: Right, asked: Asked): boolean =>
  right.verb === asked.verb &&
  right.group === asked.group &&
  right.resource === asked.resource &&
  (right.namespace === null || right.namespace === asked.namespace) &&
  (right.name === null || right.name === asked.name);

const named = (name: string | null): string => (name === null ? '' : ` ${name}`);

export const describeRight = ({ namespace, group, resource, verb, name }: Right): string =>
  `${verb} ${group}/${resource}${named(name)} in ${namespace ?? 'every namespace'}`;

export const describeAsked = ({ verb, group, resource, namespace, name, code }: Asked): string =>
  `${verb} ${group}/${resource}${named(name)} in ${namespace ?? 'no namespace'}: ${code}`;
