/* What is known of the client that failed: its kind, and the .rdp file it was started with. */
#ifndef RDPWHY_EVIDENCE_CLIENT_H
#define RDPWHY_EVIDENCE_CLIENT_H

#include "evidence/field.h"

/* What reading the file met on a line; the kinds are those of wire/rdp_file.h. */
enum file_note {
    FILE_NOTE_NO_SETTING,
    FILE_NOTE_TYPE,
    FILE_NOTE_NUMBER,
    FILE_NOTE_TWICE,
    FILE_NOTE_CUT,
    FILE_NOTE_TOO_MANY,
};
struct ev_file_note {
    struct ev_int line;
    struct ev_enum kind; /* enum file_note */
    struct ev_text setting;
};
/* The settings that decide about a connection, as they stand in the file. The account is left out on purpose. */
struct ev_rdp_file {
    struct ev_text full_address;
    struct ev_text alternate_address;
    struct ev_int server_port;
    struct ev_text gateway;
    struct ev_int gateway_usage;
    struct ev_int gateway_profile;
    struct ev_int credssp;              /* enablecredsspsupport */
    struct ev_int authentication_level; /* 1: do not connect to a server that cannot be verified */
    struct ev_int negotiate;            /* negotiate security layer */
    struct ev_int entra_sign_in;        /* enablerdsaadauth */
    struct ev_bool broker;              /* loadbalanceinfo is set */
    struct ev_bool has_signature;
    struct ev_list notes; /* struct ev_file_note */
};
struct ev_client {
    struct ev_text profile; /* the client that failed, when named (--client) */
    struct ev_rdp_file rdp_file;
};

extern const struct field_table file_note_table;
extern const struct field_names file_note_names[];

#endif
