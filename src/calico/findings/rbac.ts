/** Decides whether calico-node may read a Secret, from the RBAC objects in the input. */
import { fieldsOf, listOf, type Raw, textOf, textsOf } from '../../base/json.ts';
import { nameOf, namespaceOf } from '../../objects/metadata.ts';
import type { ObjectsByKind } from './calico-installation.ts';

const ACCOUNT = 'calico-node';
const VERBS = ['get', 'list', 'watch'] as const;

/** Null (unknown) where the input has no Role or no RoleBinding: every cluster has some, so they were left out. */
export function canReadSecret(objectsOf: ObjectsByKind, namespace: string, secret: string): boolean | null {
  const bindings = [
    ...objectsOf('RoleBinding').filter((raw) => namespaceOf(raw) === namespace),
    ...objectsOf('ClusterRoleBinding'),
  ].filter((raw) => bindsCalicoNode(raw, namespace));
  const rules = bindings.flatMap((raw) => rulesOf(objectsOf, raw));
  if (VERBS.every((verb) => rules.some((rule) => allows(rule, verb, secret)))) return true;
  return objectsOf('Role').length === 0 || objectsOf('RoleBinding').length === 0 ? null : false;
}

const bindsCalicoNode = (binding: Raw, namespace: string): boolean =>
  listOf(binding['subjects']).some((one) => {
    const subject = fieldsOf(one);
    const name = textOf(subject['name']);
    if (subject['kind'] === 'ServiceAccount') {
      return name === ACCOUNT && (textOf(subject['namespace']) || namespaceOf(binding)) === namespace;
    }
    return subject['kind'] === 'Group'
      ? name === 'system:serviceaccounts' || name === `system:serviceaccounts:${namespace}`
      : name === `system:serviceaccount:${namespace}:${ACCOUNT}`;
  });

function rulesOf(objectsOf: ObjectsByKind, binding: Raw): readonly Raw[] {
  const ref = fieldsOf(binding['roleRef']);
  const role = objectsOf(textOf(ref['kind'])).find(
    (raw) =>
      nameOf(raw) === textOf(ref['name']) &&
      (ref['kind'] === 'ClusterRole' || namespaceOf(raw) === namespaceOf(binding)),
  );
  return listOf(role?.['rules']).map(fieldsOf);
}

function allows(rule: Raw, verb: string, secret: string): boolean {
  const includes = (field: string, value: string): boolean => {
    const values = textsOf(rule[field]);
    return values.includes(value) || values.includes('*');
  };
  const names = textsOf(rule['resourceNames']);
  return (
    includes('apiGroups', '') &&
    includes('resources', 'secrets') &&
    includes('verbs', verb) &&
    (names.length === 0 || names.includes(secret))
  );
}
