# fish completion for rdpwhy: the program itself knows its words.
complete -c rdpwhy -a '(set -l words (commandline -opc); $words[1] __complete $words[2..-1] 2>/dev/null)'
