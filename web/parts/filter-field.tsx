/** The field that filters a list as one types. The filter is part of the URL, and a letter is no step of its history. */
import type { JSX } from 'preact';
import { setQuery } from '../route.ts';

export type FilterFieldProps = {
  /** The part of the query that has the filter. */
  readonly name: string;
  readonly value: string;
  readonly label: string;
  readonly placeholder: string;
};

export const FilterField = ({ name, value, label, placeholder }: FilterFieldProps): JSX.Element => (
  <input
    type="search"
    aria-label={label}
    placeholder={placeholder}
    value={value}
    onInput={(event) => setQuery({ [name]: event.currentTarget.value }, 'replace')}
  />
);
