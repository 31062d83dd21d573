/**
 * One object and what the API server should say to it: null where it takes it, else a part of its complaint.
 * `object` is laid over a bare object of the kind; `version` is v1beta1 unless said.
 */
export type Row = readonly [says: string, object: Readonly<Record<string, unknown>>, refusal: string | null];

export type KindRows = {
  readonly kind: string;
  readonly plural: string;
  readonly version: 'v1beta1' | 'v1beta2';
  readonly rows: readonly Row[];
};

export const withSpec = (fields: Readonly<Record<string, unknown>>): { spec: typeof fields } => ({
  spec: fields,
});

/** A selector in each of its shapes, and what the schema makes of its rubbish, at `field` of a good spec. */
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
    [`${field}: one that matches everything`, withField([{}]), null],
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
    [`${field}: a selector that is a text`, withField(['app=web']), 'must be of type object'],
    [`${field}: no list`, withField({ matchLabels: {} }), 'must be of type array'],
  ];
}
