/** Annotations and labels of Services that were meant as a request and that nobody reads: each with the Services that have it. */
import { plural } from '../base/text.ts';
import { describeUnreadKey, type UnreadKey, unreadKeys } from '../objects/misspelled-annotations.ts';
import { type Service, type ServiceKey, splitServiceKey } from '../objects/service.ts';
import { explainCommand } from './commands.ts';
import type { Problem } from './problem.ts';
import { SortedKeys } from './sorted-keys.ts';

type Group = { readonly unread: UnreadKey; readonly services: SortedKeys };

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

  /** One for each key, whatever the number of Services. `namespace` is that of the controller. */
  problems(namespace: string): readonly Problem[] {
    return [...this.#groups.values()].flatMap(({ unread, services }): readonly Problem[] => {
      const { first, size } = services;
      if (first === undefined) return [];
      const { says, fix } = describeUnreadKey(unread);
      const who = size === 1 ? `Service ${first}` : `${plural(size, 'Service')}, such as ${first}`;
      return [
        {
          ...{ code: 'AnnotationUnread', severity: 'warning', count: size, fix },
          object: { kind: 'Service', ...splitServiceKey(first) },
          says: `${who}: ${says[0]?.toLowerCase()}${says.slice(1)}`,
          command: explainCommand(first, namespace),
        },
      ];
    });
  }
}
