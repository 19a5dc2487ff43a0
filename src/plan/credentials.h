/* Who logs on, when the user wants that to be tried. */
#ifndef RDPWHY_PLAN_CREDENTIALS_H
#define RDPWHY_PLAN_CREDENTIALS_H

#include "platform/secret.h"

struct credentials {
    const char *user;              /* UTF-8 as it was typed: "u", "DOMAIN\\u", "u@realm", ".\\u" */
    const char *domain;            /* --domain; NULL: not given */
    const struct secret *password; /* UTF-8; NULL: none was given */
};

#endif
