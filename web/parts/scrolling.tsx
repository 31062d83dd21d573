/** A part of a page that is wider or higher than its place. It has the focus, so that arrow keys scroll it. */
import type { ComponentChildren, JSX } from 'preact';

type ScrollingProps = {
  readonly label: string;
  /** At most as high as a part of the window. */
  readonly isTall?: boolean;
  readonly children: ComponentChildren;
};

export const Scrolling = ({ label, isTall = false, children }: ScrollingProps): JSX.Element => (
  // biome-ignore lint/a11y/noNoninteractiveTabindex: without the focus, nobody scrolls it by keys
  <section class={isTall ? 'scroll tall' : 'scroll'} aria-label={label} tabIndex={0}>
    {children}
  </section>
);
