/**
 * Completion for bash. `@bomb.sh/tab` has a script for it, too, which needs the package bash-completion, says errors when it is
 * read twice, and hands what is typed to `eval`.
 */
export function bashScript(command: string): string {
  return `# bash completion for ${command}
_${command}_complete() {
  local word value candidates
  local words=()
  # Bash takes "=" as a word of its own.
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD}"; do
    if [ "$word" != "=" ]; then words+=("$word"); fi
  done
  local current=\${COMP_WORDS[COMP_CWORD]}
  if [ "$current" = "=" ]; then current=""; words+=(""); fi
  COMPREPLY=()
  candidates=$(${command} complete -- "\${words[@]}" 2>/dev/null) || return 0
  while IFS=$'\\t' read -r value _; do
    case $value in
    :*) ;;
    "$current"*) COMPREPLY+=("$value") ;;
    esac
  done <<<"$candidates"
}
complete -o default -F _${command}_complete ${command}
`;
}
