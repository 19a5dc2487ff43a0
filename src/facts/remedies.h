/* Repairs: data/remedies/NAME.{ps1,sh,cmd,txt}, embedded by tools/remedies.awk, which refuses what is incomplete. The
 * format is docs/add-a-remedy.md. Everything is constant and never freed; texts are plain ASCII, sections end in '\n'.
 */
#ifndef RDPWHY_FACTS_REMEDIES_H
#define RDPWHY_FACTS_REMEDIES_H

#include "facts/causes.h"

/* What a file is written in, by the end of its name. */
enum remedy_kind { REMEDY_POWERSHELL, REMEDY_CMD, REMEDY_SH, REMEDY_WORDS };
enum { REMEDY_KIND_COUNT = REMEDY_WORDS + 1 };

/* What a value may look like. Nothing else is ever put into a script. */
enum ask_type {
    ASK_HOSTNAME, /* letters, digits, dots, hyphens */
    ASK_IP,       /* an IPv4 or IPv6 address */
    ASK_HOST,     /* either of them */
    ASK_CIDR,     /* an address, a slash, a prefix length: not wider than /8, IPv6 /16 */
    ASK_PORT,     /* 1 to 65535 */
    ASK_NUMBER,   /* decimal digits */
    ASK_HEX40,    /* a certificate's thumbprint: 40 hexadecimal digits */
    ASK_IDENT,    /* letters, digits, dot, hyphen, underscore, not beginning with a hyphen: names in a cloud */
    ASK_ACCOUNT,  /* user, DOMAIN\user or user@domain */
    ASK_PATH,     /* an absolute path */
    ASK_LABEL     /* a name with spaces, such as a network connection's */
};
enum { ASK_TYPE_COUNT = ASK_LABEL + 1 };

/* A value the script needs. In PowerShell $ask_NAME, in sh "$ask_NAME", in cmd %ask_NAME%, in words {NAME}. */
struct remedy_ask {
    const char *name;
    enum ask_type type;
    const char *preset; /* NULL: it has to be given */
    const char *words;  /* "the name of the resource group" */
};

struct remedy_fact {
    const char *name; /* "rdp-key-acl" */
    enum remedy_kind kind;
    const enum cause *causes; /* what it repairs, ended by CAUSE_NONE */
    enum place where;
    const char *system; /* "windows", "windows-offline", "xrdp", "azure", ... (docs/add-a-remedy.md) */
    unsigned order;     /* for one cause: the smaller, the narrower; start with the smallest */
    enum risk risk;
    const char *title;       /* "give the service its one RDP key back" */
    const char *why;         /* one or two sentences */
    const char *when;        /* what has to be seen before this is the right repair */
    const char *needs;       /* rights, tools */
    const char *saves;       /* what is kept before it is changed, and where */
    const char *reverts;     /* how undo works, or "nothing to put back, because ..." */
    const char *restarts;    /* what is interrupted, or "nothing" */
    const char *timed;       /* how a downgrade ends by itself; NULL: not a downgrade */
    const char *unconfirmed; /* what no page confirmed; NULL: nothing */
    const char *sources;     /* ids of data/sources.tsv, separated by spaces */
    const struct remedy_ask *asks;
    unsigned ask_count;
    const char *setup; /* what the other sections share; NULL: nothing */
    const char *look;  /* changes nothing */
    const char *apply;
    const char *undo;   /* NULL: nothing to put back */
    const char *verify; /* changes nothing; says whether it worked */
};

/* What stands round the sections in an assembled script; all NULL for words. */
struct remedy_frame {
    const char *begin; /* after the lines that set rdpwhy_remedy, rdpwhy_part and ask_NAME */
    const char *open;  /* before each section */
    const char *close; /* behind it */
    const char *end;   /* at the end; prints the line that begins with "RDPWHY RESULT " */
};

/* NULL when there is none of that name. */
const struct remedy_fact *remedy_by_name(const char *name);
/* All of them, by name: index 0, 1, ... until NULL. */
const struct remedy_fact *remedy_at(unsigned index);
/* Those for a cause, the narrowest first: index 0, 1, ... until NULL. */
const struct remedy_fact *remedy_for(enum cause cause, unsigned index);
/* The one to show when nothing of the server is known, and most are Windows: the narrowest for Windows or for what
 * stands beside the machine; where there is none, the narrowest of all. NULL: none. */
const struct remedy_fact *remedy_usual(enum cause cause);
/* Is it a system that a machine can be? Any other (a cloud, a firewall, a router) stands beside it. */
bool remedy_system_is_machine(const char *system);
const struct remedy_frame *remedy_frame(enum remedy_kind kind);

/* "powershell", "cmd", "sh", "words"; "hostname", "ip", ... */
const char *remedy_kind_name(enum remedy_kind kind);
const char *ask_type_name(enum ask_type type);

#endif
