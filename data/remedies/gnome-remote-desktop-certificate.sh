# remedy: gnome-remote-desktop-certificate
# for: cert-expired cert-renew-failed cert-weak rdp-key-unreadable cert-missing
# where: server
# system: gnome-remote-desktop
# order: 10
# risk: outage
# title: give GNOME's remote desktop a new certificate and key
# why: gnome-remote-desktop uses the pair it was once told, and does not renew it.
# when: look shows an expired certificate, or that certificate and key do not belong together
# needs: the user whose desktop is shared, and the programs grdctl and openssl
# saves: the paths that were set; the old files stay where they are
# reverts: undo sets the old paths again
# restarts: nothing; new connections use the new certificate
# unconfirmed: not yet run against a real gnome-remote-desktop
# source: rdpwhy
#: setup
grd_folder=${XDG_DATA_HOME:-${HOME:-/nonexistent}/.local/share}/gnome-remote-desktop
grd_look() {
    command -v grdctl >/dev/null 2>&1 || die "grdctl is not installed here"
    command -v openssl >/dev/null 2>&1 || die "openssl is not installed here"
    grd_cert=$(grdctl status --show-credentials 2>/dev/null | awk -F': ' '/TLS certificate:/ { print $2; exit }')
    grd_key=$(grdctl status --show-credentials 2>/dev/null | awk -F': ' '/TLS key:/ { print $2; exit }')
    grd_wrong=''
    if [ -z "$grd_cert" ] || ! openssl x509 -in "$grd_cert" -noout 2>/dev/null; then
        grd_wrong="no certificate is set, or the file is none: $grd_cert"
    elif ! openssl x509 -in "$grd_cert" -noout -checkend 0 >/dev/null; then
        grd_wrong="the certificate has expired: $(openssl x509 -in "$grd_cert" -noout -enddate)"
    elif [ "$(openssl x509 -in "$grd_cert" -noout -pubkey)" != "$(openssl pkey -in "$grd_key" -pubout 2>/dev/null </dev/null)" ]; then
        grd_wrong="certificate and key do not belong together"
    fi
}
# For undo, and for an apply that ends half-way: the old paths, unless somebody set others since.
remedy_return() {
    [ -s "$rdpwhy_state/cert-path" ] || return 0
    grd_look
    if [ "$grd_key" = "$grd_folder/rdpwhy-tls.key" ]; then
        grdctl rdp set-tls-key "$(cat -- "$rdpwhy_state/key-path")" || return 1
    fi
    [ "$grd_cert" != "$grd_folder/rdpwhy-tls.crt" ] || grdctl rdp set-tls-cert "$(cat -- "$rdpwhy_state/cert-path")"
}
#: look
grd_look
[ -n "$grd_wrong" ] || nothing "certificate and key are all right"
say "$grd_wrong"
ok "a new pair would be made in $grd_folder and set with grdctl"
#: apply
grd_look
[ -n "$grd_wrong" ] || nothing "certificate and key are all right"
save_begin
printf '%s\n' "$grd_cert" >"$rdpwhy_state/cert-path"
printf '%s\n' "$grd_key" >"$rdpwhy_state/key-path"
mkdir -p -- "$grd_folder" || die "cannot make $grd_folder"
keep "$grd_folder/rdpwhy-tls.crt"
keep "$grd_folder/rdpwhy-tls.key"
openssl req -x509 -newkey rsa:2048 -nodes -sha256 -days 397 -subj /CN=gnome-remote-desktop \
    -keyout "$grd_folder/rdpwhy-tls.key" -out "$grd_folder/rdpwhy-tls.crt" 2>/dev/null </dev/null || die "openssl made no pair"
grdctl rdp set-tls-key "$grd_folder/rdpwhy-tls.key" || die "grdctl refused the key"
grdctl rdp set-tls-cert "$grd_folder/rdpwhy-tls.crt" || die "grdctl refused the certificate"
ok "the new pair is set"
#: undo
undo_all
#: verify
grd_look
[ -z "$grd_wrong" ] || die "$grd_wrong"
ok "certificate and key belong together"
