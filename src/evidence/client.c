#include "evidence/client.h"

#include "evidence/tables.h"

const struct field_names file_note_names[] = {
    { FILE_NOTE_NO_SETTING, "no-setting" },
    { FILE_NOTE_TYPE, "type" },
    { FILE_NOTE_NUMBER, "number" },
    { FILE_NOTE_TWICE, "twice" },
    { FILE_NOTE_CUT, "cut" },
    { FILE_NOTE_TOO_MANY, "too-many" },
    { 0, NULL },
};

static const struct field file_note_rows[] = {
    { FIELD_ROW(struct ev_file_note, line, INT, NONE) },
    { FIELD_ROW(struct ev_file_note, kind, ENUM, NONE), .names = file_note_names },
    { FIELD_ROW(struct ev_file_note, setting, TEXT, RAW) },
};
const struct field_table file_note_table = FIELD_TABLE("file_note", struct ev_file_note, file_note_rows);

static const struct field rdp_file_rows[] = {
    { FIELD_ROW(struct ev_rdp_file, full_address, TEXT, NAME) },
    { FIELD_ROW(struct ev_rdp_file, alternate_address, TEXT, NAME) },
    { FIELD_ROW(struct ev_rdp_file, server_port, INT, NONE) },
    { FIELD_ROW(struct ev_rdp_file, gateway, TEXT, NAME) },
    { FIELD_ROW(struct ev_rdp_file, gateway_usage, INT, NONE) },
    { FIELD_ROW(struct ev_rdp_file, gateway_profile, INT, NONE) },
    { FIELD_ROW(struct ev_rdp_file, credssp, INT, NONE) },
    { FIELD_ROW(struct ev_rdp_file, authentication_level, INT, NONE) },
    { FIELD_ROW(struct ev_rdp_file, negotiate, INT, NONE) },
    { FIELD_ROW(struct ev_rdp_file, entra_sign_in, INT, NONE) },
    { FIELD_ROW(struct ev_rdp_file, broker, BOOL, NONE) },
    { FIELD_ROW(struct ev_rdp_file, has_signature, BOOL, NONE) },
    { FIELD_ROW(struct ev_rdp_file, notes, LIST, NONE), .group = &file_note_table },
};
static const struct field_table rdp_file_table = FIELD_TABLE("rdp_file", struct ev_rdp_file, rdp_file_rows);

static const struct field client_rows[] = {
    { FIELD_ROW(struct ev_client, profile, TEXT, NONE) },
    { FIELD_ROW(struct ev_client, rdp_file, GROUP, NONE), .group = &rdp_file_table },
};
const struct field_table client_table = FIELD_TABLE("client", struct ev_client, client_rows);
