/** How the commands read manifests of `-f`: objects without a namespace are where the command would store them. */
import type { CliContext } from '../framework/context.ts';
import type { ManifestOptions } from '../framework/files.ts';
import { type DefaultNamespaces, withDefaultNamespace } from './resource-ref.ts';

export const manifestOptions = (
  { stdin, stderr, program }: Pick<CliContext, 'stdin' | 'stderr' | 'program'>,
  { recursive }: { readonly recursive: boolean },
  defaultNamespaces: DefaultNamespaces,
): ManifestOptions => ({
  ...{ stdin, recursive, mayRecurse: true },
  place: (object) => withDefaultNamespace(object, defaultNamespaces),
  remark: (sentence) => stderr.print([`${program}: ${sentence}`]),
});
