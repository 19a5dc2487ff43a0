# remedy: freerdp-certificate
# for: cert-expired cert-renew-failed cert-weak rdp-key-unreadable cert-missing
# where: server
# system: freerdp
# order: 10
# with: server
# risk: outage
# title: let freerdp-shadow-cli make itself a new certificate and key
# why: FreeRDP's shadow server makes its pair once, at its first start, in freerdp/shadow below the configuration folder,
#    and takes what it finds from then on: an expired, broken or mismatched pair stays.
# when: look says that the certificate is expired or that certificate and key do not belong together
# needs: the user who runs the shadow server (or root), and the program openssl
# saves: shadow.crt and shadow.key with mode and owner, in the saved state of this repair
# reverts: undo brings the old pair back and restarts the shadow server
# restarts: the shadow server; whoever is connected is cut off
# source: freerdp-source rdpwhy
# asks: port | port | 3389 | the port the shadow server listens on
#: setup
server_program=freerdp-shadow-cli server_unit=freerdp-shadow-cli server_pidfile=/nonexistent
[ "$ask_port" = 3389 ] || rdpwhy_state=$rdpwhy_state.$ask_port
server_is_standard() { false; }
server_port() { say "$ask_port"; }
server_is_it() {
    shadow_port=$(tr '\0' '\n' <"/proc/$1/cmdline" | awk '/^.port:/ { print substr($0, 7) }')
    [ "${shadow_port:-3389}" = "$ask_port" ]
}
# Where its pair lies is told by the environment it was started with.
shadow_variable() {
    tr '\0' '\n' <"/proc/$server_pid/environ" | awk -v name="$1=" 'index($0, name) == 1 { print substr($0, length(name) + 1); exit }'
}
shadow_look() {
    command -v openssl >/dev/null 2>&1 || die "openssl is not installed here"
    server_find
    [ -n "$server_pid" ] || die "no freerdp-shadow-cli runs on port $ask_port: start it as you did before"
    [ -r "/proc/$server_pid/environ" ] || die "freerdp-shadow-cli belongs to another user: run this as that user or as root"
    shadow_folder=$(shadow_variable XDG_CONFIG_HOME)
    [ -n "$shadow_folder" ] || shadow_folder=$(shadow_variable HOME)/.config
    shadow_cert=$shadow_folder/freerdp/shadow/shadow.crt shadow_key=$shadow_folder/freerdp/shadow/shadow.key
    shadow_wrong=''
    if ! openssl x509 -in "$shadow_cert" -noout 2>/dev/null; then
        shadow_wrong="$shadow_cert holds no certificate"
    elif ! openssl x509 -in "$shadow_cert" -noout -checkend 0 >/dev/null; then
        shadow_wrong="the certificate has expired: $(openssl x509 -in "$shadow_cert" -noout -enddate)"
    elif [ "$(openssl x509 -in "$shadow_cert" -noout -pubkey)" != "$(openssl pkey -in "$shadow_key" -pubout 2>/dev/null </dev/null)" ]; then
        shadow_wrong="certificate and key do not belong together"
    elif openssl x509 -in "$shadow_cert" -noout -text | grep -q 'Public-Key: (\(512\|768\|1024\) bit)'; then
        shadow_wrong="the key is too short"
    fi
}
#: look
shadow_look
[ -n "$shadow_wrong" ] || nothing "certificate and key are all right"
say "$shadow_wrong"
ok "$shadow_cert and $shadow_key would be moved away; the server makes new ones at its restart"
#: apply
shadow_look
[ -n "$shadow_wrong" ] || nothing "certificate and key are all right"
save_begin
server_keep
keep "$shadow_cert"
keep "$shadow_key"
rm -f -- "$shadow_cert" "$shadow_key" || die "cannot remove the old pair"
server_restart || die "the shadow server does not listen after its restart"
ok "the shadow server made itself a new pair"
#: undo
undo_all
#: verify
shadow_look
[ -z "$shadow_wrong" ] || die "$shadow_wrong"
listening "$ask_port" || die "nothing listens on port $ask_port"
ok "certificate and key belong together, and the shadow server listens on port $ask_port"
