/* What the ways of delivery share while they wrap. Only src/remedy includes this. */
#ifndef RDPWHY_REMEDY_WRAPPING_H
#define RDPWHY_REMEDY_WRAPPING_H

#include "remedy/delivery.h"
#include "remedy/quote.h"

#define SPEAKS(kind) (1U << (kind))

struct wrapping {
    const struct delivery *delivery;
    enum remedy_kind kind;
    const char *stem;
    const char *script;
    const struct values *values;
    struct wrapped *out;
    struct error *error;
    bool failed; /* sticky; `error` says why */
};

/* A line to type; the format's %s are constants, quoted values or base64. */
void wrap_line(struct wrapping *wrapping, const char *format, ...) PRINTF_LIKE(2, 3);
void wrap_raw(struct wrapping *wrapping, const char *text);
void wrap_note(struct wrapping *wrapping, const char *constant);
/* The value that the delivery asks for, as a literal of `shell`; a placeholder when it is not known. Points into
 * `room`. */
enum { WRAP_VALUE_SIZE = VALUE_SIZE * 4 };
const char *wrap_value(struct wrapping *wrapping, const char *name, enum remedy_kind shell, char room[WRAP_VALUE_SIZE]);
bool wrap_has(const struct wrapping *wrapping, const char *name);
/* Adds the script as a file STEM.ps1 (or .sh ...). */
void wrap_script_file(struct wrapping *wrapping);
/* Adds a file STEM + suffix; takes over `bytes` (NULL: fails). */
void wrap_file(struct wrapping *wrapping, const char *suffix, char *bytes, size_t size);
/* The script for -EncodedCommand, or as plain base64. NULL: failed. Owned by the caller. */
char *wrap_encoded(struct wrapping *wrapping);
char *wrap_base64(struct wrapping *wrapping);
void wrap_refuse(struct wrapping *wrapping, const char *format, ...) PRINTF_LIKE(2, 3);

void wrap_console(struct wrapping *wrapping);
void wrap_azure(struct wrapping *wrapping);
void wrap_azure_serial(struct wrapping *wrapping);
void wrap_aws(struct wrapping *wrapping);
void wrap_hyperv(struct wrapping *wrapping);
void wrap_vmware(struct wrapping *wrapping);
void wrap_qemu(struct wrapping *wrapping);
void wrap_winrm(struct wrapping *wrapping);
void wrap_ssh(struct wrapping *wrapping);
void wrap_rpc(struct wrapping *wrapping);
void wrap_offline(struct wrapping *wrapping);

#endif
