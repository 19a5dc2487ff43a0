# remedy: xrdp-certificate
# for: cert-expired cert-renew-failed cert-weak rdp-key-unreadable cert-missing cert-binding-wrong security-layer-mismatch
# where: server
# system: xrdp
# order: 20
# with: server xrdp
# risk: outage
# title: make xrdp a new certificate, and a new key only when the old one is of no use
# why: xrdp makes its self-signed certificate once, when it is installed, and never again. An expired one frightens
#    clients off; a key that is gone, too short (RSA below 2048 bits) or of another certificate makes TLS impossible. A
#    link to the machine's common certificate becomes a file of xrdp's own, so that no other service is touched.
# when: look says that the certificate is expired or that the key is of no use
# needs: root, and the program openssl
# saves: certificate and key with mode and owner, in /var/lib/rdpwhy/xrdp-certificate
# reverts: undo brings the old certificate and key back and restarts xrdp
# restarts: xrdp; whoever is connected is cut off and can connect again to the same session; clients are asked to accept
#    the new certificate
# source: rdpwhy
# asks: config | path | /etc/xrdp/xrdp.ini | xrdp's settings file
#: setup
cert_look() {
    command -v openssl >/dev/null 2>&1 || die "openssl is not installed here"
    xrdp_here
    xrdp_account
    cert_wrong='' cert_key_wrong=''
    if ! there "$xrdp_key"; then
        cert_key_wrong="the key $xrdp_key is not there"
    elif ! xrdp_reads "$xrdp_key"; then
        cert_key_wrong="$xrdp_user cannot read the key $xrdp_key"
    elif ! key_is_good "$xrdp_key"; then
        cert_key_wrong="the key $xrdp_key is no key, or too short ($(key_bits "$xrdp_key") bits)"
    fi
    if ! there "$xrdp_cert"; then
        cert_wrong="the certificate $xrdp_cert is not there"
    elif ! openssl x509 -in "$xrdp_cert" -noout 2>/dev/null; then
        cert_wrong="$xrdp_cert holds no certificate"
    elif ! cert_is_self_signed "$xrdp_cert"; then
        say "$(openssl x509 -in "$xrdp_cert" -noout -issuer -enddate)"
        die "the certificate comes from a certificate authority: have it renewed there"
    elif ! openssl x509 -in "$xrdp_cert" -noout -checkend 0 >/dev/null; then
        cert_wrong="the certificate has expired: $(openssl x509 -in "$xrdp_cert" -noout -enddate)"
    elif [ -z "$cert_key_wrong" ] && ! pair_matches "$xrdp_cert" "$xrdp_key"; then
        cert_wrong="certificate and key do not belong together"
    fi
    [ -z "$cert_wrong" ] || say "$cert_wrong"
    [ -z "$cert_key_wrong" ] || say "$cert_key_wrong"
}
# The name the certificate is made for.
cert_name() {
    cert_host=$(hostname -f 2>/dev/null || hostname 2>/dev/null || uname -n)
    case $cert_host in '' | *[!A-Za-z0-9.-]*) cert_host=xrdp ;; esac
    printf '%.60s' "$cert_host"
}
#: look
xrdp_runs
cert_look
[ -n "$cert_wrong$cert_key_wrong" ] || nothing "certificate and key are all right"
if [ -n "$cert_key_wrong" ]; then
    ok "a new key and a new certificate would be made: $xrdp_key, $xrdp_cert"
fi
ok "a new certificate would be made for the key that is there: $xrdp_cert"
#: apply
xrdp_runs
cert_look
[ -n "$cert_wrong$cert_key_wrong" ] || nothing "certificate and key are all right"
save_begin
server_keep
keep "$xrdp_cert"
keep "$xrdp_key"
cert_new=$xrdp_cert.rdpwhy-new cert_new_key=$xrdp_key.rdpwhy-new
keep "$cert_new"
keep "$cert_new_key"
rm -f -- "$cert_new" "$cert_new_key"
if [ -n "$cert_key_wrong" ]; then
    openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out "$cert_new_key" 2>/dev/null </dev/null || die "openssl made no key"
    if ! chgrp -- "$xrdp_group" "$cert_new_key" || ! chmod 640 -- "$cert_new_key"; then
        die "cannot give $xrdp_group the new key"
    fi
else
    cp -pL -- "$xrdp_key" "$cert_new_key" || die "cannot read the key"
fi
openssl req -x509 -new -key "$cert_new_key" -sha256 -days 397 -subj "/CN=$(cert_name)" \
    -addext "subjectAltName=DNS:$(cert_name)" -out "$cert_new" 2>/dev/null </dev/null || die "openssl made no certificate"
chmod 644 -- "$cert_new"
if [ -n "$cert_key_wrong" ]; then
    mv -f -- "$cert_new_key" "$xrdp_key" || die "cannot replace $xrdp_key"
    say "new key: $xrdp_key"
else
    rm -f -- "$cert_new_key"
fi
mv -f -- "$cert_new" "$xrdp_cert" || die "cannot replace $xrdp_cert"
say "new certificate: $xrdp_cert, $(openssl x509 -in "$xrdp_cert" -noout -enddate)"
server_restart || die "xrdp does not listen after its restart"
ok "xrdp has a certificate until $(openssl x509 -in "$xrdp_cert" -noout -enddate | cut -d= -f2)"
#: undo
undo_all
#: verify
cert_look
[ -z "$cert_wrong$cert_key_wrong" ] || die "$cert_wrong$cert_key_wrong"
listening "$(server_port)" || die "xrdp does not listen on port $(server_port)"
ok "certificate and key belong together, and xrdp listens on port $(server_port)"
