/* What nmap printed, as XML (-oX) and as text: the RDP port, and what its script rdp-ntlm-info was told.
 *
 * The table of rdp-enum-encryption is not used: it calls a protocol a "SUCCESS" whenever the server did not answer with
 * a failure, also when it chose another one (seen with xrdp set to plain RDP). Of a host its RDP ports count: those
 * that nmap calls ms-wbt-server, 3389, and any whose RDP script answered. */
#ifndef RDPWHY_READ_TEXT_NMAP_H
#define RDPWHY_READ_TEXT_NMAP_H

#include "read/tale.h"

struct nmap_port {
    int64_t number; /* TALE_UNSEEN: none begun */
    char state[32];
    char reason[32];
    char service[64];
    bool script; /* a script for RDP answered */
    struct tale_identity identity;
    size_t line;
};
struct nmap_scan {
    struct tales tales;
    size_t used; /* lines or elements that count */
    size_t hosts;
    uint16_t rdp_port;
    char host[TALE_NAME_SIZE];
    char address[64];
    int64_t at_us;
    struct nmap_port port;
    bool in_info; /* text: within the lines of rdp-ntlm-info */
    bool is_nmap; /* text: a line that only nmap prints came */
};

/* `rdp_port` counts as RDP's whatever nmap calls it. */
void nmap_scan_init(struct nmap_scan *scan, uint16_t rdp_port);
/* A line_take, for its text. */
bool nmap_scan_take(void *scan, const struct text_line *line, struct error *error) MUST_USE;
/* Behind the last line. */
bool nmap_scan_end(struct nmap_scan *scan, struct error *error) MUST_USE;
/* Its XML, whole. False with ERROR_DATA: damaged behind what was taken (which stays), with the line; else no memory. */
bool nmap_scan_xml(struct nmap_scan *scan, const void *bytes, size_t size, struct error *error) MUST_USE;
/* Whether it begins as nmap's XML does. */
bool nmap_is_xml(const void *bytes, size_t size);
void nmap_scan_release(struct nmap_scan *scan);

#endif
