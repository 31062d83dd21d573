/** In place of what a page is about: that it could not be read, and why. */
import type { JSX } from 'preact';
import type { OverviewDocument } from '../../src/overview/document.ts';
import { Mark } from './marks.tsx';

type UnreadProps = {
  readonly document: OverviewDocument;
  readonly kind: string;
  /** `Pools could not be read`. */
  readonly says: string;
};

export function Unread({ document: { kinds }, kind, says }: UnreadProps): JSX.Element {
  const reasons = kinds.flatMap((one) => (one.kind === kind && one.says !== null ? [one.says] : []));
  return (
    <>
      <p>
        <Mark tone="warning">{says}.</Mark>
      </p>
      {reasons.map((reason) => (
        <p key={reason}>{reason}.</p>
      ))}
    </>
  );
}
