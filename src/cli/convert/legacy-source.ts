/** An old configuration that was found in an input, not yet validated. */
export type LegacySource = {
  /** Where it is in the input, for errors: a path, '' for the whole text. */
  readonly path: string;
  /** The same for a list of several: never ''. */
  readonly label: string;
  readonly value: unknown;
  /** Of the objects that it belongs to; '' where that is not said. */
  readonly namespace: string;
  /** Objects beside it that need no conversion: `BGPPeer lb/tor`. */
  readonly untouched: readonly string[];
};
