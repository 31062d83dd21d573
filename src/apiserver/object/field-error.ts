/** A validation error of one field, worded as by `k8s.io/apimachinery/pkg/util/validation/field`. */

import type { Json } from './value.ts';

export type FieldError = {
  /** `spec.ports[0].port`. */
  readonly field: string;
  readonly reason:
    | 'FieldValueRequired'
    | 'FieldValueInvalid'
    | 'FieldValueNotSupported'
    | 'FieldValueDuplicate'
    | 'FieldValueForbidden'
    | 'FieldValueTooLong'
    | 'FieldValueTooMany'
    | 'FieldValueTypeInvalid';
  /** Printed between title and detail; undefined where this type of error shows none. */
  readonly value?: Json;
  readonly detail: string;
};

const titles: Readonly<Record<FieldError['reason'], string>> = {
  FieldValueRequired: 'Required value',
  FieldValueInvalid: 'Invalid value',
  FieldValueNotSupported: 'Unsupported value',
  FieldValueDuplicate: 'Duplicate value',
  FieldValueForbidden: 'Forbidden',
  FieldValueTooLong: 'Too long',
  FieldValueTooMany: 'Too many',
  FieldValueTypeInvalid: 'Invalid value',
};

export function fieldErrorText(error: FieldError): string {
  const value = error.value === undefined ? '' : `: ${formatValue(error.value)}`;
  const detail = error.detail === '' ? '' : `: ${error.detail}`;
  return `${error.field}: ${titles[error.reason]}${value}${detail}`;
}

const formatValue = (value: Json): string => (value === null ? 'null' : JSON.stringify(value));

export const required = (field: string, detail = ''): FieldError => ({
  field,
  reason: 'FieldValueRequired',
  detail,
});

export const invalidValue = (field: string, value: Json, detail: string): FieldError => ({
  field,
  reason: 'FieldValueInvalid',
  value,
  detail,
});

export const typeInvalid = (field: string, value: Json, detail: string): FieldError => ({
  field,
  reason: 'FieldValueTypeInvalid',
  value,
  detail,
});

export const notSupported = (field: string, value: Json, supported: readonly string[]): FieldError => ({
  field,
  reason: 'FieldValueNotSupported',
  value,
  detail: `supported values: ${supported.map((item) => JSON.stringify(item)).join(', ')}`,
});

export const duplicate = (field: string, value: Json): FieldError => ({
  field,
  reason: 'FieldValueDuplicate',
  value,
  detail: '',
});

export const forbiddenField = (field: string, detail: string): FieldError => ({
  field,
  reason: 'FieldValueForbidden',
  detail,
});

export const tooLong = (field: string, max: number): FieldError => ({
  field,
  reason: 'FieldValueTooLong',
  detail: `may not be more than ${max} bytes`,
});

export const tooMany = (field: string, count: number, max: number): FieldError => ({
  field,
  reason: 'FieldValueTooMany',
  value: count,
  detail: `must have at most ${max} items`,
});
