# remedy: xrdp-tls-protocols
# for: tls-no-common
# where: server
# system: xrdp
# order: 20
# with: server xrdp
# risk: outage
# title: let xrdp speak TLS 1.2 and 1.3 with ordinary ciphers
# why: ssl_protocols with old versions only, or tls_ciphers with suites no client offers, leaves client and server without
#    a common TLS. TLS 1.0 and 1.1 are not brought back.
# when: ssl_protocols lacks TLSv1.2 or TLSv1.3, or tls_ciphers is set to something of its own
# needs: root
# saves: xrdp.ini with mode and owner, in /var/lib/rdpwhy/xrdp-tls-protocols
# reverts: undo brings the old xrdp.ini back and restarts xrdp
# restarts: xrdp; whoever is connected is cut off and can connect again to the same session
# source: rdpwhy
# asks: config | path | /etc/xrdp/xrdp.ini | xrdp's settings file
#: setup
tls_look() {
    xrdp_here
    tls_protocols=$(ini_get ssl_protocols)
    tls_ciphers=$(ini_get tls_ciphers)
    tls_wrong=''
    say "ssl_protocols is ${tls_protocols:-not set}, tls_ciphers is ${tls_ciphers:-not set}"
    case $tls_protocols in '' | *TLSv1.2*) ;; *) tls_wrong="ssl_protocols without TLSv1.2" ;; esac
    case $tls_ciphers in '' | HIGH) ;; *) tls_wrong="$tls_wrong tls_ciphers of its own" ;; esac
}
#: look
xrdp_runs
tls_look
[ -n "$tls_wrong" ] || nothing "TLS 1.2 and ordinary ciphers are allowed"
ok "ssl_protocols=TLSv1.2, TLSv1.3 and tls_ciphers=HIGH would be set in $ask_config"
#: apply
xrdp_runs
tls_look
[ -n "$tls_wrong" ] || nothing "TLS 1.2 and ordinary ciphers are allowed"
save_begin
server_keep
case $tls_protocols in '' | *TLSv1.2*) ;; *) ini_set ssl_protocols 'TLSv1.2, TLSv1.3' ;; esac
case $tls_ciphers in '' | HIGH) ;; *) ini_set tls_ciphers HIGH ;; esac
server_restart || die "xrdp does not listen after its restart"
ok "xrdp speaks TLS 1.2 and 1.3"
#: undo
undo_all
#: verify
tls_look
[ -z "$tls_wrong" ] || die "still wrong: $tls_wrong"
listening "$(server_port)" || die "xrdp does not listen on port $(server_port)"
ok "TLS 1.2 and ordinary ciphers are allowed, and xrdp listens on port $(server_port)"
