/** The edits of a finding as kubectl commands. */
import { stringify } from 'yaml';
import { shellQuote } from '../../base/shell-quote.ts';
import type { ObjectEdit, ObjectRef } from '../../findings/finding.ts';
import { parseApiVersion } from '../../objects/api-group.ts';

/** Object of a kubectl command: `bgpconfiguration.projectcalico.org/default -n shop`. */
function kubectlTarget({ apiVersion, kind, name, namespace }: ObjectRef): string {
  const { group } = parseApiVersion(apiVersion);
  const where = namespace === '' ? '' : ` -n ${namespace}`;
  const withGroup = `${kind.toLowerCase()}${group === '' ? '' : `.${group}`}`;
  return `${withGroup}/${name}${where}`;
}

/** The command with its YAML over several lines, to read and to paste. */
export function commandLines(edit: ObjectEdit): readonly string[] {
  if (edit.do === 'delete') return [kubectlCommand(edit)];
  const body = stringify(edit.do === 'patch' ? edit.patch : edit.manifest)
    .trimEnd()
    .replaceAll("'", "'\\''")
    .split('\n');
  if (edit.do === 'create') return ["echo '", ...body, "' | kubectl apply -f -"];
  return [`kubectl patch ${kubectlTarget(edit.object)} --type=${patchType(edit)} -p '`, ...body, "'"];
}

const patchType = ({ object }: ObjectEdit): string =>
  object.apiVersion === 'apps/v1' ? 'strategic' : 'merge';

/** The command in one line. */
export function kubectlCommand(edit: ObjectEdit): string {
  if (edit.do === 'delete') return `kubectl delete ${kubectlTarget(edit.object)}`;
  if (edit.do === 'patch') {
    return `kubectl patch ${kubectlTarget(edit.object)} --type=${patchType(edit)} -p ${shellQuote(JSON.stringify(edit.patch))}`;
  }
  return `kubectl apply -f - <<< ${shellQuote(JSON.stringify(edit.manifest))}`;
}
