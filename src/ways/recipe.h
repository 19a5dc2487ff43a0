/* A way in as a recipe: what is typed, where it connects, which security is asked for, how the packets travel. And how
 * deep a connection by it got. */
#ifndef RDPWHY_WAYS_RECIPE_H
#define RDPWHY_WAYS_RECIPE_H

#include "base/address.h"
#include "base/buffer.h"
#include "evidence/evidence.h"

enum recipe_security {
    RECIPE_NLA, /* as mstsc asks: TLS with NLA, or what the server makes of it */
    RECIPE_TLS, /* TLS, the logon on the server's own screen */
    RECIPE_RDP, /* standard RDP security, without TLS */
};
enum recipe_transport { RECIPE_TCP, RECIPE_SMALL /* small segments */, RECIPE_GATEWAY };
enum recipe_from {
    RECIPE_PLAIN,    /* what the user typed, as everybody types it */
    RECIPE_ANSWER,   /* another address that this system knows for the name */
    RECIPE_RESOLVER, /* the answer of one DNS server by itself */
    RECIPE_PORT,     /* a port the user named */
    RECIPE_NAME,     /* another name of the machine */
};
/* With RECIPE_NAME: who gave it. */
enum recipe_named {
    NAMED_NOT,
    NAMED_BY_CHALLENGE,   /* NTLM's, MS-NLMP 2.2.1.2 */
    NAMED_BY_CERTIFICATE, /* of the plain way */
    NAMED_BY_DNS,         /* the name that the typed one is an alias of */
    NAMED_SHORT,          /* the typed one without its domain */
};

enum {
    RECIPE_HOST_SIZE = 256,
    RECIPE_MSS = 1200, /* bytes: less than what is left of 1280, the least that IPv6 asks of any line */
    RECIPE_TITLE_SIZE = 160,
    RECIPE_PORT_RDP = 3389,
};
/* What the server chose of what was offered. */
enum recipe_choice { CHOICE_UNKNOWN, CHOICE_NLA, CHOICE_TLS, CHOICE_RDP };
/* Is that less than the plain way's server chooses? Standard RDP security is, where nothing is known of that. */
enum recipe_lowered { LOWERED_NOT, LOWERED_MAYBE, LOWERED };

struct recipe {
    char host[RECIPE_HOST_SIZE]; /* what is typed: a name, or an address without brackets */
    char name[RECIPE_HOST_SIZE]; /* the name the user typed, when `host` is an address in its place; else "" */
    struct address address;      /* where it connects; family NONE: not known */
    uint16_t port;
    enum recipe_security security;
    enum recipe_transport transport;
    bool wide_tls; /* offers all that OpenSSL has, as FreeRDP can and mstsc cannot */
    /* Learnt by going it: */
    enum recipe_choice choice;
    enum recipe_lowered lowered; /* of RECIPE_NLA alone: the others are lower by what they ask for */
    bool old_tls;                /* the server speaks nothing newer than TLS 1.1 */
    bool tls_1_1;                /* with old_tls: that is what it speaks */
    bool odd_suite;              /* with wide_tls: OpenSSL takes what the server chose only when it is told to */
    enum recipe_from from;
    enum recipe_named named;
    char resolver[ADDRESS_TEXT_SIZE];   /* RECIPE_RESOLVER: who said so */
    char gateway[RECIPE_HOST_SIZE + 8]; /* RECIPE_GATEWAY: HOST or HOST:PORT */
};

/* How deep a connection got, without credentials up to the door. */
enum depth {
    DEPTH_NOTHING,
    DEPTH_OPEN,    /* TCP opened */
    DEPTH_CONFIRM, /* the server chose among what was offered */
    DEPTH_TLS,     /* the TLS handshake was completed, and more is needed before the door */
    DEPTH_DOOR,    /* all that can be had without credentials: NLA's challenge; where NLA is not asked for, the security
                      that was asked for is up */
    DEPTH_LOGON,   /* the credentials were accepted */
    DEPTH_SESSION, /* the session began */
};

/* Of the first connection in the evidence. */
enum depth depth_of(const struct evidence *evidence);
/* The check id of the deepest thing that passed there, as in JSON: "nla"; NULL: nothing did. */
const char *depth_check(const struct evidence *evidence);

/* How far it got, in words: "up to NLA's challenge, ..."; a constant. */
const char *depth_words(const struct evidence *evidence);
/* What the server answered to an offer of less than mstsc makes; NULL: no refusal. A constant. */
const char *depth_refusal(const struct evidence *evidence);

/* The same connection: host, address, port, security, transport. */
bool recipe_equal(const struct recipe *a, const struct recipe *b);
/* Less secure than what everybody does. */
bool recipe_is_downgrade(const struct recipe *recipe);
/* As before it was gone. */
void recipe_forget(struct recipe *recipe);
/* What it comes to: what is asked for, or the less that the server makes of it. */
enum recipe_security recipe_level(const struct recipe *recipe);
/* "TLS without NLA", "the address 10.0.0.5, from 10.0.0.53": what is unlike the plain way. */
void recipe_title(const struct recipe *recipe, char title[RECIPE_TITLE_SIZE]);
/* One constant sentence per thing it gives up, worst first; NULL when there are no more. */
const char *recipe_gives_up(const struct recipe *recipe, size_t index);
/* "nla", "tls", "rdp"; "tcp", "small-segments", "gateway". */
const char *recipe_security_name(enum recipe_security security);
const char *recipe_transport_name(enum recipe_transport transport);
/* "challenge", "certificate", "dns", "short"; NULL: no other name. */
const char *recipe_named_name(enum recipe_named named);
/* requestedProtocols, MS-RDPBCGR 2.2.1.1.1 */
uint32_t recipe_offer(const struct recipe *recipe);

#endif
