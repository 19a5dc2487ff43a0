# remedy: xrdp-start
# for: termservice-stopped rdp-disabled listener-missing
# where: server
# system: xrdp
# order: 10
# with: server xrdp
# risk: low
# title: start xrdp, and let it start with the machine
# why: nothing listens because xrdp does not run.
# when: look says that xrdp does not run
# needs: root, and systemd or xrdp's init script
# saves: that it did not run, and whether it was enabled, in /var/lib/rdpwhy/xrdp-start
# reverts: undo stops xrdp, and disables it if it was disabled
# restarts: nothing
# source: rdpwhy
# asks: config | path | /etc/xrdp/xrdp.ini | xrdp's settings file
#: look
xrdp_here
server_words
[ -z "$server_pid" ] || nothing "xrdp runs"
[ "$server_manager" != process ] || die "neither systemd nor an init script knows how to start xrdp here"
ok "xrdp would be started by $server_manager"
#: apply
xrdp_here
server_find
[ -z "$server_pid" ] || nothing "xrdp runs"
[ "$server_manager" != process ] || die "neither systemd nor an init script knows how to start xrdp here"
save_begin
server_keep
if [ "$server_manager" = systemd ] && ! systemctl is-enabled --quiet "$server_unit"; then
    : >"$rdpwhy_state/server/enabled"
    server_quietly systemctl enable "$server_unit" || die "systemctl enable $server_unit failed"
    say "enabled: $server_unit"
fi
server_start || die "xrdp did not start: $(tail -n 3 "$rdpwhy_state/server/log" 2>/dev/null)"
server_wait || die "xrdp does not listen on port $(server_port)"
ok "xrdp was started"
#: undo
undo_all
#: verify
xrdp_here
server_words
[ -n "$server_pid" ] || die "xrdp does not run"
listening "$(server_port)" || die "xrdp does not listen on port $(server_port)"
ok "xrdp runs and listens on port $(server_port)"
