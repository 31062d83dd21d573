/**
 * Annotations and labels of Services that were meant as a request and that nobody reads: each with the Services that have it. Tenants
 * write the keys, so that only some get a problem of their own.
 */
import { compareText, listSome, plural } from '../base/text.ts';
import { describeUnreadKey, type UnreadKey, unreadKeys } from '../objects/misspelled-annotations.ts';
import { type Service, type ServiceKey, splitServiceKey } from '../objects/service.ts';
import { explainCommand } from './commands.ts';
import type { Problem } from './problem.ts';
import { SortedKeys } from './sorted-keys.ts';

type Group = { readonly unread: UnreadKey; readonly services: SortedKeys };

/** Keys with a problem of their own: those of the most Services. */
export const KEYS_MAX = 20;

export class UnreadAnnotations {
  readonly #groups = new Map<string, Group>();
  readonly #byService = new Map<ServiceKey, readonly string[]>();

  put(service: Service): void {
    this.remove(service.key);
    const found = unreadKeys(service);
    if (found.length === 0) return;
    const names = found.map((unread) => {
      const name = `${unread.field} ${unread.key}`;
      const group = this.#groups.get(name) ?? { unread, services: new SortedKeys() };
      this.#groups.set(name, group);
      group.services.add(service.key);
      return name;
    });
    this.#byService.set(service.key, names);
  }

  remove(key: ServiceKey): void {
    for (const name of this.#byService.get(key) ?? []) {
      const services = this.#groups.get(name)?.services;
      services?.delete(key);
      if (services?.size === 0) this.#groups.delete(name);
    }
    this.#byService.delete(key);
  }

  /**
   * One for each key, whatever the number of Services, up to `KEYS_MAX`; all other keys are one problem. `namespace` is that of the
   * controller.
   */
  problems(namespace: string): readonly Problem[] {
    const groups = [...this.#groups.values()].sort(byServices);
    return [
      ...groups.slice(0, KEYS_MAX).map((group) => keyProblem(group, namespace)),
      ...othersProblem(groups.slice(KEYS_MAX), namespace),
    ];
  }
}

const byServices = (a: Group, b: Group): number =>
  b.services.size - a.services.size ||
  compareText(a.unread.key, b.unread.key) ||
  compareText(a.unread.field, b.unread.field);

function keyProblem({ unread, services: { first = '', size } }: Group, namespace: string): Problem {
  const { says, fix } = describeUnreadKey(unread);
  return {
    ...commonOf(first, size, namespace),
    says: `${subjectOf(first, size)}: ${says[0]?.toLowerCase()}${says.slice(1)}`,
    fix,
  };
}

/** Of keys that have no problem of their own; none for none. */
function othersProblem(groups: readonly Group[], namespace: string): readonly Problem[] {
  if (groups.length === 0) return [];
  const services = new Set<ServiceKey>();
  for (const group of groups) group.services.each((key) => services.add(key));
  const [first = ''] = [...services].sort(compareText);
  const names = listSome(groups.map(({ unread }) => unread.key));
  return [
    {
      ...commonOf(first, services.size, namespace),
      says: `${subjectOf(first, services.size)}: other keys have no effect, since nothing reads them: ${names}.`,
      fix: 'Remove them, or correct their names.',
    },
  ];
}

const subjectOf = (first: ServiceKey, count: number): string =>
  count === 1 ? `Service ${first}` : `${plural(count, 'Service')}, such as ${first}`;

const commonOf = (first: ServiceKey, count: number, namespace: string) => ({
  ...{ code: 'AnnotationUnread', severity: 'warning' as const, count },
  object: { kind: 'Service', ...splitServiceKey(first) },
  command: explainCommand(first, namespace),
});
