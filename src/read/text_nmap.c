#include "read/text_nmap.h"

#include <stdio.h>
#include <string.h>

#include "base/address.h"
#include "base/clock.h"
#include "read/text_nmap_port.h"

void nmap_scan_init(struct nmap_scan *scan, uint16_t rdp_port)
{
    *scan = (struct nmap_scan){ .rdp_port = rdp_port, .at_us = TALE_NO_TIME, .port = { .number = TALE_UNSEEN } };
}

void nmap_scan_release(struct nmap_scan *scan)
{
    tales_release(&scan->tales);
    nmap_scan_init(scan, scan->rdp_port);
}

void nmap_put(char *to, size_t room, const char *from)
{
    word_copy(from, "", to, room);
}

bool nmap_info(struct tale_identity *identity, const char *key, const char *value)
{
    const struct {
        const char *key;
        char *to;
        size_t room;
    } fields[] = {
        { "NetBIOS_Domain_Name", identity->netbios_domain, sizeof identity->netbios_domain },
        { "NetBIOS_Computer_Name", identity->netbios_computer, sizeof identity->netbios_computer },
        { "DNS_Domain_Name", identity->dns_domain, sizeof identity->dns_domain },
        { "DNS_Computer_Name", identity->dns_computer, sizeof identity->dns_computer },
        { "DNS_Tree_Name", identity->dns_forest, sizeof identity->dns_forest },
        { "Product_Version", identity->build, sizeof identity->build },
    };
    for (size_t i = 0; i < COUNT_OF(fields); i++) {
        if (strcmp(key, fields[i].key) == 0) {
            nmap_put(fields[i].to, fields[i].room, value);
            identity->seen = true;
            return true;
        }
    }
    if (strcmp(key, "System_Time") == 0) {
        char when[64];
        int64_t us;
        snprintf(when, sizeof when, "%.40s%s", value,
                 strchr(value, 'Z') != NULL || strchr(value, '+') != NULL ? "" : "Z");
        if (clock_parse(when, &us)) {
            identity->time_us = us;
            identity->seen = true;
        }
        return true;
    }
    return strcmp(key, "Target_Name") == 0;
}

static int result_of(const struct nmap_port *port)
{
    if (strcmp(port->state, "open") == 0) {
        return TCP_OPEN;
    }
    if (strcmp(port->state, "closed") == 0) {
        return TCP_REFUSED;
    }
    if (strcmp(port->state, "filtered") != 0) {
        return TALE_UNSEEN;
    }
    if (strncmp(port->reason, "admin-prohibited", strlen("admin-prohibited")) == 0 ||
        strcmp(port->reason, "host-prohibited") == 0 || strcmp(port->reason, "net-prohibited") == 0) {
        return TCP_PROHIBITED;
    }
    return strstr(port->reason, "unreach") != NULL ? TCP_UNREACHABLE : TCP_SILENT;
}

static bool is_rdp(const struct nmap_scan *scan, const struct nmap_port *port)
{
    return port->number != TALE_UNSEEN && (port->number == scan->rdp_port || port->script || port->identity.seen ||
                                           strncmp(port->service, "ms-wbt-server", strlen("ms-wbt-server")) == 0);
}

bool nmap_port_end(struct nmap_scan *scan, struct error *error)
{
    const struct nmap_port *port = &scan->port;
    struct tale *tale = NULL;
    if (is_rdp(scan, port)) {
        tale = tales_add(&scan->tales, TOLD_BY_SCANNER, "nmap", error);
        if (tale == NULL) {
            return false;
        }
        nmap_put(tale->host, sizeof tale->host, scan->host);
        nmap_put(tale->address, sizeof tale->address, scan->address);
        tale->port = port->number;
        tale->tried_us = scan->at_us;
        tale->tcp = result_of(port);
        tale->identity = port->identity;
        char words[160];
        const int length = snprintf(words, sizeof words, "%d/tcp %.20s %.40s %.40s", (int)port->number, port->state,
                                    port->service, port->reason);
        tale_quote(tale, port->line, scan->at_us, words, (size_t)length);
    }
    scan->port = (struct nmap_port){ .number = TALE_UNSEEN, .identity = { .time_us = TALE_NO_TIME } };
    return true;
}

/* --- text --- */
/* "Nmap scan report for srv.corp.example (10.0.0.5)", "Nmap scan report for 10.0.0.5" */
static void take_host(struct nmap_scan *scan, const char *who)
{
    const char *bracket = strrchr(who, '(');
    struct address literal;
    scan->hosts++;
    scan->host[0] = scan->address[0] = '\0';
    word_copy(who, " ", scan->host, sizeof scan->host);
    if (bracket != NULL) {
        word_copy(bracket + 1, ")", scan->address, sizeof scan->address);
    }
    if (scan->address[0] != '\0' && !address_parse(scan->address, &literal)) {
        scan->address[0] = '\0';
    }
}

/* "3389/tcp open  ms-wbt-server Microsoft Terminal Services" */
static bool take_port(struct nmap_scan *scan, const struct text_line *line, struct error *error)
{
    const size_t digits = strspn(line->text, "0123456789");
    if (digits == 0 || digits > 5 || strncmp(line->text + digits, "/tcp ", strlen("/tcp ")) != 0) {
        return true;
    }
    if (!nmap_port_end(scan, error)) {
        return false;
    }
    const char *at = line->text + digits + strlen("/tcp ");
    scan->port.number = word_number(line->text, 65535);
    scan->port.line = line->number;
    at += strspn(at, " ");
    word_copy(at, " ", scan->port.state, sizeof scan->port.state);
    at += strcspn(at, " ");
    at += strspn(at, " ");
    word_copy(at, " ", scan->port.service, sizeof scan->port.service);
    scan->used++;
    return true;
}

/* "|   DNS_Computer_Name: srv.corp.example", "|_  System_Time: 2026-11-22T23:00:00+00:00" */
static void take_info(struct nmap_scan *scan, const struct text_line *line)
{
    char key[64];
    const char *at = line->text + 1;
    const bool last = *at == '_';
    at += last;
    at += strspn(at, " ");
    if (strncmp(at, "rdp-ntlm-info:", strlen("rdp-ntlm-info:")) == 0) {
        scan->in_info = true;
        scan->port.script = true;
        scan->used++;
        if (scan->port.number == TALE_UNSEEN) { /* pasted without the line of its port */
            scan->port.number = scan->rdp_port;
            scan->port.line = line->number;
        }
        return;
    }
    if (scan->in_info && word_copy(at, ":", key, sizeof key) && strncmp(at + strlen(key), ": ", 2) == 0) {
        scan->in_info = nmap_info(&scan->port.identity, key, at + strlen(key) + 2);
        scan->used += scan->in_info;
    }
    scan->in_info = scan->in_info && !last;
}

bool nmap_scan_take(void *context, const struct text_line *line, struct error *error)
{
    struct nmap_scan *scan = context;
    static const char report[] = "Nmap scan report for ";
    if (line->text[0] == '|') {
        take_info(scan, line);
        return true;
    }
    scan->in_info = false;
    if (line->text[0] == 'N' && strncmp(line->text, report, strlen(report)) == 0) {
        scan->is_nmap = true;
        scan->used++;
        if (!nmap_port_end(scan, error)) {
            return false;
        }
        take_host(scan, line->text + strlen(report));
        return true;
    }
    return !scan->is_nmap || line->text[0] < '0' || line->text[0] > '9' || take_port(scan, line, error);
}

bool nmap_scan_end(struct nmap_scan *scan, struct error *error)
{
    return nmap_port_end(scan, error);
}
