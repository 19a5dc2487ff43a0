# xrdp: its settings, its certificate and key, and the user it runs as. $ask_config is its xrdp.ini.
server_program=xrdp server_unit=xrdp server_pidfile=/run/xrdp/xrdp.pid
[ "$ask_config" = /etc/xrdp/xrdp.ini ] || rdpwhy_state=$rdpwhy_state.$(printf '%s' "$ask_config" | cksum | cut -d' ' -f1)
server_is_standard() { [ "$ask_config" = /etc/xrdp/xrdp.ini ]; }
server_is_it() {
    xrdp_given=$(tr '\0' '\n' <"/proc/$1/cmdline" | awk 'take { print; exit } $0 == "-c" || $0 == "--config" { take = 1 }')
    case $xrdp_given in
    '') server_is_standard ;;
    /*) [ "$xrdp_given" = "$ask_config" ] ;;
    *) [ "$(readlink "/proc/$1/cwd")/$xrdp_given" = "$ask_config" ] ;;
    esac
}
# The first value of a key in the section [Globals]; empty when it is not there.
ini_get() {
    awk -v want="$1" '
        /^[ ]*\[/ { inside = tolower($0) ~ /^[ ]*\[globals\]/; next }
        inside && !/^[ ]*[#;]/ && match($0, /=/) {
            name = tolower(substr($0, 1, RSTART - 1)); gsub(/[ \t]/, "", name)
            if (name == want) {
                value = substr($0, RSTART + 1); gsub(/^[ \t]+|[ \t\r]+$/, "", value)
                print value; exit
            }
        }' "$ask_config"
}
# Sets a key in [Globals], in its own line or a new one under the heading; everything else stays byte for byte.
ini_set() {
    keep "$ask_config"
    ini_new=$ask_config.rdpwhy-new
    keep "$ini_new"
    cp -pP -- "$ask_config" "$ini_new" || die "cannot write beside $ask_config"
    ini_key=$1 ini_value=$2 awk '
        function put() { printf "%s=%s\n", ENVIRON["ini_key"], ENVIRON["ini_value"]; done = 1 }
        /^[ ]*\[/ { inside = tolower($0) ~ /^[ ]*\[globals\]/; print; next }
        inside && !done && !/^[ ]*[#;]/ && match($0, /=/) {
            name = tolower(substr($0, 1, RSTART - 1)); gsub(/[ \t]/, "", name)
            if (name == ENVIRON["ini_key"]) { put(); next }
        }
        { print }' "$ask_config" >"$ini_new" || die "cannot write beside $ask_config"
    if ! ini_has "$ini_new" "$1"; then
        ini_key=$1 ini_value=$2 awk '
            { print }
            !done && tolower($0) ~ /^[ ]*\[globals\]/ { printf "%s=%s\n", ENVIRON["ini_key"], ENVIRON["ini_value"]; done = 1 }' \
            "$ask_config" >"$ini_new" || die "cannot write beside $ask_config"
    fi
    mv -f -- "$ini_new" "$ask_config" || die "cannot replace $ask_config"
    say "$ask_config: $1=$2"
}
ini_has() {
    awk -v want="$2" '
        /^[ ]*\[/ { inside = tolower($0) ~ /^[ ]*\[globals\]/; next }
        inside && !/^[ ]*[#;]/ && match($0, /=/) {
            name = tolower(substr($0, 1, RSTART - 1)); gsub(/[ \t]/, "", name)
            if (name == want) yes = 1
        }
        END { exit !yes }' "$1"
}
xrdp_here() {
    [ -f "$ask_config" ] || die "there is no $ask_config here"
    [ -r "$ask_config" ] || die "$ask_config is not readable: run this as root"
    [ ! -L "$ask_config" ] || die "$ask_config is a link: give the file itself"
    xrdp_cert=$(ini_get certificate)
    xrdp_key=$(ini_get key_file)
    [ -n "$xrdp_cert" ] || xrdp_cert=/etc/xrdp/cert.pem
    [ -n "$xrdp_key" ] || xrdp_key=/etc/xrdp/key.pem
}
# The repairs of a running xrdp. One that does not run is not what the clients talk to.
xrdp_runs() {
    server_find
    [ -n "$server_pid" ] || nothing "xrdp does not run here, so it is not what answers (the repair xrdp-start starts it)"
}
# The port of the first TCP address it listens on.
server_port() {
    for xrdp_item in $(ini_get port); do
        case $xrdp_item in
        tcp*:*) say "${xrdp_item##*:}"; return ;;
        *[!0-9]*) ;;
        *) say "$xrdp_item"; return ;;
        esac
    done
    say 3389
}
# The user whose rights count when the key is read, and its group.
xrdp_account() {
    server_find
    xrdp_user=''
    if [ -n "$server_pid" ]; then
        xrdp_user=$(id -nu "$(awk '$1 == "Uid:" { print $2 }' "/proc/$server_pid/status")" 2>/dev/null)
    elif [ "$server_manager" = systemd ]; then
        xrdp_user=$(systemctl show -p User --value "$server_unit" 2>/dev/null)
    elif [ "$server_manager" = init ] && id xrdp >/dev/null 2>&1; then
        xrdp_user=xrdp
    fi
    [ -n "$(ini_get runtime_user)" ] && xrdp_user=$(ini_get runtime_user)
    [ -n "$xrdp_user" ] || xrdp_user=root
    xrdp_group=$(id -gn "$xrdp_user") || die "there is no user $xrdp_user here"
}
# Can that user read this file? With the groups a new process of it would have.
xrdp_reads() {
    if [ "$xrdp_user" = "$(id -nu)" ]; then
        [ -r "$1" ]
    elif command -v setpriv >/dev/null 2>&1; then
        setpriv --reuid="$xrdp_user" --regid="$xrdp_group" --init-groups test -r "$1"
    else
        # shellcheck disable=SC2016 # the inner shell's own $0
        su -s /bin/sh "$xrdp_user" -c 'test -r "$0"' "$1"
    fi
}
# What the files hold, by somebody who may read them.
key_bits() {
    openssl pkey -in "$1" -noout -text 2>/dev/null </dev/null |
        awk 'match($0, /\([0-9]+ bit/) { print substr($0, RSTART + 1, RLENGTH - 5); exit }'
}
key_is_rsa() { openssl rsa -in "$1" -noout 2>/dev/null </dev/null; }
# Strong enough for OpenSSL's ordinary security level: 2048 bits for RSA, 224 for curves.
key_is_good() {
    key_size=$(key_bits "$1")
    [ -n "$key_size" ] || return 1
    if key_is_rsa "$1"; then [ "$key_size" -ge 2048 ]; else [ "$key_size" -ge 224 ]; fi
}
pair_matches() {
    pair_public=$(openssl x509 -in "$1" -noout -pubkey 2>/dev/null) && [ -n "$pair_public" ] &&
        [ "$pair_public" = "$(openssl pkey -in "$2" -pubout 2>/dev/null </dev/null)" ]
}
cert_is_self_signed() {
    [ "$(openssl x509 -in "$1" -noout -subject_hash 2>/dev/null)" = "$(openssl x509 -in "$1" -noout -issuer_hash 2>/dev/null)" ]
}
