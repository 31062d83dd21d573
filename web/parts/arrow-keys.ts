/** Arrow keys in a grid of buttons that wraps: left and right by one, up and down by a row, Home and End to its ends. */

/** A handler of the list's `keydown`. */
export function moveByArrows(event: KeyboardEvent): void {
  const { currentTarget, target, key } = event;
  if (!(currentTarget instanceof HTMLElement) || !(target instanceof HTMLElement)) return;
  if (event.altKey || event.ctrlKey || event.metaKey) return;
  const buttons: HTMLElement[] = [...currentTarget.querySelectorAll('button')];
  const from = buttons.indexOf(target);
  if (from < 0) return;
  const to = targetOf(key, from, columnsOf(buttons), buttons.length);
  if (to === null) return;
  event.preventDefault();
  buttons[to]?.focus();
}

/** Null for a key that moves nowhere. */
export function targetOf(key: string, from: number, columns: number, length: number): number | null {
  const steps: Readonly<Record<string, number>> = {
    ...{ ArrowLeft: -1, ArrowRight: 1, ArrowUp: -columns, ArrowDown: columns },
    ...{ Home: -from, End: length - 1 - from },
  };
  const step = steps[key];
  if (step === undefined) return null;
  const to = from + step;
  return to < 0 || to >= length ? from : to;
}

/** Buttons of the first row. */
function columnsOf(buttons: readonly HTMLElement[]): number {
  const top = buttons[0]?.getBoundingClientRect().top;
  const below = buttons.findIndex((button) => button.getBoundingClientRect().top !== top);
  return below < 0 ? buttons.length : below;
}
