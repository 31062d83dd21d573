/**
 * A table of any length: only the rows in sight are made. It is a grid (ARIA 1.2): the grid itself has the focus and names the row that
 * is meant; arrow keys move it, and Enter opens it. A table element could not leave rows out.
 */
import type { ComponentChildren, JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';

const ROW_HEIGHT = 34;
const OVERSCAN = 8;

export type LongListProps<T> = {
  readonly items: readonly T[];
  readonly keyOf: (item: T) => string;
  readonly label: string;
  readonly head: ComponentChildren;
  readonly row: (item: T) => ComponentChildren;
  readonly selected: string;
  readonly onSelect: (key: string) => void;
};

export function LongList<T>({
  items,
  keyOf,
  label,
  head,
  row,
  selected,
  onSelect,
}: LongListProps<T>): JSX.Element {
  const box = useRef<HTMLDivElement>(null);
  const [top, setTop] = useState(0);
  const [height, setHeight] = useState(600);
  const [moved, setCursor] = useState(0);
  // A filter may have left fewer rows.
  const cursor = Math.max(0, Math.min(moved, items.length - 1));
  useEffect(() => {
    const measure = (): void => setHeight(box.current?.clientHeight ?? 600);
    measure();
    addEventListener('resize', measure);
    return () => removeEventListener('resize', measure);
  }, []);
  const first = Math.max(0, Math.floor(top / ROW_HEIGHT) - OVERSCAN);
  const shown = items.slice(first, Math.ceil((top + height) / ROW_HEIGHT) + OVERSCAN);

  function move(to: number): void {
    const next = Math.max(0, Math.min(items.length - 1, to));
    setCursor(next);
    const element = box.current;
    if (element === null) return;
    const y = next * ROW_HEIGHT;
    if (y < element.scrollTop) element.scrollTop = y;
    else if (y + 2 * ROW_HEIGHT > element.scrollTop + height) element.scrollTop = y + 2 * ROW_HEIGHT - height;
  }

  function onKey(event: KeyboardEvent): void {
    const page = Math.floor(height / ROW_HEIGHT) - 1;
    const steps: Readonly<Record<string, number>> = {
      ...{ ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page },
      ...{ Home: -items.length, End: items.length },
    };
    const step = steps[event.key];
    const item = items[cursor];
    if (step !== undefined) move(cursor + step);
    else if (event.key === 'Enter' && item !== undefined) onSelect(keyOf(item));
    else if (event.key === 'Escape') onSelect('');
    else return;
    event.preventDefault();
  }

  return (
    <div
      class="long-list"
      ref={box}
      role="grid"
      aria-label={label}
      aria-rowcount={items.length + 1}
      tabIndex={0}
      aria-activedescendant={items[cursor] === undefined ? undefined : idOf(keyOf(items[cursor]))}
      onScroll={(event) => setTop(event.currentTarget.scrollTop)}
      onKeyDown={onKey}
    >
      <div role="row" class="head" aria-rowindex={1}>
        {head}
      </div>
      <div role="rowgroup" class="rows" ref={(element) => setHeightOf(element, items.length * ROW_HEIGHT)}>
        <div role="presentation" ref={(element) => setHeightOf(element, first * ROW_HEIGHT)} />
        {shown.map((item, index) => {
          const key = keyOf(item);
          const place = first + index;
          return (
            // biome-ignore lint/a11y/useKeyWithClickEvents: the grid handles the keys of all rows
            <div
              key={key}
              id={idOf(key)}
              role="row"
              aria-rowindex={place + 2}
              aria-selected={key === selected}
              class={place === cursor ? 'cursor' : ''}
              onClick={() => {
                setCursor(place);
                onSelect(key);
              }}
            >
              {row(item)}
            </div>
          );
        })}
      </div>
    </div>
  );
}

/** A reference to an id ends at a space. */
const idOf = (key: string): string => `row-${encodeURIComponent(key)}`;

/** By script: the content security policy admits no inline style in markup. */
function setHeightOf(element: HTMLElement | null, height: number): void {
  if (element !== null) element.style.height = `${height}px`;
}
