# remedy: xrdp-sessions
# for: session-limit
# where: server
# system: xrdp
# order: 20
# risk: low
# title: let xrdp's session manager keep more sessions
# why: sesman.ini allows so many sessions at once (MaxSessions), and refuses the next one. Look first whether old,
#    disconnected sessions can be ended instead.
# when: as many sessions exist as MaxSessions allows
# needs: root
# saves: sesman.ini with mode and owner, in /var/lib/rdpwhy/xrdp-sessions
# reverts: undo brings the old sesman.ini back
# restarts: nothing by itself; xrdp-sesman reads its settings at its next start, which this repair leaves to you because it
#    may end the sessions that are open
# source: rdpwhy
# asks: config | path | /etc/xrdp/sesman.ini | the session manager's settings file
# asks: sessions | number | 100 | how many sessions at once
#: setup
sessions_look() {
    [ -r "$ask_config" ] || die "$ask_config is not there or not readable: run this as root"
    sessions_is=$(awk -F= '!/^[ ]*[#;]/ && tolower($1) ~ /^[ ]*maxsessions[ ]*$/ { gsub(/[ \r]/, "", $2); print $2; exit }' "$ask_config")
    say "MaxSessions is ${sessions_is:-not set}"
}
sessions_enough() { [ -z "$sessions_is" ] || [ "$sessions_is" = 0 ] || [ "$sessions_is" -ge "$ask_sessions" ]; }
#: look
sessions_look
sessions_enough && nothing "MaxSessions does not stand in the way of $ask_sessions sessions"
ok "MaxSessions=$ask_sessions would be set in $ask_config"
#: apply
sessions_look
sessions_enough && nothing "MaxSessions does not stand in the way of $ask_sessions sessions"
save_begin
keep "$ask_config"
sessions_new=$ask_config.rdpwhy-new
cp -pP -- "$ask_config" "$sessions_new" || die "cannot write beside $ask_config"
awk -F= -v want="$ask_sessions" '
    !/^[ ]*[#;]/ && tolower($1) ~ /^[ ]*maxsessions[ ]*$/ { print $1 "=" want; next }
    { print }' "$ask_config" >"$sessions_new" || die "cannot write beside $ask_config"
mv -f -- "$sessions_new" "$ask_config" || die "cannot replace $ask_config"
ok "MaxSessions=$ask_sessions; restart xrdp-sesman when nobody is logged on"
#: undo
undo_all
#: verify
sessions_look
sessions_enough || die "MaxSessions is still $sessions_is"
ok "MaxSessions is $sessions_is; restart xrdp-sesman when nobody is logged on"
