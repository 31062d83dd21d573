/**
 * Values of flags among the arguments of another program: `--name value`, `--name=value`, or with one dash, as Go programs
 * accept them. Of several, the last counts.
 */

/** Null where the flag is not there. */
export function flagValue(args: readonly string[], name: string): string | null {
  return args.reduce<string | null>((found, arg, index) => {
    const flag = readFlag(arg);
    return flag?.name === name ? (flag.value ?? args[index + 1] ?? '') : found;
  }, null);
}

/** Of a switch, which has no value of its own behind a blank. */
export function switchValue(args: readonly string[], name: string): boolean {
  return args.reduce((found, arg) => {
    const flag = readFlag(arg);
    if (flag?.name !== name) return found;
    return flag.value === undefined || /^(1|t|T|true|TRUE|True)$/.test(flag.value);
  }, false);
}

function readFlag(
  arg: string,
): { readonly name: string | undefined; readonly value: string | undefined } | null {
  const flag = /^--?([a-z0-9-]+)(?:=(.*))?$/.exec(arg);
  return flag === null ? null : { name: flag[1], value: flag[2] };
}
