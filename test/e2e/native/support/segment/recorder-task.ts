/** What the recorder's program is given. */
import type { Family } from '../../../../../src/net/address.ts';

export type RecorderTask = {
  readonly interface: string;
  /** Asked for all the time. Announcements are recorded of all addresses. */
  readonly addresses: readonly string[];
  /** Who asks. */
  readonly sources: Readonly<Record<Family, string>>;
  readonly everyMs: number;
};
