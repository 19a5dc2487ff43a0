# remedy: xrdp-key-access
# for: rdp-key-unreadable cert-missing security-layer-mismatch
# where: server
# system: xrdp
# order: 10
# with: server xrdp
# risk: outage
# title: let xrdp read its one key
# why: xrdp runs as a user of its own on Debian and Ubuntu. When that user cannot read the key file, xrdp offers no TLS or
#    breaks every TLS handshake off. Only the one key's group and mode are changed; a key that belongs to the group
#    ssl-cert stays as it is, and xrdp's user joins that group, as Debian's own xrdp.ini says.
# when: look says that the user xrdp runs as cannot read the key
# needs: root
# saves: the key file with its mode and owner, in /var/lib/rdpwhy/xrdp-key-access
# reverts: undo gives the key its mode and owner back, takes the user out of the group, and restarts xrdp
# restarts: xrdp; whoever is connected is cut off and can connect again to the same session
# source: rdpwhy
# asks: config | path | /etc/xrdp/xrdp.ini | xrdp's settings file
#: setup
key_look() {
    xrdp_here
    xrdp_account
    there "$xrdp_key" || die "the key $xrdp_key is not there: use the repair xrdp-certificate"
    key_file=$(readlink -f -- "$xrdp_key")
    [ -f "$key_file" ] || die "the key $xrdp_key leads nowhere: use the repair xrdp-certificate"
    say "xrdp runs as $xrdp_user; its key is $key_file ($(describe "$key_file" | cut -d' ' -f1-3))"
}
#: look
xrdp_runs
key_look
xrdp_reads "$xrdp_key" && nothing "$xrdp_user can read $xrdp_key"
ok "$xrdp_user cannot read $key_file: its group and mode would be changed (or $xrdp_user would join its group)"
#: apply
xrdp_runs
key_look
xrdp_reads "$xrdp_key" && nothing "$xrdp_user can read $xrdp_key"
save_begin
server_keep
keep "$key_file"
# shellcheck disable=SC2012 # only the columns before the name are read
key_group=$(ls -ld -- "$key_file" | awk '{ print $4 }')
# shellcheck disable=SC2012
key_mode=$(ls -ld -- "$key_file" | cut -c5)
if [ "$key_group" = ssl-cert ] && [ "$key_mode" = r ]; then
    join_group "$xrdp_user" ssl-cert || die "$xrdp_user could not join the group ssl-cert"
    say "$xrdp_user joined the group ssl-cert"
else
    if ! chgrp -- "$xrdp_group" "$key_file" || ! chmod u+r,g=r,o= -- "$key_file"; then die "cannot change $key_file"; fi
    say "$key_file: group $xrdp_group, which may read it"
fi
xrdp_reads "$xrdp_key" || die "$xrdp_user still cannot read $key_file (a folder above it?): use the repair xrdp-certificate"
server_restart || die "xrdp does not listen after its restart"
ok "$xrdp_user can read its key"
#: undo
undo_all
#: verify
key_look
xrdp_reads "$xrdp_key" || die "$xrdp_user cannot read $xrdp_key"
listening "$(server_port)" || die "xrdp does not listen on port $(server_port)"
ok "$xrdp_user can read its key, and xrdp listens on port $(server_port)"
