/* What a recorded connection (a capture) shows behind the point where everything is enciphered: by the number of its
 * records and bytes, never by their content. */
#ifndef RDPWHY_DIAGNOSE_RECORDED_H
#define RDPWHY_DIAGNOSE_RECORDED_H

#include "diagnose/build.h"

/* NULL: the evidence is not that of a capture. */
const struct ev_recorded *recorded_of(const struct evidence *evidence);
/* The server ended it at the logon or behind. */
bool recorded_stop(const struct look *look, enum check_id *at);
const char *recorded_stop_words(const struct look *look, enum check_id at);
/* Why a connection that nothing stopped cannot be called a success; NULL: a session ran. */
const char *recorded_open(const struct look *look);
/* "; encryption 128 bits, level high" of standard RDP security, else "". Returns text. */
const char *session_encryption(const struct ev_session *session, char text[64]);
/* Status and summary of nla, logon and session; false: the capture says nothing about it. */
bool recorded_check(struct build *build, enum check_id id);

#endif
