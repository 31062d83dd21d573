/** The filter above a list, what else narrows it, and how many items are left. */
import type { ComponentChildren, JSX } from 'preact';
import { count } from '../text.ts';
import { FilterField } from './filter-field.tsx';

export type FilterFormProps = {
  /** The part of the query that has the filter. */
  readonly name: string;
  readonly value: string;
  readonly label: string;
  readonly left: number;
  readonly all: number;
  readonly children?: ComponentChildren;
};

export const FilterForm = ({ name, value, label, left, all, children }: FilterFormProps): JSX.Element => (
  <form class="filters" role="search" onSubmit={(event) => event.preventDefault()}>
    <FilterField name={name} value={value} label={label} placeholder="Filter  ( / )" />
    {children}
    <output>
      {count(left)} of {count(all)}
    </output>
  </form>
);
