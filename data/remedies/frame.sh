# What stands round the sections of a sh remedy, and what they share: saving, putting back, and the dead-man timer.
# docs/add-a-remedy.md says what it gives them.
#: begin
set -u
umask 077
LC_ALL=C
PATH=${PATH:-/usr/bin:/bin}:/usr/local/sbin:/usr/sbin:/sbin
export LC_ALL PATH
rdpwhy_status=0 rdpwhy_words='' rdpwhy_wait=0
# Whoever listens may go away at any moment; that must not end us half-way.
trap '' PIPE
if [ "$(id -u)" = 0 ]; then
    rdpwhy_root=/var/lib/rdpwhy
else
    rdpwhy_root=${XDG_STATE_HOME:-${HOME:-/nonexistent}/.local/state}/rdpwhy
fi
rdpwhy_state=$rdpwhy_root/$rdpwhy_remedy

# How a section ends. They leave the section, not the script.
say() { printf '%s\n' "$*"; }
ok() { printf '%s\n' "$*" >&8; exit 0; }
nothing() { printf '%s\n' "$*" >&8; exit 3; }
die() { printf '%s\n' "$*" >&8; exit 1; }

there() { [ -e "$1" ] || [ -L "$1" ]; }
# Kind, mode, owner, group and content of a file, in one line.
describe() {
    there "$1" || { echo absent; return; }
    # shellcheck disable=SC2012 # only the columns before the name are read
    ls -ldn -- "$1" | awk '{ printf "%s %s %s ", $1, $3, $4 }'
    if [ -L "$1" ]; then readlink -- "$1"; else cksum <"$1"; fi
}

# Made by us, and nobody else may write there: what it says is what we saved.
mine() {
    # shellcheck disable=SC2012 # only the columns before the name are read
    [ ! -L "$1" ] && [ "$(ls -ldn -- "$1" | awk '{ print substr($1, 6, 1) substr($1, 9, 1) $3 }')" = "--$(id -u)" ]
}
alive() {
    kill -0 "$1" 2>/dev/null && [ "$(awk '$1 == "State:" { print $2 }' "/proc/$1/status" 2>/dev/null)" != Z ]
}
# When a process began: a number that belongs to another one now has another.
began() { sed 's/.*) //' "/proc/$1/stat" 2>/dev/null | cut -d' ' -f20; }
# One at a time. A lock whose holder is gone counts as none.
take_lock() {
    [ -w "$rdpwhy_root" ] || return 1
    rdpwhy_tries=0
    until mkdir -- "$rdpwhy_state.lock" 2>/dev/null; do
        rdpwhy_holder=$(cat -- "$rdpwhy_state.lock/pid" 2>/dev/null)
        # A holder that was ended before it could sign has none.
        if { [ -n "$rdpwhy_holder" ] && ! alive "$rdpwhy_holder"; } || { [ -z "$rdpwhy_holder" ] && [ "$rdpwhy_tries" -ge 10 ]; }; then
            rm -rf -- "$rdpwhy_state.lock"
            continue
        fi
        rdpwhy_tries=$((rdpwhy_tries + 1))
        [ "$rdpwhy_tries" -le 60 ] || return 1
        sleep 1
    done
    echo $$ >"$rdpwhy_state.lock/pid"
}
drop_lock() { [ "$(cat -- "$rdpwhy_state.lock/pid" 2>/dev/null)" != $$ ] || rm -rf -- "$rdpwhy_state.lock"; }

# What becomes of the change is decided once, by whoever makes this folder first: well, undo, failed, deadman.
decide() { mkdir -- "$rdpwhy_state/decided" 2>/dev/null && echo "$1" >"$rdpwhy_state/decided/by"; }
decided() { cat -- "$rdpwhy_state/decided/by" 2>/dev/null; }

# The saved state gets another name and stays; a second undo finds nothing to do.
close_state() {
    rdpwhy_name=$rdpwhy_state.$1-$(date -u +%Y%m%d-%H%M%S)
    while there "$rdpwhy_name"; do rdpwhy_name=$rdpwhy_name+; done
    mv -- "$rdpwhy_state" "$rdpwhy_name"
}

