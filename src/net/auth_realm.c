/* Which Kerberos realm a Windows domain's short name stands for, by what this machine was told (krb5.conf). Asks
 * nobody: files are read, the DNS is not. */
#include <krb5/krb5.h>
#include <profile.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "net/auth.h"

/* CORP is the short name of CORP.EXAMPLE, not of CORPORATION.EXAMPLE. */
static bool begins_with(const char *realm, const char *domain)
{
    char label[NET_AUTH_NAME_SIZE];
    const size_t length = strcspn(realm, ".");
    if (realm[length] != '.' || length >= sizeof(label)) {
        return false;
    }
    memcpy(label, realm, length);
    label[length] = '\0';
    return text_equal_nocase(label, domain);
}

static bool take(profile_t profile, const char *section, const char *name, const char *domain,
                 char realm[NET_AUTH_NAME_SIZE])
{
    char *value = NULL;
    const bool there = profile_get_string(profile, section, name, NULL, NULL, &value) == 0 && value != NULL;
    const bool fits = there && begins_with(value, domain) && strlen(value) < NET_AUTH_NAME_SIZE;
    if (fits) {
        snprintf(realm, NET_AUTH_NAME_SIZE, "%s", value);
    }
    profile_release_string(value);
    return fits;
}

/* [domain_realm]: the host itself, then its domains, with their dot and without it. */
static bool of_host(profile_t profile, const char *host, const char *domain, char realm[NET_AUTH_NAME_SIZE])
{
    char name[NET_AUTH_NAME_SIZE];
    size_t i = 0;
    for (; host[i] != '\0' && i < sizeof(name) - 1; i++) {
        name[i] = (char)(host[i] >= 'A' && host[i] <= 'Z' ? host[i] - 'A' + 'a' : host[i]);
    }
    name[i] = '\0';
    for (const char *at = name; at != NULL; at = strchr(*at == '.' ? at + 1 : at, '.')) {
        if (take(profile, "domain_realm", at, domain, realm) ||
            (*at == '.' && take(profile, "domain_realm", at + 1, domain, realm))) {
            return true;
        }
    }
    return false;
}

bool net_auth_realm(const char *domain, const char *host, char realm[NET_AUTH_NAME_SIZE])
{
    krb5_context context = NULL;
    profile_t profile = NULL;
    bool found = false;
    if (krb5_init_context(&context) != 0) {
        return false;
    }
    if (krb5_get_profile(context, &profile) == 0) {
        found = of_host(profile, host, domain, realm) || take(profile, "libdefaults", "default_realm", domain, realm);
        profile_release(profile);
    }
    krb5_free_context(context);
    return found;
}
