# The server's process: finding it, restarting it, and how it was before. The remedy's own parts give server_program,
# server_unit, server_pidfile, server_is_it PID (is this the one that is meant?), server_is_standard (is it the one that
# systemd or the init script starts?) and server_port (prints where it should listen).
listening() { [ -n "$(listening_socket "$1")" ]; }
# Prints the inode of a socket that listens on the port.
listening_socket() {
    cat /proc/net/tcp /proc/net/tcp6 2>/dev/null |
        awk -v port=":$(printf '%04X' "$1")" '$4 == "0A" && substr($2, length($2) - 4) == port && !seen { print seen = $10 }'
}
# Sets server_pid (empty: it does not run) and server_manager (systemd, init, process).
server_find() {
    server_pid='' server_manager=process
    server_world=$(readlink /proc/$$/ns/pid)
    # shellcheck disable=SC2012 # one process instead of one per process; the names are digits
    for server_candidate in $(ls -l /proc/[0-9]*/exe 2>/dev/null |
        awk -v end="/$server_program" '{
            sub(/ \(deleted\)$/, "")
            if (substr($NF, length($NF) - length(end) + 1) == end && match($0, /\/proc\/[0-9]+\/exe/))
                print substr($0, RSTART + 6, RLENGTH - 10)
        }'); do
        # not another container's, and not the child that serves one connection
        [ "$(readlink "/proc/$server_candidate/ns/pid")" = "$server_world" ] || continue
        server_parent=$(awk '$1 == "PPid:" { print $2 }' "/proc/$server_candidate/status" 2>/dev/null)
        case $(readlink "/proc/$server_parent/exe") in */"$server_program") continue ;; esac
        server_is_it "$server_candidate" || continue
        server_pid=$server_candidate
        break
    done
    if [ -d /run/systemd/system ] && systemctl cat "$server_unit.service" >/dev/null 2>&1; then
        if [ -n "$server_pid" ]; then
            grep -q "/$server_unit\.service\$" "/proc/$server_pid/cgroup" && server_manager=systemd
        elif server_is_standard; then
            server_manager=systemd
        fi
    elif [ -z "$server_pid" ] && [ -x "/etc/init.d/$server_unit" ] && server_is_standard; then
        server_manager=init
    fi
}
# After save_begin and before the first change: how it runs now, so that undo can bring just that back.
server_keep() {
    server_find
    mkdir -- "$rdpwhy_state/server" || die "cannot save the state of the service"
    echo "$server_manager" >"$rdpwhy_state/server/manager"
    if [ -z "$server_pid" ]; then
        echo stopped >"$rdpwhy_state/server/was"
        return
    fi
    if [ "$server_manager" = process ]; then
        server_copy || die "cannot see how process $server_pid was started, so it cannot be restarted; run this as root"
    fi
    echo running >"$rdpwhy_state/server/was"
}
server_copy() {
    server_saved=$rdpwhy_state/server/process
    mkdir -- "$server_saved" || return 1
    cat "/proc/$server_pid/environ" >"$server_saved/environ" && cat "/proc/$server_pid/cmdline" >"$server_saved/cmdline" &&
        [ -s "$server_saved/cmdline" ] || return 1
    readlink "/proc/$server_pid/cwd" >"$server_saved/folder"
    readlink "/proc/$server_pid/fd/1" >"$server_saved/output"
    awk '$1 == "Uid:" { print $2 }' "/proc/$server_pid/status" >"$server_saved/uid"
    awk '$1 == "Gid:" { print $2 }' "/proc/$server_pid/status" >"$server_saved/gid"
    if [ "$(cat "$server_saved/uid")" != "$(id -u)" ]; then command -v setpriv >/dev/null 2>&1 || return 1; fi
}
# What it starts lives on: it must hold none of our streams.
server_quietly() { (trap - PIPE; "$@" </dev/null >>"$rdpwhy_state/server/log" 2>&1 8>&- 9>&-); }
server_stop() {
    case $server_manager in
    systemd) server_quietly systemctl stop "$server_unit" ;;
    *)
        kill "$server_pid" 2>/dev/null
        server_tries=0
        while alive "$server_pid"; do
            server_tries=$((server_tries + 1))
            [ "$server_tries" != 100 ] || kill -9 "$server_pid" 2>/dev/null
            [ "$server_tries" -le 150 ] || return 1
            sleep 0.1 2>/dev/null || sleep 1
        done
        # xrdp leaves it behind and then believes that it runs already
        if [ "$(cat "$server_pidfile" 2>/dev/null)" = "$server_pid" ]; then rm -f -- "$server_pidfile"; fi
        ;;
    esac
}
# The same program with the same words, environment, folder and user as before.
server_start_copy() {
    server_saved=$rdpwhy_state/server/process
    [ -s "$server_saved/cmdline" ] || return 1
    server_output=$(cat "$server_saved/output")
    [ -f "$server_output" ] || server_output=/dev/null
    server_as=''
    if [ "$(cat "$server_saved/uid")" != "$(id -u)" ]; then
        server_as="setpriv --reuid=$(cat "$server_saved/uid") --regid=$(cat "$server_saved/gid") --init-groups"
    fi
    # shellcheck disable=SC2016,SC2086 # the inner shell's own $@; words that are meant to be split
    (
        trap - PIPE
        umask 022
        cd -- "$(cat "$server_saved/folder")" 2>/dev/null || cd /
        cat "$server_saved/environ" "$server_saved/cmdline" |
            xargs -0 -x sh -c '"$@" </dev/null &' sh setsid $server_as env -i
    ) >>"$server_output" 2>&1 8>&- 9>&-
}
server_start() {
    case $server_manager in
    systemd) server_quietly systemctl start "$server_unit" ;;
    init) server_quietly "/etc/init.d/$server_unit" start ;;
    *) server_start_copy ;;
    esac
}
# Where it should listen, it does; words are said by the caller. xrdp listens once to try, closes, goes to the background
# and listens for good: only a socket that is seen twice counts.
server_wait() {
    server_tries=0 server_socket=''
    while server_last=$server_socket server_socket=$(listening_socket "$(server_port)") &&
        { [ -z "$server_socket" ] || [ "$server_socket" != "$server_last" ]; }; do
        server_tries=$((server_tries + 1))
        [ "$server_tries" -le 150 ] || return 1
        sleep 0.1 2>/dev/null || sleep 1
    done
}
server_restart() {
    server_find
    if [ -n "$server_pid" ] && [ "$server_manager" = systemd ]; then
        server_quietly systemctl restart "$server_unit" || return 1
    else
        if [ -n "$server_pid" ]; then
            rm -rf -- "$rdpwhy_state/server/process"
            server_copy && server_stop || return 1
        fi
        server_start || return 1
    fi
    server_wait
}
# For undo: running if it was running, else stopped.
server_return() {
    if [ "$(cat "$rdpwhy_state/server/was")" = running ]; then
        server_restart && say "restarted: $server_unit"
        return
    fi
    if [ -f "$rdpwhy_state/server/enabled" ]; then server_quietly systemctl disable "$server_unit"; fi
    server_find
    [ -z "$server_pid" ] || { server_stop && say "stopped again: $server_unit"; }
}
server_words() {
    server_find
    if [ -n "$server_pid" ]; then
        say "$server_unit runs (process $server_pid, restarted by $server_manager)"
    else
        say "$server_unit does not run"
    fi
}
