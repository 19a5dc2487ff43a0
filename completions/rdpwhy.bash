# bash completion for rdpwhy: the program itself knows its words.
_rdpwhy() {
    local IFS=$'\n'
    COMPREPLY=($(compgen -W "$("$1" __complete "${COMP_WORDS[@]:1:COMP_CWORD-1}" 2>/dev/null)" -- "${COMP_WORDS[COMP_CWORD]}"))
}
complete -o default -F _rdpwhy rdpwhy
