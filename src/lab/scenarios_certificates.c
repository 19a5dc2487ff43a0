/* TLS comes up; what the certificate says is the matter. */
#include "base/attributes.h"
#include "lab/scenario.h"

#define CERTIFICATE(...)   .behaviour = { LAB_WINDOWS, .tls.certificate = { __VA_ARGS__ } }
#define WARNS(which, sure) .expected = { .status = "degraded", .cause = (which), .certainty = (sure) }
#define FINE               .expected = { .status = "ok" }

static const struct lab_scenario scenarios[] = {
    { .name = "cert-expired",
      .story = "the certificate ended 20 days ago",
      WARNS(CAUSE_CERT_EXPIRED, "likely"),
      CERTIFICATE(.from_days = -200, .to_days = -20) },
    { .name = "cert-not-yet-valid",
      .story = "the certificate begins in 20 days",
      WARNS(CAUSE_CERT_NOT_YET_VALID, "likely"),
      CERTIFICATE(.from_days = 20, .to_days = 200) },
    { .name = "cert-weak-rsa",
      .story = "RSA with 1024 bits",
      WARNS(CAUSE_CERT_WEAK, "likely"),
      CERTIFICATE(.key = LAB_RSA_1024) },
    { .name = "cert-weak-md5",
      .story = "signed with MD5",
      WARNS(CAUSE_CERT_WEAK, "likely"),
      CERTIFICATE(.digest = "MD5") },
    { .name = "cert-weak-sha1",
      .story = "a CA signed it with SHA-1",
      WARNS(CAUSE_CERT_WEAK, "likely"),
      CERTIFICATE(.digest = "SHA1", .issuer = "Example Corp CA", .san = "IP:127.0.0.1") },
    { .name = "cert-ec", .story = "an EC key, which is fine", FINE, CERTIFICATE(.key = LAB_EC_P256) },
    { .name = "cert-name-mismatch",
      .story = "issued by a CA for another name",
      WARNS(CAUSE_CERT_NAME_MISMATCH, "likely"),
      CERTIFICATE(.issuer = "Example Corp CA", .name = "mail.example", .san = "DNS:mail.example") },
    { .name = "cert-escapes",
      .story = "terminal escapes and control characters in the name",
      FINE,
      CERTIFICATE(.name = "\x1b[2J\x1b]0;owned\x07srv\r\n\x7f\xc2\x9b") },
    { .name = "cert-1000-names", .story = "1,000 alternative names", FINE, CERTIFICATE(.san_count = 1000) },
    { .name = "cert-long-chain",
      .story = "a chain of a hundred certificates",
      FINE,
      CERTIFICATE(.issuer = "Example Corp CA", .san = "IP:127.0.0.1", .chain = 100) },
    { .name = "tls-interception-through",
      .story = "signed by a firewall's CA, and CredSSP passes all the same",
      .expected = { .status = "degraded" },
      CERTIFICATE(.issuer = "FortiGate CA", .san = "IP:127.0.0.1") },
    { .name = "tls-interception",
      .story = "signed by a firewall's CA, and CredSSP is cut off",
      .expected = { "blocked", "nla", CAUSE_TLS_INTERCEPTION, "likely" },
      .behaviour = { LAB_WINDOWS, .tls.certificate.issuer = "FortiGate CA", .nla.act = LAB_FIN } },
};

const struct lab_family lab_family_certificates = { scenarios, COUNT_OF(scenarios) };
