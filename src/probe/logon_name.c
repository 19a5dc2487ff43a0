#include "probe/logon_name.h"

#include <stdio.h>
#include <string.h>

#include "base/address.h"
#include "base/text.h"

/* Realms are upper case by custom (RFC 4120 6.1), and always are where Windows made them. */
static void realm_of(char *realm, const char *text)
{
    size_t i = 0;
    for (; text[i] != '\0' && i < NET_AUTH_NAME_SIZE - 1; i++) {
        realm[i] = (char)(text[i] >= 'a' && text[i] <= 'z' ? text[i] - 'a' + 'A' : text[i]);
    }
    realm[i] = '\0';
}

static const char short_name[] = "the domain's short name does not say its realm; user@realm does";

bool logon_name_lacks_realm(const struct logon_name *name)
{
    return name->why == short_name;
}

void logon_name_set_realm(struct logon_name *name, const char *realm)
{
    realm_of(name->realm, realm);
    name->why = NULL;
}

void logon_name_heed_server(struct logon_name *name, const char *computer, const char *netbios_domain,
                            const char *dns_domain)
{
    const bool alone = computer != NULL && netbios_domain != NULL && text_equal_nocase(computer, netbios_domain);
    if (logon_name_lacks_realm(name) && !alone && netbios_domain != NULL && dns_domain != NULL &&
        text_equal_nocase(netbios_domain, name->domain) && strchr(dns_domain, '.') != NULL &&
        strlen(dns_domain) < NET_AUTH_NAME_SIZE) {
        logon_name_set_realm(name, dns_domain);
    }
}

/* "CORP" beside srv.corp.example is that realm: CORP.EXAMPLE. */
static const char *domain_in_host(const char *domain, const char *host)
{
    const size_t length = strlen(domain);
    for (const char *dot = strchr(host, '.'); dot != NULL; dot = strchr(dot + 1, '.')) {
        const char *label = dot + 1;
        char head[NET_AUTH_NAME_SIZE];
        if (strcspn(label, ".") != length || length >= sizeof(head)) {
            continue;
        }
        memcpy(head, label, length);
        head[length] = '\0';
        if (text_equal_nocase(head, domain)) {
            return label;
        }
    }
    return NULL;
}

static void choose_realm(struct logon_name *name, const char *host)
{
    struct address address;
    const char *at = strrchr(name->user, '@');
    const char *suffix = name->form == LOGON_UPN && at != NULL ? at + 1 : NULL;
    name->why = NULL;
    if (name->form == LOGON_ENTRA) {
        name->why = "the account belongs to Entra ID, which has no Kerberos realm";
    } else if (address_parse(host, &address)) {
        name->why = "the host was given by its address; a ticket is for a name";
    } else if (name->form == LOGON_LOCAL) {
        name->why = "an account of the server itself has no Kerberos";
    } else if (suffix != NULL) {
        realm_of(name->realm, suffix);
    } else if (name->domain[0] == '\0') {
        name->why = "no domain was named";
    } else if (strchr(name->domain, '.') != NULL) {
        realm_of(name->realm, name->domain);
    } else if (domain_in_host(name->domain, host) != NULL) {
        realm_of(name->realm, domain_in_host(name->domain, host));
    } else {
        name->why = short_name;
    }
}

static bool take(char *room, const char *text, size_t length, const char *what, struct error *error)
{
    if (length >= NET_AUTH_NAME_SIZE) {
        return error_set(error, ERROR_USAGE, "--user: the %s is longer than %d bytes", what, NET_AUTH_NAME_SIZE - 1);
    }
    memcpy(room, text, length);
    room[length] = '\0';
    return true;
}

bool logon_name_read(const char *user, const char *domain, const char *host, struct logon_name *name,
                     struct error *error)
{
    struct logon_name result = { .form = LOGON_PLAIN };
    const char *slash = strchr(user, '\\');
    const char *own = slash != NULL ? slash + 1 : user;
    const char *at = strrchr(own, '@');
    if (slash != NULL && domain != NULL) {
        return error_set(error, ERROR_USAGE, "the domain is given twice: in --user and by --domain");
    }
    const char *named = slash != NULL ? user : domain != NULL ? domain : "";
    const size_t named_size = slash != NULL ? (size_t)(slash - user) : strlen(named);
    if (!take(result.user, own, strlen(own), "name", error) ||
        !take(result.domain, named, named_size, "domain", error)) {
        return false;
    }
    if (result.user[0] == '\0' || (slash != NULL && (slash == user || strchr(own, '\\') != NULL)) || at == own ||
        (at != NULL && at[1] == '\0')) {
        return error_set(error, ERROR_USAGE,
                         "--user: give it as user, DOMAIN\\user, user@realm, or .\\user for an account of the server");
    }
    if (text_equal_nocase(result.domain, "AzureAD")) {
        result.form = LOGON_ENTRA;
    } else if (strcmp(result.domain, ".") == 0) {
        result.form = LOGON_LOCAL;
    } else if (result.domain[0] != '\0') {
        result.form = LOGON_DOMAIN;
    } else if (at != NULL) {
        result.form = LOGON_UPN;
    }
    choose_realm(&result, host);
    *name = result;
    return true;
}
