/* Through the cloud's own agent, or its serial console. */
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "remedy/wrapping.h"
#include "json/compose.h"

/* A resource name is plain enough to be quoted alike in sh and in PowerShell, and the lines below use only what both
 * read the same way: '...' and nothing else. */
void wrap_azure(struct wrapping *wrapping)
{
    char group[WRAP_VALUE_SIZE];
    char vm[WRAP_VALUE_SIZE];
    bool windows = wrapping->kind == REMEDY_POWERSHELL;
    const char *command = windows ? "RunPowerShellScript" : "RunShellScript";
    wrap_value(wrapping, "resource-group", REMEDY_SH, group);
    wrap_value(wrapping, "vm", REMEDY_SH, vm);
    wrap_script_file(wrapping);
    wrap_line(wrapping,
              "az vm run-command invoke --resource-group %s --name %s --command-id %s "
              "--scripts '@%s%s' --query 'value[].message' --output tsv",
              group, vm, command, wrapping->stem, kind_suffix(wrapping->kind));
    wrap_note(wrapping, "Azure keeps the last 4 kB of the output; the script's last line is its result.");
}

enum { SERIAL_WIDTH = 76 };

static void serial_windows(struct wrapping *wrapping, const char *base64)
{
    const char *sign = ">";
    wrap_line(wrapping, "cmd");
    wrap_line(wrapping, "ch -si 1");
    for (size_t length = strlen(base64), at = 0; at < length; at += SERIAL_WIDTH) {
        /* the redirection comes first: a digit before ">" would name a handle */
        wrap_line(wrapping, "%s\"%%TEMP%%\\rdpwhy.b64\" echo %.*s", sign, SERIAL_WIDTH, base64 + at);
        sign = ">>";
    }
    wrap_line(wrapping, "certutil -f -decode \"%%TEMP%%\\rdpwhy.b64\" \"%%TEMP%%\\rdpwhy.ps1\"");
    wrap_line(wrapping,
              "findstr /c:\"# rdpwhy: the end\" \"%%TEMP%%\\rdpwhy.ps1\" && powershell -NoProfile -ExecutionPolicy "
              "Bypass -File \"%%TEMP%%\\rdpwhy.ps1\"");
    wrap_line(wrapping, "del \"%%TEMP%%\\rdpwhy.b64\" \"%%TEMP%%\\rdpwhy.ps1\"");
    wrap_note(wrapping,
              "SAC: \"cmd\" opens a channel, \"ch -si 1\" goes to it; log on there, then paste the other lines a "
              "few at a time. Nothing runs unless the script arrived up to its last line.");
}

static void serial_posix(struct wrapping *wrapping, const char *base64)
{
    wrap_line(wrapping, "base64 -d <<'RDPWHY_END' >\"$HOME/rdpwhy.sh\"");
    for (size_t length = strlen(base64), at = 0; at < length; at += SERIAL_WIDTH) {
        wrap_line(wrapping, "%.*s", SERIAL_WIDTH, base64 + at);
    }
    wrap_line(wrapping, "RDPWHY_END");
    wrap_line(wrapping, "grep -q '^# rdpwhy: the end' \"$HOME/rdpwhy.sh\" && sudo sh \"$HOME/rdpwhy.sh\"");
    wrap_line(wrapping, "rm -f \"$HOME/rdpwhy.sh\"");
    wrap_note(wrapping, "Log on, then paste. Nothing runs unless the script arrived up to its last line.");
}

/* Remedies in cmd are written so that each line works when it is typed. */
static void serial_lines(struct wrapping *wrapping)
{
    wrap_line(wrapping, "cmd");
    wrap_line(wrapping, "ch -si 1");
    wrap_raw(wrapping, wrapping->script);
    wrap_note(wrapping,
              "SAC: \"cmd\" opens a channel, \"ch -si 1\" goes to it; log on there, then paste the other lines a "
              "few at a time.");
}

void wrap_azure_serial(struct wrapping *wrapping)
{
    if (wrapping->kind == REMEDY_CMD) {
        serial_lines(wrapping);
        return;
    }
    char *base64 = wrap_base64(wrapping);
    if (base64 != NULL && wrapping->kind == REMEDY_POWERSHELL) {
        serial_windows(wrapping, base64);
    } else if (base64 != NULL) {
        serial_posix(wrapping, base64);
    }
    alloc_free(base64);
}

/* {"commands": [a line each]}: a parameters file of send-command. */
static char *ssm_parameters(struct wrapping *wrapping)
{
    struct compose *compose = compose_new(NULL);
    compose_array(compose, "commands");
    for (const char *at = wrapping->script; *at != '\0';) {
        size_t length = strcspn(at, "\n");
        char *line = alloc_text_n(at, length);
        compose_text(compose, NULL, line != NULL ? line : "");
        wrapping->failed = wrapping->failed || (line == NULL && !error_no_memory(wrapping->error));
        alloc_free(line);
        at += length + (at[length] == '\n' ? 1 : 0);
    }
    compose_end(compose);
    return compose_finish(compose, wrapping->error);
}

void wrap_aws(struct wrapping *wrapping)
{
    char instance[WRAP_VALUE_SIZE];
    char region[WRAP_VALUE_SIZE] = "";
    bool windows = wrapping->kind == REMEDY_POWERSHELL;
    const char *in = "";
    if (strstr(wrapping->script, "{{") != NULL) {
        wrap_refuse(wrapping, "Systems Manager would take {{ in this script for a parameter of its own");
        return;
    }
    wrap_value(wrapping, "instance", REMEDY_SH, instance);
    if (wrap_has(wrapping, "region")) {
        wrap_value(wrapping, "region", REMEDY_SH, region);
        in = " --region ";
    }
    char *parameters = ssm_parameters(wrapping);
    wrap_file(wrapping, ".aws.json", parameters, parameters != NULL ? strlen(parameters) : 0);
    wrap_line(wrapping,
              "aws ssm send-command --instance-ids %s --document-name %s --parameters 'file://%s.aws.json' "
              "--query Command.CommandId --output text%s%s",
              instance, windows ? "AWS-RunPowerShellScript" : "AWS-RunShellScript", wrapping->stem, in, region);
    wrap_line(wrapping,
              "aws ssm get-command-invocation --instance-id %s --command-id COMMAND-ID "
              "--query '[Status,StandardOutputContent,StandardErrorContent]' --output text%s%s",
              instance, in, region);
    wrap_note(wrapping, "The first line prints the id that stands as COMMAND-ID in the second; give it some seconds.");
}
