"""What rdpwhy must say about each real server: dotted paths into its JSON, exact values (None: the field is absent)."""

STATUS = "verdict.status"
CAUSE = "verdict.cause"
CERTAINTY = "verdict.certainty"
STOPPED = "verdict.stopped_at.check"
RDP, TLS, NLA = 0, 1, 2


def checks(**statuses):
    return {f"checks.{name}.status": status for name, status in statuses.items()}


def selected(protocol):
    """The server's answer to the first offer, which is mstsc's own."""
    return {"checks.negotiation.evidence.offers.0.offer": 11, "checks.negotiation.evidence.offers.0.selected": protocol}


def refused(code):
    return {"checks.negotiation.evidence.offers.0.offer": 11, "checks.negotiation.evidence.offers.0.failure": code}


def supported(rdp, tls, nla):
    """True, False, or None where no offer of the run could tell."""
    at = "checks.negotiation.reading.supported."
    return {at + "rdp": rdp, at + "tls": tls, at + "nla": nla}


def ok(depth):
    return {STATUS: "ok", CAUSE: None, CERTAINTY: None, "verdict.stopped_at": None, "verdict.depth": depth}


def degraded(cause, certainty):
    return {STATUS: "degraded", CAUSE: cause, CERTAINTY: certainty, "verdict.stopped_at": None}


def blocked(at, cause=None, certainty=None):
    return {STATUS: "blocked", CAUSE: cause, CERTAINTY: certainty, STOPPED: at}


TLS_OK = checks(tcp="pass", negotiation="pass", tls="pass", certificate="pass", nla="skip")
NLA_OK = checks(tcp="pass", negotiation="pass", tls="pass", certificate="pass", nla="pass")
NO_TLS = checks(tcp="pass", tls="skip", certificate="skip", nla="skip")
CERTIFICATE = "checks.certificate.evidence."
OWN = {CERTIFICATE + "subject": "CN=real.test", CERTIFICATE + "issuer": "CN=real.test", CERTIFICATE + "key.bits": 2048}

EXPECTED = {
    "xrdp-negotiate": ok("certificate") | TLS_OK | OWN | selected(TLS) | supported(True, True, False),
    "xrdp-tls": ok("certificate") | TLS_OK | OWN | selected(TLS) | supported(False, True, False),
    # It says nothing of whether it is set so or has no usable key: the answers of the next but two are the same.
    "xrdp-rdp": degraded("security-layer-mismatch", "likely") | NO_TLS | selected(RDP) | {
        "causes.cert-missing.certainty": "possible"
    },
    "xrdp-expired": degraded("cert-expired", "likely") | checks(tls="pass", certificate="warn") | selected(TLS) | {
        CERTIFICATE + "not_after": "2021-01-01T00:00:00Z"
    },
    "xrdp-rsa1024": blocked("tls", "rdp-key-unreadable", "likely") | checks(tls="fail", certificate="skip") | selected(TLS) | {
        "causes.cert-weak.certainty": "possible"
    },
    "xrdp-no-key": blocked("negotiation", "cert-missing", "proved") | NO_TLS | refused(3),
    "xrdp-no-key-negotiate": degraded("security-layer-mismatch", "likely") | NO_TLS | selected(RDP) | {
        "causes.cert-missing.certainty": "possible"
    },
    "shadow-nla": ok("nla") | NLA_OK | selected(NLA) | supported(False, False, True),
    "shadow-nla-no-sam": ok("nla") | NLA_OK | selected(NLA) | supported(False, False, True),
    "shadow-all": ok("nla") | NLA_OK | selected(NLA) | supported(True, True, True),
    "shadow-no-nla": ok("certificate") | TLS_OK | selected(TLS) | supported(True, True, False),
    "shadow-rdp": blocked("negotiation", "security-layer-mismatch", "proved") | NO_TLS | refused(2),
    "shadow-tls": ok("certificate") | TLS_OK | selected(TLS) | supported(False, True, False),
    "weston-tls": ok("certificate") | TLS_OK | OWN | selected(TLS) | supported(True, True, False),
    "weston-rdp4": blocked("negotiation", "security-layer-mismatch", "proved") | NO_TLS | refused(2),
    "dead-forward": blocked("negotiation", "forward-dead-backend", "likely") | checks(tcp="pass", negotiation="fail"),
    # It closes on the request without a word, so nothing says that it is TLS.
    "plain-tls": blocked("negotiation") | checks(tcp="pass", negotiation="fail"),
    "refused": blocked("tcp") | checks(tcp="fail", negotiation="skip") | {"checks.tcp.evidence.attempts.0.result": "refused"},
    "silent": blocked("tcp") | checks(tcp="fail", negotiation="skip") | {"checks.tcp.evidence.attempts.0.result": "silent"},
}
