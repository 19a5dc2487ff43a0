/* Through the hypervisor, or at the machine itself. */
#include <string.h>

#include "base/alloc.h"
#include "remedy/encode.h"
#include "remedy/wrapping.h"
#include "json/compose.h"

void wrap_console(struct wrapping *wrapping)
{
    const char *suffix = kind_suffix(wrapping->kind);
    wrap_script_file(wrapping);
    switch (wrapping->kind) {
    case REMEDY_POWERSHELL:
        wrap_line(wrapping, "powershell -NoProfile -ExecutionPolicy Bypass -File .\\%s%s", wrapping->stem, suffix);
        break;
    case REMEDY_SH:
        wrap_line(wrapping, "sudo sh ./%s%s", wrapping->stem, suffix);
        break;
    case REMEDY_CMD:
        wrap_line(wrapping, ".\\%s%s", wrapping->stem, suffix);
        break;
    case REMEDY_WORDS:
        break;
    }
}

void wrap_hyperv(struct wrapping *wrapping)
{
    char vm[WRAP_VALUE_SIZE];
    wrap_script_file(wrapping);
    wrap_line(wrapping, "Invoke-Command -VMName %s -Credential (Get-Credential) -FilePath '.\\%s.ps1'",
              wrap_value(wrapping, "vm", REMEDY_POWERSHELL, vm), wrapping->stem);
    wrap_note(wrapping, "The credential asked for is an administrator's of the guest.");
}

void wrap_vmware(struct wrapping *wrapping)
{
    char vm[WRAP_VALUE_SIZE];
    bool windows = wrapping->kind == REMEDY_POWERSHELL;
    wrap_script_file(wrapping);
    wrap_line(wrapping,
              "Invoke-VMScript -VM %s -GuestCredential (Get-Credential) -ScriptType %s "
              "-ScriptText (Get-Content -Raw '.\\%s%s')",
              wrap_value(wrapping, "vm", REMEDY_POWERSHELL, vm), windows ? "Powershell" : "Bash", wrapping->stem,
              kind_suffix(wrapping->kind));
    wrap_note(wrapping, "The credential asked for is an administrator's (root's) of the guest.");
    wrap_note(wrapping,
              "Should PowerCLI refuse the length: Copy-VMGuestFile into a folder that only administrators can "
              "write to, and run the file there.");
}

/* The agent's guest-exec, as its one line of JSON: one command for PowerShell, and what its input is (or NULL). */
static char *guest_exec(struct wrapping *wrapping, const char *encoded, const char *input)
{
    static const char *const windows[] = { "-NoProfile", "-NonInteractive", "-ExecutionPolicy", "Bypass",
                                           "-EncodedCommand" };
    struct compose *compose = compose_new(NULL);
    compose_text(compose, "execute", "guest-exec");
    compose_object(compose, "arguments");
    compose_text(compose, "path", encoded != NULL ? "powershell.exe" : "/bin/sh");
    compose_array(compose, "arg");
    for (size_t i = 0; encoded != NULL && i < COUNT_OF(windows); i++) {
        compose_text(compose, NULL, windows[i]);
    }
    if (encoded != NULL) {
        compose_text(compose, NULL, encoded);
    } else { /* read whole before it runs: no program in it shall read the rest of it as its input */
        compose_text(compose, NULL, "-c");
        compose_text(compose, NULL, "eval \"$(cat)\"");
    }
    compose_end(compose);
    if (input != NULL) {
        compose_text(compose, "input-data", input);
    }
    compose_bool(compose, "capture-output", true);
    compose_end(compose);
    return compose_finish_line(compose, wrapping->error);
}

/* What is too long for a command line comes as input; a short command reads it whole and runs it. */
static char *read_and_run(struct wrapping *wrapping)
{
    static const char command[] = "& ([ScriptBlock]::Create((@($input) -join \"`n\")))";
    struct buffer out;
    buffer_init(&out, 1024);
    char *text = encode_command(&out, command) ? buffer_steal_text(&out) : NULL;
    buffer_release(&out);
    wrapping->failed = wrapping->failed || (text == NULL && !error_no_memory(wrapping->error));
    return text;
}

void wrap_qemu(struct wrapping *wrapping)
{
    enum { COMMAND_LINE_MAX = 32767 - 200 }; /* of CreateProcess on Windows */
    char vm[WRAP_VALUE_SIZE];
    char *encoded = wrapping->kind == REMEDY_POWERSHELL ? wrap_encoded(wrapping) : NULL;
    char *input = NULL;
    if (encoded != NULL && strlen(encoded) > COMMAND_LINE_MAX) {
        alloc_free(encoded);
        encoded = read_and_run(wrapping);
        input = wrap_base64(wrapping);
    } else if (wrapping->kind != REMEDY_POWERSHELL) {
        input = wrap_base64(wrapping);
    }
    if (wrapping->failed) {
        alloc_free(encoded);
        alloc_free(input);
        return;
    }
    char *json = guest_exec(wrapping, encoded, input);
    wrapping->failed = wrapping->failed || json == NULL;
    wrap_value(wrapping, "vm", REMEDY_SH, vm);
    /* JSON made of our own words and base64 holds no ' */
    wrap_line(wrapping, "virsh qemu-agent-command %s '%s'", vm, json != NULL ? json : "");
    wrap_line(wrapping, "virsh qemu-agent-command %s '{\"execute\":\"guest-exec-status\",\"arguments\":{\"pid\":PID}}'",
              vm);
    wrap_note(wrapping, "The first line prints the number that stands as PID in the second, whose out-data is base64.");
    wrap_note(wrapping, "Proxmox: the same agent, by qm guest exec VMID -- PROGRAM ARGUMENTS.");
    alloc_free(json);
    alloc_free(encoded);
    alloc_free(input);
}

/* Without the running system: its registry is a file of the other disk, which the script loads and unloads. */
void wrap_offline(struct wrapping *wrapping)
{
    wrap_script_file(wrapping);
    if (wrapping->kind == REMEDY_CMD) {
        wrap_line(wrapping, ".\\%s.cmd", wrapping->stem);
    } else {
        wrap_line(wrapping, "powershell -NoProfile -ExecutionPolicy Bypass -File .\\%s.ps1", wrapping->stem);
    }
    wrap_note(wrapping, "Make a snapshot of the disk first, and let the other Windows bring the disk online.");
}
