# What stands round the sections of a POSIX sh remedy. docs/add-a-remedy.md says what it gives them.
#: begin
set -u
rdpwhy_result=''
rdpwhy_state=/var/lib/rdpwhy/$rdpwhy_remedy
# The last line of the output: ok, failed or nothing-to-do, and why. "complete failed words; return" leaves a section.
complete() { rdpwhy_result="$1: $2"; }
#: open
rdpwhy_section() {
#: close
}
case $rdpwhy_result in
    '' | 'ok: '*) rdpwhy_result=''; rdpwhy_section ;;
esac
#: end
[ -n "$rdpwhy_result" ] || complete failed 'the script came to no result'
printf 'RDPWHY RESULT %s\n' "$rdpwhy_result"
