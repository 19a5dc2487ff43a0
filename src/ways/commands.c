#include "ways/commands.h"

#include <stdio.h>
#include <string.h>

#include "diagnose/look.h"

enum { HEADERS_V4 = 40, HEADERS_V6 = 60 };

/* "srv", "srv:3390", "[2001:db8::1]:3390"; hosts are names or addresses, so no shell sees anything in them but a
 * %scope.
 */
static void place_of(const struct recipe *recipe, bool port_too, char *text, size_t size)
{
    const bool v6 = strchr(recipe->host, ':') != NULL;
    if (port_too || v6 || recipe->port != RECIPE_PORT_RDP) {
        snprintf(text, size, v6 ? "[%s]:%u" : "%s:%u", recipe->host, recipe->port);
    } else {
        snprintf(text, size, "%s", recipe->host);
    }
}

/* One word of sh. */
static void quote_sh(const char *word, char *text, size_t size)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./:@%+,-";
    size_t used = 0;
    if (word[0] != '\0' && word[strspn(word, plain)] == '\0') {
        snprintf(text, size, "%s", word);
        return;
    }
    used += (size_t)snprintf(text, size, "'");
    for (const char *c = word; *c != '\0' && used < size; c++) {
        used += (size_t)snprintf(text + used, size - used, *c == '\'' ? "'\\''" : "%c", *c);
    }
    if (used < size) {
        snprintf(text + used, size - used, "'");
    }
}

bool commands_need_file(const struct recipe *recipe)
{
    return recipe->security != RECIPE_NLA || recipe->transport == RECIPE_GATEWAY;
}

static void make_mstsc(const struct recipe *recipe, const char *file, struct commands *commands)
{
    char place[RECIPE_HOST_SIZE + 16];
    place_of(recipe, false, place, sizeof place);
    if (recipe->wide_tls) {
        return; /* it offers what Windows offers */
    }
    if (!commands_need_file(recipe)) {
        snprintf(commands->mstsc, sizeof commands->mstsc, "mstsc /v:%s", place);
    } else if (file != NULL) {
        snprintf(commands->mstsc, sizeof commands->mstsc, "mstsc .\\%s", file);
    }
}

/* An address in the place of a name: the certificate is held against the name all the same. */
static bool may_check_name(const struct recipe *recipe)
{
    return recipe->name[0] != '\0' && recipe->security != RECIPE_RDP;
}

static void make_xfreerdp(const struct recipe *recipe, bool three, char *text)
{
    static const char *const security[] = { [RECIPE_NLA] = "", [RECIPE_TLS] = " /sec:tls", [RECIPE_RDP] = " /sec:rdp" };
    char place[RECIPE_HOST_SIZE + 16];
    char word[RECIPE_HOST_SIZE + 32];
    char target[RECIPE_HOST_SIZE + 64];
    snprintf(target, sizeof target, "/v:");
    place_of(recipe, false, place, sizeof place);
    snprintf(target + 3, sizeof target - 3, "%s", place);
    quote_sh(target, word, sizeof word);
    size_t used = (size_t)snprintf(text, COMMAND_SIZE, "%s %s%s", three ? "xfreerdp3" : "xfreerdp", word,
                                   security[recipe->security]);
    if ((recipe->odd_suite || recipe->old_tls) && used < COMMAND_SIZE) {
        /* FreeRDP 3 speaks TLS 1.2 at least unless it is told one version; 2 lowers with the level alone. */
        const char *version = !recipe->old_tls ? "" : recipe->tls_1_1 ? ",enforce:1.1" : ",enforce:1.0";
        const char *two = recipe->odd_suite ? " /tls-ciphers:ALL /tls-seclevel:0" : " /tls-seclevel:0";
        used += (size_t)snprintf(text + used, COMMAND_SIZE - used, three ? " /tls:%sseclevel:0%s" : "%s%s",
                                 !three              ? two
                                 : recipe->odd_suite ? "ciphers:ALL,"
                                                     : "",
                                 three ? version : "");
    }
    if (may_check_name(recipe) && used < COMMAND_SIZE) {
        used += (size_t)snprintf(text + used, COMMAND_SIZE - used, " /cert:name:%s", recipe->name);
    }
    if (recipe->transport == RECIPE_GATEWAY && used < COMMAND_SIZE) {
        snprintf(text + used, COMMAND_SIZE - used, three ? " /gateway:g:%s" : " /g:%s", recipe->gateway);
    }
}

