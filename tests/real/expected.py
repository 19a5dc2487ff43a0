"""What rdpwhy must say about each real server: dotted paths into its JSON, exact values."""

OPEN = {"checks.tcp.status": "pass"}
SELECTED_RDP, SELECTED_TLS, SELECTED_NLA = 0, 1, 2

EXPECTED = {
    name: {"verdict.status": "ok"}
    for name in (
        "xrdp-negotiate xrdp-tls xrdp-rdp xrdp-expired xrdp-rsa1024 xrdp-no-key xrdp-no-key-negotiate shadow-nla"
        " shadow-nla-no-sam shadow-all shadow-no-nla shadow-rdp shadow-tls weston-tls weston-rdp4 dead-forward plain-tls"
        " refused silent"
    ).split()
}
