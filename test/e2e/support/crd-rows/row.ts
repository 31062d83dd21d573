/**
 * An object and the expected response of the API server: null where it is accepted, else a part of the error. `object`
 * is merged into a minimal object of the kind; `version` defaults to v1beta1.
 */
export type Row = readonly [title: string, object: Readonly<Record<string, unknown>>, refusal: string | null];

export type KindRows = {
  readonly kind: string;
  readonly plural: string;
  readonly version: 'v1beta1' | 'v1beta2';
  readonly rows: readonly Row[];
};

export const withSpec = (fields: Readonly<Record<string, unknown>>): { spec: typeof fields } => ({
  spec: fields,
});

/** Valid and invalid selectors, at `field` of a valid spec. */
export function selectorRows(field: string, validSpec: Readonly<Record<string, unknown>>): readonly Row[] {
  const withField = (value: unknown): Readonly<Record<string, unknown>> =>
    withSpec({ ...validSpec, [field]: value });
  return [
    [`${field}: labels`, withField([{ matchLabels: { app: 'web' } }]), null],
    [
      `${field}: expressions`,
      withField([{ matchExpressions: [{ key: 'a', operator: 'In', values: ['b'] }] }]),
      null,
    ],
    [`${field}: a selector that matches everything`, withField([{}]), null],
    [
      `${field}: an expression without values`,
      withField([{ matchExpressions: [{ key: 'a', operator: 'Exists' }] }]),
      null,
    ],
    [
      `${field}: an expression without a key`,
      withField([{ matchExpressions: [{ operator: 'Exists' }] }]),
      'key: Required value',
    ],
    [
      `${field}: an expression without an operator`,
      withField([{ matchExpressions: [{ key: 'a' }] }]),
      'operator: Required value',
    ],
    [
      `${field}: a label that is a number`,
      withField([{ matchLabels: { app: 5 } }]),
      'must be of type string',
    ],
    [`${field}: a selector that is a string`, withField(['app=web']), 'must be of type object'],
    [`${field}: no list`, withField({ matchLabels: {} }), 'must be of type array'],
  ];
}
