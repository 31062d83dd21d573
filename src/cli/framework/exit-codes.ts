/** What the exit codes of every command mean. Documented, and relied on by scripts: never changed. */
export const EXIT_CODES = {
  success: 0,
  /** It could not be done; the sentence on stderr says why and what to do. */
  failure: 1,
  /** The command line cannot be understood. */
  usage: 2,
  /** Nothing failed, and something would change, or is not as it is meant to be: as `diff` tells of a difference. */
  changes: 3,
  /** `doctor` found errors; its warnings alone end with 3. */
  errors: 4,
} as const;
