/** The rest of a list that is not shown at first, and a button that shows it. The choice is part of the URL. */
import type { JSX } from 'preact';
import { setQuery } from '../route.ts';
import { counted } from '../text.ts';

export type HiddenItemsProps = {
  /** How many; 0 for none. */
  readonly count: number;
  /** The singular: `more node`. */
  readonly noun: string;
  /** The part of the query that is `all` from then on. */
  readonly query: string;
};

export const HiddenItems = ({ count, noun, query }: HiddenItemsProps): JSX.Element | null =>
  count <= 0 ? null : (
    <p>
      and {counted(count, noun)}{' '}
      <button type="button" onClick={() => setQuery({ [query]: 'all' }, 'push')}>
        Show all
      </button>
    </p>
  );