/* A route of its own for the host: its `advmss` is what the server is told, its `mtu` what we send. */
static void make_small(const struct recipe *recipe, const struct evidence *evidence, struct commands *commands)
{
    const bool v6 = recipe->address.family == ADDRESS_V6;
    const int mtu = RECIPE_MSS + (v6 ? HEADERS_V6 : HEADERS_V4);
    const struct ev_route *route = &evidence->route;
    const char *device = route->interface.v;
    char address[ADDRESS_TEXT_SIZE];
    char via[ADDRESS_TEXT_SIZE + 8] = "";
    bool own = false;
    address_format(&recipe->address, address);
    if (route->gateway.v != NULL) {
        snprintf(via, sizeof via, " via %.60s", route->gateway.v);
    }
    ev_each (way, const struct ev_way, &route->ways) {
        own = own || (seen(way->bits.source) && way->bits.v == (v6 ? 128 : 32));
    }
    if (device != NULL) {
        snprintf(commands->linux_before, COMMAND_SIZE, "sudo ip %sroute replace %s%s dev %.40s mtu %d advmss %d",
                 v6 ? "-6 " : "", address, via, device, mtu, RECIPE_MSS);
        if (own) {
            snprintf(commands->linux_after, COMMAND_SIZE, "sudo ip %sroute replace %s%s dev %.40s", v6 ? "-6 " : "",
                     address, via, device);
        } else {
            snprintf(commands->linux_after, COMMAND_SIZE, "sudo ip %sroute del %s%s dev %.40s mtu %d", v6 ? "-6 " : "",
                     address, via, device, mtu);
        }
    }
    snprintf(commands->windows_before, COMMAND_SIZE,
             "netsh interface %s set subinterface \"INTERFACE\" mtu=%d store=active", v6 ? "ipv6" : "ipv4", mtu);
    snprintf(commands->windows_after, COMMAND_SIZE,
             "netsh interface %s set subinterface \"INTERFACE\" mtu=1500 store=active", v6 ? "ipv6" : "ipv4");
}

void commands_make(const struct recipe *recipe, const struct evidence *evidence, const char *file,
                   struct commands *commands)
{
    *commands = (struct commands){ .mstsc = "" };
    make_mstsc(recipe, file, commands);
    make_xfreerdp(recipe, false, commands->xfreerdp2);
    make_xfreerdp(recipe, true, commands->xfreerdp3);
    if (recipe->transport == RECIPE_SMALL) {
        make_small(recipe, evidence, commands);
    }
}

size_t commands_settings(const struct recipe *recipe, bool sign, char address[RECIPE_HOST_SIZE + 8],
                         struct rdp_file_line lines[RDP_FILE_LINES_MAX])
{
    size_t count = 0;
    place_of(recipe, false, address, RECIPE_HOST_SIZE + 8);
    lines[count++] = (struct rdp_file_line){ "full address", 's', address, 0 };
    if (sign) {
        /* mstsc prefers it to the other, so an unsigned one could lead a signed file elsewhere. */
        lines[count++] = (struct rdp_file_line){ "alternate full address", 's', address, 0 };
    }
    if (recipe->security != RECIPE_NLA) {
        lines[count++] = (struct rdp_file_line){ "enablecredsspsupport", 'i', NULL, 0 };
    }
    /* 2: a server that cannot be verified is asked about, never taken silently. */
    lines[count++] = (struct rdp_file_line){ "authentication level", 'i', NULL, 2 };
    if (recipe->transport == RECIPE_GATEWAY) {
        lines[count++] = (struct rdp_file_line){ "gatewayhostname", 's', recipe->gateway, 0 };
        lines[count++] = (struct rdp_file_line){ "gatewayusagemethod", 'i', NULL, 1 };
        lines[count++] = (struct rdp_file_line){ "gatewayprofileusagemethod", 'i', NULL, 1 };
        /* The same account for both: that is how the way was gone. */
        lines[count++] = (struct rdp_file_line){ "promptcredentialonce", 'i', NULL, 1 };
    }
    return count;
}

void commands_file_name(const struct recipe *recipe, char name[RECIPE_HOST_SIZE + 32])
{
    static const char good[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-";
    const char *host = recipe->name[0] != '\0' ? recipe->name : recipe->host;
    size_t used = 0;
    for (const char *c = host; *c != '\0' && used < RECIPE_HOST_SIZE - 1; c++) {
        name[used++] = (char)(strchr(good, *c) != NULL ? *c : '-');
    }
    if (used > 0 && name[0] == '-') {
        name[0] = '0';
    }
    const char *security = recipe->security == RECIPE_NLA ? "" : recipe_security_name(recipe->security);
    snprintf(name + used, 32, "%s%s%s.rdp", security[0] != '\0' ? "-" : "", security,
             recipe->transport == RECIPE_GATEWAY ? "-gateway" : "");
}
