#include "remedy/delivery.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/base64.h"
#include "remedy/encode.h"
#include "remedy/wrapping.h"

enum { WRAPPED_MAX = 1 << 20 };

#define PS1 SPEAKS(REMEDY_POWERSHELL)
#define SH  SPEAKS(REMEDY_SH)
#define CMD SPEAKS(REMEDY_CMD)
#define TXT SPEAKS(REMEDY_WORDS)

#define VM                                                                                                             \
    {                                                                                                                  \
        "vm", ASK_LABEL, "the virtual machine's name", false                                                           \
    }
#define COMPUTER                                                                                                       \
    {                                                                                                                  \
        "computer", ASK_HOSTNAME, "the server's name", false                                                           \
    }

const struct delivery deliveries[] = {
    { "console",
      "the machine's own console",
      "a keyboard and an administrator's (root's) account: iLO, iDRAC, the "
      "hypervisor's window (Hyper-V: a Basic session, since Enhanced rides on RDP)",
      "on the machine itself, elevated",
      PS1 | SH | CMD | TXT,
      { { 0 } },
      wrap_console },
    { "azure",
      "Azure Run Command",
      "the VM agent Ready, and az logged in; runs as SYSTEM (root)",
      "in a shell where az is logged in",
      PS1 | SH,
      { { "resource-group", ASK_LABEL, "the VM's resource group", false }, VM },
      wrap_azure },
    { "azure-serial",
      "Azure Serial Console",
      "boot diagnostics and a local administrator's account",
      "in the serial console",
      PS1 | SH | CMD,
      { { 0 } },
      wrap_azure_serial },
    { "aws",
      "AWS Systems Manager",
      "the SSM agent and its role; runs as SYSTEM (root)",
      "in a shell where aws is logged in",
      PS1 | SH,
      { { "instance", ASK_IDENT, "the instance's id, i-...", false }, { "region", ASK_IDENT, "the region", true } },
      wrap_aws },
    { "hyperv",
      "Hyper-V PowerShell Direct",
      "you are on the Hyper-V host; guest Windows 10, Server 2016 or later",
      "on the Hyper-V host, in an elevated PowerShell",
      PS1,
      { VM },
      wrap_hyperv },
    { "vmware",
      "VMware Tools, by PowerCLI",
      "VMware Tools run in the guest, and an administrator's account in it",
      "in PowerShell with PowerCLI, connected to vCenter",
      PS1 | SH,
      { VM },
      wrap_vmware },
    { "qemu",
      "the QEMU guest agent",
      "qemu-guest-agent runs in the guest; runs as SYSTEM (root)",
      "on the KVM host, as root",
      PS1 | SH,
      { VM },
      wrap_qemu },
    { "winrm",
      "WinRM (PowerShell remoting)",
      "port 5985 or 5986 open, an administrator's account",
      "in PowerShell, on a Windows PC that reaches the server",
      PS1,
      { COMPUTER },
      wrap_winrm },
    { "ssh",
      "SSH",
      "an SSH server on the machine, an administrator's (sudo) account",
      "in a shell that reaches the machine",
      PS1 | SH,
      { { "computer", ASK_HOST, "the machine's name or address", false },
        { "user", ASK_ACCOUNT, "who logs in", true } },
      wrap_ssh },
    { "rpc",
      "RPC and SMB",
      "ports 135 and 445 open, and you are an administrator there",
      "in cmd.exe, on a Windows PC that reaches the server",
      PS1,
      { COMPUTER },
      wrap_rpc },
    { "offline",
      "the stopped machine's disk",
      "the machine is off, a snapshot is made, and its disk is attached to "
      "another Windows",
      "on that other Windows, elevated",
      PS1 | CMD,
      { { 0 } },
      wrap_offline },
    { NULL, NULL, NULL, NULL, 0, { { 0 } }, NULL },
};

const struct delivery *delivery_find(const char *id)
{
    for (const struct delivery *delivery = deliveries; delivery->id != NULL; delivery++) {
        if (strcmp(delivery->id, id) == 0) {
            return delivery;
        }
    }
    return NULL;
}

const char *kind_suffix(enum remedy_kind kind)
{
    static const char *const suffixes[] = { ".ps1", ".cmd", ".sh", ".txt" };
    return suffixes[kind];
}

char *kind_file(enum remedy_kind kind, const char *script, size_t *size)
{
    bool crlf = kind == REMEDY_POWERSHELL || kind == REMEDY_CMD;
    struct buffer file;
    buffer_init(&file, WRAPPED_MAX);
    buffer_text(&file, kind == REMEDY_POWERSHELL ? "\xef\xbb\xbf" : "");
    for (const char *at = script; *at != '\0'; at++) {
        buffer_text(&file, crlf && *at == '\n' ? "\r" : "");
        buffer_add(&file, at, 1);
    }
    *size = file.size;
    char *bytes = buffer_steal_text(&file);
    buffer_release(&file);
    return bytes;
}

void wrap_refuse(struct wrapping *wrapping, const char *format, ...)
{
    if (!wrapping->failed) {
        char text[400];
        va_list args;
        va_start(args, format);
        vsnprintf(text, sizeof text, format, args);
        va_end(args);
        error_set(wrapping->error, ERROR_USAGE, "--for %s: %s", wrapping->delivery->id, text);
        wrapping->failed = true;
    }
}

static void no_memory(struct wrapping *wrapping)
{
    if (!wrapping->failed) {
        error_no_memory(wrapping->error);
        wrapping->failed = true;
    }
}

void wrap_raw(struct wrapping *wrapping, const char *text)
{
    if (!wrapping->failed && !buffer_text(&wrapping->out->lines, text)) {
        no_memory(wrapping);
    }
}

