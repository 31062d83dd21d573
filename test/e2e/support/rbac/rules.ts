/** Expands roles into single permissions, to compare them with requests. */
import type { AuditedRequest } from './audit.ts';

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
export type Permission = {
  /** Null for all namespaces. */
  readonly namespace: string | null;
  readonly group: string;
  readonly resource: string;
  readonly verb: string;
  /** Null for objects of any name. */
  readonly name: string | null;
};

export const permissionsOf = ({ metadata, rules }: Role): readonly Permission[] =>
  rules.flatMap(({ apiGroups = [], resources = [], resourceNames = [null], verbs }) =>
    apiGroups.flatMap((group) =>
      resources.flatMap((resource) =>
        resourceNames.flatMap((name) =>
          verbs.map((verb) => ({ namespace: metadata.namespace ?? null, group, resource, verb, name })),
        ),
      ),
    ),
  );

export const covers = (permission: Permission, request: AuditedRequest): boolean =>
  permission.verb === request.verb &&
  permission.group === request.group &&
  permission.resource === request.resource &&
  (permission.namespace === null || permission.namespace === request.namespace) &&
  (permission.name === null || permission.name === request.name);

const nameSuffix = (name: string | null): string => (name === null ? '' : ` ${name}`);

export const describePermission = ({ namespace, group, resource, verb, name }: Permission): string =>
  `${verb} ${group}/${resource}${nameSuffix(name)} in ${namespace ?? 'every namespace'}`;

export const describeRequest = ({ verb, group, resource, namespace, name, code }: AuditedRequest): string =>
  `${verb} ${group}/${resource}${nameSuffix(name)} in ${namespace ?? 'no namespace'}: ${code}`;
