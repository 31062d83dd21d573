/**
 * Checks of what comes over the wire, made of the types that it should have: a type that gets a field does not compile until the field is
 * checked. Fields that nobody knows are let through, since new ones may be added.
 */
import { isObject } from '../src/base/json.ts';

/** Whether a value has the type. */
export type Is<T> = (value: unknown) => value is T;

export const isText: Is<string> = (value) => typeof value === 'string';
export const isNumber: Is<number> = (value) => typeof value === 'number';
export const isFlag: Is<boolean> = (value) => typeof value === 'boolean';

export const isOneOf =
  <T extends string>(...texts: readonly T[]): Is<T> =>
  (value): value is T =>
    texts.some((text) => text === value);

export const isListOf =
  <T>(isItem: Is<T>): Is<readonly T[]> =>
  (value): value is readonly T[] =>
    Array.isArray(value) && value.every(isItem);

export const orNull =
  <T>(is: Is<T>): Is<T | null> =>
  (value): value is T | null =>
    value === null || is(value);

export const hasFields =
  <T extends object>(checks: { readonly [K in keyof T]-?: Is<T[K]> }): Is<T> =>
  (value): value is T =>
    isObject(value) && Object.entries<Is<unknown>>(checks).every(([name, is]) => is(value[name]));
