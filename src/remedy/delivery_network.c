/* Over the network, by a door that is still open. */
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "remedy/wrapping.h"

void wrap_winrm(struct wrapping *wrapping)
{
    char computer[WRAP_VALUE_SIZE];
    wrap_script_file(wrapping);
    wrap_line(wrapping, "Invoke-Command -ComputerName %s -Credential (Get-Credential) -FilePath '.\\%s.ps1'",
              wrap_value(wrapping, "computer", REMEDY_POWERSHELL, computer), wrapping->stem);
    wrap_note(wrapping, "By address instead of name WinRM needs HTTPS, or the address in TrustedHosts.");
}

/* user@host as one literal; the brackets that scp wants round an IPv6 address. */
static const char *ssh_target(struct wrapping *wrapping, bool copy, char room[WRAP_VALUE_SIZE * 2])
{
    char host[WRAP_VALUE_SIZE];
    char user[WRAP_VALUE_SIZE] = "";
    bool v6 = false;
    const struct value *value = values_find(wrapping->values, "computer");
    wrap_value(wrapping, "computer", REMEDY_SH, host);
    if (wrap_has(wrapping, "user")) {
        wrap_value(wrapping, "user", REMEDY_SH, user);
    }
    v6 = copy && value != NULL && strchr(value->text, ':') != NULL;
    snprintf(room, WRAP_VALUE_SIZE * 2, "%s%s%s%s%s", user, user[0] != '\0' ? "@" : "", v6 ? "'['" : "", host,
             v6 ? "']'" : "");
    return room;
}

static void ssh_posix(struct wrapping *wrapping)
{
    char target[WRAP_VALUE_SIZE * 2];
    if (strstr(wrapping->script, "RDPWHY_END") != NULL) {
        wrap_refuse(wrapping, "the script holds the word that ends the here-document");
        return;
    }
    /* the whole script is read before it runs: with sh -s a program in it would read the rest of it as its input */
    wrap_line(wrapping, "ssh %s 'sudo -n sh -c \"$(cat)\"' <<'RDPWHY_END'", ssh_target(wrapping, false, target));
    wrap_raw(wrapping, wrapping->script);
    wrap_line(wrapping, "RDPWHY_END");
    wrap_note(wrapping, "sudo -n asks no password: log in as root, or let sudo know you first.");
}

static void ssh_windows(struct wrapping *wrapping)
{
    enum { LINE_MAX_CMD = 8191 - 200 }; /* cmd.exe is what Windows' SSH server starts */
    char target[WRAP_VALUE_SIZE * 2];
    char *encoded = wrap_encoded(wrapping);
    if (encoded != NULL && strlen(encoded) <= LINE_MAX_CMD) {
        wrap_line(wrapping, "ssh %s powershell -NoProfile -NonInteractive -ExecutionPolicy Bypass -EncodedCommand %s",
                  ssh_target(wrapping, false, target), encoded);
    } else if (encoded != NULL) {
        const char *stem = wrapping->stem;
        wrap_script_file(wrapping);
        wrap_line(wrapping, "scp '%s.ps1' %s:rdpwhy-%s.ps1", stem, ssh_target(wrapping, true, target), stem);
        wrap_line(wrapping, "ssh %s powershell -NoProfile -NonInteractive -ExecutionPolicy Bypass -File rdpwhy-%s.ps1",
                  ssh_target(wrapping, false, target), stem);
        wrap_line(wrapping, "ssh %s cmd /c del rdpwhy-%s.ps1", target, stem);
        wrap_note(wrapping, "The script is longer than the 8191 characters of a cmd.exe line, so it goes as a file.");
    }
    alloc_free(encoded);
}

void wrap_ssh(struct wrapping *wrapping)
{
    if (wrapping->kind == REMEDY_SH) {
        ssh_posix(wrapping);
    } else {
        ssh_windows(wrapping);
    }
}

/* A file over SMB, run once as a task of the system, its output read back over SMB. Not in the Temp of Windows: anybody
 * may make files there, and this one runs as the system. */
void wrap_rpc(struct wrapping *wrapping)
{
    const char *stem = wrapping->stem;
    char quoted[WRAP_VALUE_SIZE];
    char computer[WRAP_VALUE_SIZE];
    wrap_value(wrapping, "computer", REMEDY_CMD, quoted);
    snprintf(computer, sizeof computer, "%.*s", quoted[0] != '\0' ? (int)strlen(quoted) - 2 : 0, quoted + 1);
    wrap_script_file(wrapping);
    wrap_line(wrapping, "copy /y %s.ps1 \"\\\\%s\\ADMIN$\\rdpwhy-%s.ps1\"", stem, computer, stem);
    wrap_line(
        wrapping,
        "schtasks /create /s \"%s\" /ru SYSTEM /sc once /st 00:00 /f /tn rdpwhy-%s /tr \"cmd.exe /c powershell.exe "
        "-NoProfile -ExecutionPolicy Bypass -File C:\\Windows\\rdpwhy-%s.ps1 "
        ">C:\\Windows\\rdpwhy-%s.txt 2>&1\"",
        computer, stem, stem, stem);
    wrap_line(wrapping, "schtasks /run /s \"%s\" /tn rdpwhy-%s", computer, stem);
    wrap_line(wrapping, "type \"\\\\%s\\ADMIN$\\rdpwhy-%s.txt\"", computer, stem);
    wrap_line(wrapping, "schtasks /delete /s \"%s\" /f /tn rdpwhy-%s", computer, stem);
    wrap_line(wrapping, "del \"\\\\%s\\ADMIN$\\rdpwhy-%s.ps1\" \"\\\\%s\\ADMIN$\\rdpwhy-%s.txt\"", computer, stem,
              computer, stem);
    wrap_note(wrapping, "Takes the server's Windows to be in C:\\Windows. Read the output before the two last lines.");
}
