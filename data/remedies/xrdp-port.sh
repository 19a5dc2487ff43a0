# remedy: xrdp-port
# for: port-moved listener-missing
# where: server
# system: xrdp
# order: 20
# with: server xrdp
# risk: outage
# title: let xrdp listen on the port that is wanted
# why: xrdp listens where xrdp.ini says; a changed port, or an address that no interface has, leaves clients before a
#    closed door.
# when: the port of xrdp.ini is not the one the clients use
# needs: root
# saves: xrdp.ini with mode and owner, in /var/lib/rdpwhy/xrdp-port
# reverts: undo brings the old xrdp.ini back and restarts xrdp
# restarts: xrdp; whoever is connected is cut off and can connect again to the same session
# source: rdpwhy
# asks: config | path | /etc/xrdp/xrdp.ini | xrdp's settings file
# asks: port | port | 3389 | the port the clients use
#: setup
# The addresses with the port of the first TCP one changed.
port_wanted() {
    port_list='' port_done=no
    for port_item in $(ini_get port); do
        case $port_done:$port_item in
        no:tcp*:*) port_item=${port_item%:*}:$ask_port port_done=yes ;;
        no:*[!0-9]*) ;;
        no:*) port_item=$ask_port port_done=yes ;;
        esac
        port_list="$port_list${port_list:+ }$port_item"
    done
    [ "$port_done" = yes ] || port_list="$ask_port${port_list:+ }$port_list"
    say "$port_list"
}
port_look() {
    xrdp_here
    server_words
    say "xrdp.ini says port=$(ini_get port)"
}
#: look
xrdp_runs
port_look
[ "$(server_port)" != "$ask_port" ] || nothing "xrdp is set to port $ask_port already"
! listening "$ask_port" || die "something else listens on port $ask_port; see which with: ss -ltnp"
ok "port=$(port_wanted) would be set in $ask_config"
#: apply
xrdp_runs
port_look
[ "$(server_port)" != "$ask_port" ] || nothing "xrdp is set to port $ask_port already"
! listening "$ask_port" || die "something else listens on port $ask_port; see which with: ss -ltnp"
save_begin
server_keep
ini_set port "$(port_wanted)"
server_restart || die "xrdp does not listen after its restart"
ok "xrdp is set to port $ask_port"
#: undo
undo_all
#: verify
port_look
[ "$(server_port)" = "$ask_port" ] || die "xrdp.ini names port $(server_port)"
listening "$ask_port" || die "nothing listens on port $ask_port"
ok "xrdp listens on port $ask_port"
