/** Which resources are served now: the built-in ones, and those that CRDs brought. */

import { servedResources } from './kinds/crd.ts';
import { groupVersion, type Resource, tableName } from './kinds/resource.ts';
import type { JsonObject } from './value.ts';

export class Registry {
  readonly #builtin: readonly Resource[];
  readonly #custom = new Map<string, readonly Resource[]>();
  readonly #hidden = new Set<string>();
  #byPath = new Map<string, Resource>();

  constructor(builtin: readonly Resource[]) {
    this.#builtin = builtin;
    this.#index();
  }

  /** The resource at `<group>/<version>/<plural>`; undefined where nothing is served. */
  find(group: string, version: string, plural: string): Resource | undefined {
    return this.#byPath.get(pathOf({ group, version, plural }));
  }

  /** By kind, for owners and tests. */
  findKind(apiVersion: string, kind: string): Resource | undefined {
    return this.all().find((resource) => groupVersion(resource) === apiVersion && resource.kind === kind);
  }

  all(): readonly Resource[] {
    return [...this.#byPath.values()];
  }

  /** Serves what `crd` (called `name`) defines, in place of what it defined before. */
  define(name: string, crd: JsonObject): void {
    this.#custom.set(name, servedResources(crd));
    this.#index();
  }

  forget(name: string): void {
    this.#custom.delete(name);
    this.#index();
  }

  /** Acts as if the resource had never been defined (`hidden`), keeping what is stored; or ends that. */
  hide(table: string, hidden: boolean): void {
    if (hidden) this.#hidden.add(table);
    else this.#hidden.delete(table);
    this.#index();
  }

  #index(): void {
    const all = [...this.#builtin, ...[...this.#custom.values()].flat()];
    const shown = all.filter((resource) => !this.#hidden.has(tableName(resource)));
    this.#byPath = new Map(shown.map((resource) => [pathOf(resource), resource]));
  }
}

const pathOf = (of: Pick<Resource, 'group' | 'version' | 'plural'>): string =>
  `${of.group}/${of.version}/${of.plural}`;

/** The table that definitions are stored in. */
export const CRD_TABLE: string = 'customresourcedefinitions.apiextensions.k8s.io';
