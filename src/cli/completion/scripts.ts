/**
 * Completion scripts of the shells. A script asks the program for candidates. The answer has a line for each candidate, with
 * its description behind a tab, and last a directive that says whether files may follow: the protocol of cobra, which
 * kubectl understands too.
 */
import type { Shell } from './command.ts';

/** Bash cannot show descriptions: what follows the tab is dropped. */
const bash = `# berth completion for bash
_berth() {
  local out line directive=
  COMPREPLY=()
  out=$("\${COMP_WORDS[0]}" __complete "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null) || return
  while IFS= read -r line; do
    case $line in
      :*) directive=\${line#:} ;;
      ?*) COMPREPLY+=("\${line%%$'\\t'*}") ;;
    esac
  done <<<"$out"
  if [[ $directive == 0 && \${#COMPREPLY[@]} == 0 ]]; then
    compopt -o filenames 2>/dev/null
    local IFS=$'\\n'
    COMPREPLY=($(compgen -f -- "\${COMP_WORDS[COMP_CWORD]}"))
  fi
}
complete -F _berth berth
`;

const zsh = `#compdef berth
# berth completion for zsh
_berth() {
  local -a candidates lines
  local line directive
  lines=("\${(@f)$("\${words[1]}" __complete "\${(@)words[2,CURRENT]}" 2>/dev/null)}")
  for line in $lines; do
    case $line in
      :*) directive=\${line#:} ;;
      *) candidates+=("\${\${line//:/\\\\:}/$'\\t'/:}") ;;
    esac
  done
  if (( $#candidates )); then
    _describe -V berth candidates
  elif [[ $directive == 0 ]]; then
    _files
  fi
}
if [[ $funcstack[1] == _berth ]]; then
  _berth "$@"
else
  compdef _berth berth
fi
`;

const fish = `# berth completion for fish
function __berth_complete
  set -l words (commandline -opc) (commandline -ct)
  set -l lines ($words[1] __complete $words[2..-1] 2>/dev/null)
  for line in $lines
    string match -q ':*' -- $line; or echo $line
  end
  if test (count $lines) = 1; and test "$lines[1]" = ':0'
    __fish_complete_path (commandline -ct)
  end
end
complete -c berth -f -a '(__berth_complete)'
`;

export const SCRIPTS: Readonly<Record<Shell, string>> = { bash, zsh, fish };
