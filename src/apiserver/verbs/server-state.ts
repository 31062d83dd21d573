/** The state that the verbs work on: storage, registry, clock and random numbers. */

import type { Clock } from '../../base/clock.ts';
import type { ResourceRegistry } from '../kinds/registry.ts';
import type { ServedResource } from '../kinds/served-resource.ts';
import { groupResource } from '../object/resource-name.ts';
import type { ObjectCollection, Storage } from '../object/storage.ts';
import type { JsonObject } from '../object/value.ts';

export type ApiServerState = {
  readonly storage: Storage;
  readonly registry: ResourceRegistry;
  readonly clock: Clock;
  /** In [0, 1). */
  readonly random: () => number;
};

/** The object or collection that a request addresses. */
export type RequestTarget = {
  readonly resource: ServedResource;
  /** '' for a cluster-scoped resource, and for a list over all namespaces. */
  readonly namespace: string;
  readonly name: string;
  readonly subresource: '' | 'status';
};

/** Options of a write, from its query. */
export type WriteOptions = {
  readonly dryRun: boolean;
  readonly fieldValidation: 'Ignore' | 'Warn' | 'Strict';
  /** The field manager: `fieldManager`, or the first word of the User-Agent. */
  readonly manager: string;
  /** The entries after server-side apply; null where they follow from what the write changes. */
  readonly managedFields: readonly JsonObject[] | null;
};

export const collectionOf = (state: ApiServerState, resource: ServedResource): ObjectCollection =>
  state.storage.collection(resource.storedAs ?? groupResource(resource));

const HEX = '0123456789abcdef';

/** A version 4 UUID from `random`. */
export function generateUid(random: () => number): string {
  let text = '';
  for (let i = 0; i < 36; i++) {
    if (i === 8 || i === 13 || i === 18 || i === 23) text += '-';
    else if (i === 14) text += '4';
    else if (i === 19) text += HEX[8 + Math.floor(random() * 4)];
    else text += HEX[Math.floor(random() * 16)];
  }
  return text;
}

/** Without vowels, 0, 1 and 3, as in kube-apiserver, so that suffixes spell no words. */
const NAME_LETTERS = 'bcdfghjklmnpqrstvwxz2456789';
const SUFFIX_CHARS = 5;
const GENERATED_CHARS_MAX = 63;

export function generateName(prefix: string, random: () => number): string {
  let name = prefix.slice(0, GENERATED_CHARS_MAX - SUFFIX_CHARS);
  for (let i = 0; i < SUFFIX_CHARS; i++) name += NAME_LETTERS[Math.floor(random() * NAME_LETTERS.length)];
  return name;
}

/** Wall time as the API prints it: whole seconds. */
export const nowTimestamp = (state: ApiServerState): string =>
  new Date(Math.floor(state.clock.wall() / 1000) * 1000).toISOString().replace('.000Z', 'Z');
