# remedy: xrdp-security-layer
# for: security-layer-mismatch client-lacks-tls
# where: server
# system: xrdp
# order: 30
# with: server xrdp
# risk: outage
# title: let xrdp negotiate its security again
# why: security_layer=rdp forbids TLS, and today's clients refuse that; security_layer=tls shuts out clients that offer no
#    TLS. negotiate is what xrdp ships with, and takes TLS wherever the client can.
# when: xrdp.ini has a security_layer other than negotiate
# needs: root
# saves: xrdp.ini with mode and owner, in /var/lib/rdpwhy/xrdp-security-layer
# reverts: undo brings the old xrdp.ini back and restarts xrdp
# restarts: xrdp; whoever is connected is cut off and can connect again to the same session
# source: rdpwhy
# asks: config | path | /etc/xrdp/xrdp.ini | xrdp's settings file
#: setup
layer_look() {
    xrdp_here
    layer_is=$(ini_get security_layer)
    say "security_layer is ${layer_is:-not set}"
}
#: look
xrdp_runs
layer_look
[ "$layer_is" != negotiate ] || nothing "xrdp negotiates already"
ok "security_layer=negotiate would be set in $ask_config"
#: apply
xrdp_runs
layer_look
[ "$layer_is" != negotiate ] || nothing "xrdp negotiates already"
save_begin
server_keep
ini_set security_layer negotiate
server_restart || die "xrdp does not listen after its restart"
ok "xrdp negotiates"
#: undo
undo_all
#: verify
layer_look
[ "$layer_is" = negotiate ] || die "security_layer is not negotiate"
listening "$(server_port)" || die "xrdp does not listen on port $(server_port)"
ok "xrdp negotiates and listens on port $(server_port)"