# Before the first change. With a dead-man timer (seconds as the script's argument) everything is put back unless
# somebody says in time that all is well.
save_begin() {
    mkdir -p -- "$rdpwhy_root" 2>/dev/null || die "cannot make $rdpwhy_root: run this as root"
    mine "$rdpwhy_root" || die "$rdpwhy_root was made by somebody else; look into it, then remove it"
    take_lock || die "another run of this repair is under way ($rdpwhy_state.lock)"
    if [ -d "$rdpwhy_state" ]; then
        [ "$(decided)" = well ] || die "an earlier run of this repair was neither confirmed nor undone; undo it first"
        close_state kept
    fi
    mkdir -- "$rdpwhy_state" || die "cannot make $rdpwhy_state"
    date -u '+%Y-%m-%d %H:%M:%S UTC' >"$rdpwhy_state/made"
    began $$ >"$rdpwhy_state/began"
    echo $$ >"$rdpwhy_state/applying"
    [ "$rdpwhy_wait" = 0 ] || arm
    say "saved in $rdpwhy_state"
}
# A file before it is changed: content, mode, owner, or that it is not there. Only the first time counts.
keep() {
    case $1 in /*) ;; *) die "not an absolute path: $1" ;; esac
    rdpwhy_n=1
    while [ -d "$rdpwhy_state/file.$rdpwhy_n" ]; do
        [ "$(cat -- "$rdpwhy_state/file.$rdpwhy_n/path")" != "$1" ] || return 0
        rdpwhy_n=$((rdpwhy_n + 1))
    done
    rdpwhy_new=$rdpwhy_state/new
    rm -rf -- "$rdpwhy_new"
    mkdir -- "$rdpwhy_new" || die "cannot save $1"
    printf '%s\n' "$1" >"$rdpwhy_new/path"
    if there "$1"; then
        [ -L "$1" ] || [ -f "$1" ] || die "$1 is not a file"
        cp -pRP -- "$1" "$rdpwhy_new/was" || die "cannot save $1"
        [ "$(describe "$1")" = "$(describe "$rdpwhy_new/was")" ] || die "cannot save $1 with its mode and owner"
    fi
    mv -- "$rdpwhy_new" "$rdpwhy_state/file.$rdpwhy_n" || die "cannot save $1"
}
# A user joins a group, and leaves it again on undo.
join_group() {
    printf '%s %s\n' "$1" "$2" >>"$rdpwhy_state/groups"
    if command -v gpasswd >/dev/null 2>&1; then gpasswd -a "$1" "$2" >/dev/null 2>&1; else usermod -aG "$2" "$1"; fi
}

put_back_file() {
    rdpwhy_path=$(cat -- "$1/path")
    if there "$1/was"; then
        [ "$(describe "$rdpwhy_path")" != "$(describe "$1/was")" ] || return 0
    else
        there "$rdpwhy_path" || return 0
    fi
    # What stands there now may be somebody's later work: it stays beside what was saved.
    if there "$rdpwhy_path"; then cp -pRP -- "$rdpwhy_path" "$1/replaced" || return 1; fi
    if there "$1/was"; then
        cp -pRP -- "$1/was" "$rdpwhy_path.rdpwhy-new" && mv -f -- "$rdpwhy_path.rdpwhy-new" "$rdpwhy_path" || return 1
        command -v restorecon >/dev/null 2>&1 && restorecon -- "$rdpwhy_path" 2>/dev/null
        [ "$(describe "$rdpwhy_path")" = "$(describe "$1/was")" ] || return 1
    else
        rm -f -- "$rdpwhy_path" || return 1
    fi
    say "put back: $rdpwhy_path"
    [ ! -f "$1/after" ] || [ ! -e "$1/replaced" ] || [ "$(cat -- "$1/after")" = "$(describe "$1/replaced")" ] ||
        say "it had been changed since the repair; what stood there is kept beside what was saved"
}
put_back() {
    rdpwhy_bad=''
    for rdpwhy_file in "$rdpwhy_state"/file.*; do
        [ -d "$rdpwhy_file" ] || continue
        put_back_file "$rdpwhy_file" || rdpwhy_bad="$rdpwhy_bad $(cat -- "$rdpwhy_file/path")"
    done
    if [ -f "$rdpwhy_state/groups" ]; then
        while read -r rdpwhy_user rdpwhy_group; do
            case " $(id -nG "$rdpwhy_user") " in *" $rdpwhy_group "*) ;; *) continue ;; esac
            gpasswd -d "$rdpwhy_user" "$rdpwhy_group" >/dev/null 2>&1 || rdpwhy_bad="$rdpwhy_bad group:$rdpwhy_group"
        done <"$rdpwhy_state/groups"
    fi
    # what a repair changed that is no file
    if command -v remedy_return >/dev/null 2>&1; then
        remedy_return || rdpwhy_bad="$rdpwhy_bad settings"
    fi
    if [ -d "$rdpwhy_state/server" ]; then
        server_return || rdpwhy_bad="$rdpwhy_bad service"
    fi
    [ -z "$rdpwhy_bad" ]
}
# The body of every undo.
undo_all() {
    [ -d "$rdpwhy_state" ] || nothing "no saved state in $rdpwhy_state: not applied here, or put back already"
    mine "$rdpwhy_state" || die "$rdpwhy_state was made by somebody else; nothing is taken from it"
    # The lock first: should whoever holds it hang, the timer must still be free to fire.
    take_lock || die "another run of this repair is under way ($rdpwhy_state.lock)"
    [ -d "$rdpwhy_state" ] || nothing "it was put back already"
    decide undo
    rdpwhy_made=$(cat -- "$rdpwhy_state/made")
    put_back || die "not put back:$rdpwhy_bad; what was saved is in $rdpwhy_state"
    close_state undone
    ok "everything is again as it was at $rdpwhy_made"
}

arm() {
    [ -f "$0" ] || die "the dead-man timer needs the script as a file"
    cp -- "$0" "$rdpwhy_state/script" || die "cannot keep the script"
    rdpwhy_runner='nohup'
    if command -v setsid >/dev/null 2>&1; then rdpwhy_runner='setsid'; fi
    "$rdpwhy_runner" sh "$rdpwhy_state/script" deadman "$rdpwhy_wait" \
        </dev/null >"$rdpwhy_state/deadman.log" 2>&1 8>&- 9>&- &
    rdpwhy_tries=0
    until [ -s "$rdpwhy_state/deadman" ]; do
        rdpwhy_tries=$((rdpwhy_tries + 1))
        [ "$rdpwhy_tries" -le 50 ] || die "the dead-man timer did not start; nothing was changed"
        sleep 0.1 2>/dev/null || sleep 1
    done
    say "unless confirmed within $rdpwhy_wait s, this machine puts everything back by itself"
}
# The processes below one, but not this one and what is below it.
descendants() {
    cat /proc/[0-9]*/status 2>/dev/null | awk -v root="$1" -v self=$$ '
        $1 == "Pid:" { pid = $2 }
        $1 == "PPid:" { parent[pid] = $2 }
        END {
            below[root] = 1
            do {
                more = 0
                for (p in parent)
                    if (p != self && !(p in below) && (parent[p] in below)) { below[p] = 1; more = 1; print p }
            } while (more)
        }'
}
dead_man() {
    trap '' HUP
    echo $$ >"$rdpwhy_state/deadman"
    rdpwhy_left=$1
    while [ "$rdpwhy_left" -gt 0 ]; do
        [ ! -d "$rdpwhy_state/decided" ] || exit 0
        sleep 1
        rdpwhy_left=$((rdpwhy_left - 1))
    done
    decide deadman || exit 0
    rdpwhy_holder=$(cat -- "$rdpwhy_state/applying" 2>/dev/null)
    # shellcheck disable=SC2046 # one word each
    [ -z "$rdpwhy_holder" ] || [ "$(began "$rdpwhy_holder")" != "$(cat -- "$rdpwhy_state/began")" ] || kill -9 "$rdpwhy_holder" $(descendants "$rdpwhy_holder") 2>/dev/null
    take_lock && [ -d "$rdpwhy_state" ] && put_back && close_state put-back
    drop_lock
    exit 0
}
confirm() {
    if [ -d "$rdpwhy_state" ] && { decide well || [ "$(decided)" = well ]; }; then
        rm -rf -- "$rdpwhy_state/server/process"
        say "RDPWHY RESULT ok: it stays; undo is saved in $rdpwhy_state"
        exit 0
    fi
    say "RDPWHY RESULT failed: too late, it was put back already"
    exit 1
}
# SECONDS, "deadman SECONDS" or "confirm" after the script's name.
rdpwhy_arguments() {
    case ${1:-} in
    '') ;;
    deadman) dead_man "$2" ;;
    confirm) confirm ;;
    *[!0-9]*) say "RDPWHY RESULT failed: what is $1?"; exit 1 ;;
    *) rdpwhy_wait=$1 ;;
    esac
}
# Half a repair is none: what apply began and could not end is put back at once.
rdpwhy_after() {
    if [ "$rdpwhy_part" = apply ] && [ "$rdpwhy_status" = 1 ] && [ "$(cat -- "$rdpwhy_state/applying" 2>/dev/null)" = $$ ]; then
        if decide failed; then
            if put_back; then
                close_state failed
                rdpwhy_words="$rdpwhy_words; everything was put back"
            else
                rdpwhy_status=2
                rdpwhy_words="$rdpwhy_words; NOT put back:$rdpwhy_bad; what was saved is in $rdpwhy_state"
            fi
        fi
    fi
    if [ "$rdpwhy_part" = apply ] && [ "$rdpwhy_status" = 0 ]; then
        for rdpwhy_file in "$rdpwhy_state"/file.*; do
            [ ! -d "$rdpwhy_file" ] || describe "$(cat -- "$rdpwhy_file/path")" >"$rdpwhy_file/after"
        done
    fi
    [ ! -d "$rdpwhy_state" ] || rm -f -- "$rdpwhy_state/applying"
    [ "$rdpwhy_part" = look ] || [ "$rdpwhy_part" = verify ] || drop_lock
}
rdpwhy_run() {
    { rdpwhy_words=$(rdpwhy_section 8>&1 >&9 2>&9 </dev/null); } 9>&1
    rdpwhy_status=$?
    case $rdpwhy_status in 0 | 3) ;; *) rdpwhy_status=1 ;; esac
}
#: open
rdpwhy_arguments "$@"
rdpwhy_section() {
#: close
}
[ "$rdpwhy_status" != 0 ] || rdpwhy_run
#: end
rdpwhy_after
case $rdpwhy_status in
0) say "RDPWHY RESULT ok: $rdpwhy_words" ;;
3) say "RDPWHY RESULT nothing-to-do: $rdpwhy_words" ;;
*) say "RDPWHY RESULT failed: ${rdpwhy_words:-the script came to no result}" ;;
esac
exit "$rdpwhy_status"
