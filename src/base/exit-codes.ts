/** Exit codes of every command and program. Documented, and relied on by scripts: their values never change. */
export const EXIT_CODES = {
  success: 0,
  /** The task failed; the message on stderr says why and what to do. */
  failure: 1,
  /** The command line is invalid. */
  usage: 2,
  /** Nothing failed, but something differs from the desired state or would change, like `diff`'s exit code 1. */
  changes: 3,
  /** `doctor` found errors; warnings alone end with 3. */
  errors: 4,
  /** Part of the input could not be read, so the result is not complete. Known problems are printed all the same. */
  partial: 5,
} as const;
