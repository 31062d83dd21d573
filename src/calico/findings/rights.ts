/** Whether calico-node may read a Secret, by the RBAC objects that the input holds. */
import { fieldsOf, listOf, nameOf, namespaceOf, type Raw, textOf, textsOf } from '../../cluster/fields.ts';

type Objects = (kind: string) => readonly Raw[];

const ACCOUNT = 'calico-node';
const VERBS = ['get', 'list', 'watch'] as const;

/** Null where the input holds no Roles or no bindings of them: every cluster has some, so these were left out. */
export function mayRead(of: Objects, namespace: string, secret: string): boolean | null {
  const bindings = [
    ...of('RoleBinding').filter((raw) => namespaceOf(raw) === namespace),
    ...of('ClusterRoleBinding'),
  ].filter((raw) => binds(raw, namespace));
  const rules = bindings.flatMap((raw) => rulesOf(of, raw));
  if (VERBS.every((verb) => rules.some((rule) => allows(rule, verb, secret)))) return true;
  return of('Role').length === 0 || of('RoleBinding').length === 0 ? null : false;
}

const binds = (binding: Raw, namespace: string): boolean =>
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

function rulesOf(of: Objects, binding: Raw): readonly Raw[] {
  const ref = fieldsOf(binding['roleRef']);
  const role = of(textOf(ref['kind'])).find(
    (raw) =>
      nameOf(raw) === textOf(ref['name']) &&
      (ref['kind'] === 'ClusterRole' || namespaceOf(raw) === namespaceOf(binding)),
  );
  return listOf(role?.['rules']).map(fieldsOf);
}

function allows(rule: Raw, verb: string, secret: string): boolean {
  const holds = (field: string, wanted: string): boolean => {
    const said = textsOf(rule[field]);
    return said.includes(wanted) || said.includes('*');
  };
  const names = textsOf(rule['resourceNames']);
  return (
    holds('apiGroups', '') &&
    holds('resources', 'secrets') &&
    holds('verbs', verb) &&
    (names.length === 0 || names.includes(secret))
  );
}