void wrap_line(struct wrapping *wrapping, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    va_list again;
    va_copy(again, args);
    int length = vsnprintf(NULL, 0, format, args);
    va_end(args);
    char *line = alloc_new((size_t)length + 1);
    if (line == NULL) {
        no_memory(wrapping);
    } else {
        vsnprintf(line, (size_t)length + 1, format, again);
        wrap_raw(wrapping, line);
        wrap_raw(wrapping, "\n");
        alloc_free(line);
    }
    va_end(again);
}

void wrap_note(struct wrapping *wrapping, const char *constant)
{
    struct wrapped *out = wrapping->out;
    if (out->note_count < COUNT_OF(out->notes)) {
        out->notes[out->note_count++] = constant;
    }
}

bool wrap_has(const struct wrapping *wrapping, const char *name)
{
    return values_find(wrapping->values, name) != NULL;
}

static const struct ask *ask_named(const struct delivery *delivery, const char *name)
{
    const struct ask *ask = delivery->asks;
    while (ask->name != NULL && strcmp(ask->name, name) != 0) {
        ask++;
    }
    return ask;
}

/* YOUR-RESOURCE-GROUP: plain in every shell, and plainly not a name. */
static void placeholder(const char *name, char text[64])
{
    snprintf(text, 64, "YOUR-%s", name);
    for (char *at = text; *at != '\0'; at++) {
        *at = (char)(*at >= 'a' && *at <= 'z' ? *at - 'a' + 'A' : *at);
    }
}

const char *wrap_value(struct wrapping *wrapping, const char *name, enum remedy_kind shell, char room[WRAP_VALUE_SIZE])
{
    const struct ask *ask = ask_named(wrapping->delivery, name);
    const struct value *value = values_find(wrapping->values, name);
    char shown[64];
    struct buffer quoted;
    room[0] = '\0';
    buffer_init(&quoted, WRAP_VALUE_SIZE - 1);
    placeholder(name, shown);
    if (value == NULL && wrapping->out->missing_count < WRAPPED_MISSING) {
        wrapping->out->missing[wrapping->out->missing_count++] = ask;
    }
    if (value != NULL && !value_check(ask->type, value->from, value->text, wrapping->error)) {
        wrapping->failed = true;
    } else if (!quote(&quoted, shell, value != NULL ? value->text : shown)) {
        if (quoted.failed) {
            no_memory(wrapping);
        }
        wrap_refuse(wrapping, "%s cannot be written in this shell", name);
    } else {
        memcpy(room, quoted.bytes, quoted.size + 1);
    }
    buffer_release(&quoted);
    return room;
}

void wrap_file(struct wrapping *wrapping, const char *suffix, char *bytes, size_t size)
{
    struct wrapped *out = wrapping->out;
    if (bytes == NULL || out->file_count == WRAPPED_FILES) {
        alloc_free(bytes);
        no_memory(wrapping);
        return;
    }
    struct wrapped_file *file = &out->files[out->file_count++];
    snprintf(file->name, sizeof file->name, "%s%s", wrapping->stem, suffix);
    file->bytes = bytes;
    file->size = size;
}

void wrap_script_file(struct wrapping *wrapping)
{
    size_t size = 0;
    char *bytes = kind_file(wrapping->kind, wrapping->script, &size);
    wrap_file(wrapping, kind_suffix(wrapping->kind), bytes, size);
}

static char *encoded(struct wrapping *wrapping, bool wide)
{
    struct buffer out;
    buffer_init(&out, WRAPPED_MAX);
    bool done =
        wide ? encode_command(&out, wrapping->script) : base64_add(&out, wrapping->script, strlen(wrapping->script));
    char *text = done ? buffer_steal_text(&out) : NULL;
    if (text == NULL) {
        no_memory(wrapping);
    }
    buffer_release(&out);
    return text;
}

char *wrap_encoded(struct wrapping *wrapping)
{
    return encoded(wrapping, true);
}

char *wrap_base64(struct wrapping *wrapping)
{
    return encoded(wrapping, false);
}

static bool is_plain_script(const char *script)
{
    for (; *script != '\0'; script++) {
        if ((*script < 0x20 || *script > 0x7e) && *script != '\n' && *script != '\t') {
            return false;
        }
    }
    return true;
}

void wrapped_release(struct wrapped *wrapped)
{
    buffer_release(&wrapped->lines);
    for (size_t i = 0; i < wrapped->file_count; i++) {
        alloc_free(wrapped->files[i].bytes);
    }
    *wrapped = (struct wrapped){ .file_count = 0 };
}

bool delivery_wrap(const struct delivery *delivery, enum remedy_kind kind, const char *stem, const char *script,
                   const struct values *values, struct wrapped *wrapped, struct error *error)
{
    struct wrapped out = { .file_count = 0 };
    struct wrapping wrapping = { delivery, kind, stem, script, values, &out, error, false };
    buffer_init(&out.lines, WRAPPED_MAX);
    if (kind == REMEDY_WORDS && (delivery->kinds & SPEAKS(kind)) == 0) {
        wrap_refuse(&wrapping, "it cannot carry words for a person; leave --for out");
    } else if ((delivery->kinds & SPEAKS(kind)) == 0) {
        wrap_refuse(&wrapping, "%s cannot carry a %s script", delivery->title, kind_suffix(kind));
    } else if (!is_plain_script(script)) {
        wrap_refuse(&wrapping, "the script holds bytes that are not plain ASCII");
    } else {
        delivery->wrap(&wrapping);
    }
    if (wrapping.failed) {
        wrapped_release(&out);
        return false;
    }
    *wrapped = out;
    return true;
}
