/** The resources that are served: the built-in ones, and those that CRDs define. */

import { apiVersionOf } from '../../objects/api-group.ts';
import { groupResource } from '../object/resource-name.ts';
import type { JsonObject } from '../object/value.ts';
import { servedResources } from './crd.ts';
import type { ServedResource } from './served-resource.ts';

/** A second name for a group: the same objects, as another version of another group. */
export type GroupAlias = { readonly of: string; readonly group: string; readonly version: string };

export class ResourceRegistry {
  readonly #builtin: readonly ServedResource[];
  readonly #groupAliases: readonly GroupAlias[];
  readonly #custom = new Map<string, readonly ServedResource[]>();
  readonly #hidden = new Set<string>();
  #byPath = new Map<string, ServedResource>();

  constructor(builtin: readonly ServedResource[], groupAliases: readonly GroupAlias[] = []) {
    this.#builtin = builtin;
    this.#groupAliases = groupAliases;
    this.#index();
  }

  /** The resource at `<group>/<version>/<plural>`; undefined where none is served. */
  find(group: string, version: string, plural: string): ServedResource | undefined {
    return this.#byPath.get(resourceKey({ group, version, plural }));
  }

  /** The resource of a kind; undefined where none is served. */
  findKind(apiVersion: string, kind: string): ServedResource | undefined {
    return this.all().find((resource) => apiVersionOf(resource) === apiVersion && resource.kind === kind);
  }

  all(): readonly ServedResource[] {
    return [...this.#byPath.values()];
  }

  /** Serves what `crd`, called `name`, defines, in place of its earlier version. */
  define(name: string, crd: JsonObject): void {
    const served = servedResources(crd);
    this.#custom.set(name, [...served, ...served.flatMap((resource) => this.#aliasesOf(resource))]);
    this.#index();
  }

  undefine(name: string): void {
    this.#custom.delete(name);
    this.#index();
  }

  /** Stops serving the resource (`hidden`), and keeps its objects; or serves it again. */
  setHidden(groupResource: string, hidden: boolean): void {
    if (hidden) this.#hidden.add(groupResource);
    else this.#hidden.delete(groupResource);
    this.#index();
  }

  #aliasesOf(resource: ServedResource): readonly ServedResource[] {
    return this.#groupAliases
      .filter(({ of }) => of === resource.group)
      .map(({ group, version }) => ({ ...resource, group, version, storedAs: groupResource(resource) }));
  }

  #index(): void {
    const all = [...this.#builtin, ...[...this.#custom.values()].flat()];
    const shown = all.filter((resource) => !this.#hidden.has(groupResource(resource)));
    this.#byPath = new Map(shown.map((resource) => [resourceKey(resource), resource]));
  }
}

const resourceKey = (resource: Pick<ServedResource, 'group' | 'version' | 'plural'>): string =>
  `${resource.group}/${resource.version}/${resource.plural}`;

/** The group resource of CRDs. */
export const CRD_GROUP_RESOURCE: string = 'customresourcedefinitions.apiextensions.k8s.io';
