/* A way in as something to type: lines for mstsc and FreeRDP, what has to be set up before and taken back after, and
 * the .rdp file. Each text is quoted for the shell it is for. */
#ifndef RDPWHY_WAYS_COMMANDS_H
#define RDPWHY_WAYS_COMMANDS_H

#include "ways/recipe.h"
#include "wire/rdp_file_write.h"

enum { COMMAND_SIZE = 768 };

/* Options of FreeRDP 2 are those of 2.11; of FreeRDP 3 those of 3.30 (client/common/cmdline.h). */
struct commands {
    char mstsc[COMMAND_SIZE]; /* cmd, PowerShell, Start > Run */
    char xfreerdp2[COMMAND_SIZE];
    char xfreerdp3[COMMAND_SIZE];
    /* With RECIPE_SMALL: before the first of them, and to take it back. Empty: nothing to do. */
    char linux_before[COMMAND_SIZE];
    char linux_after[COMMAND_SIZE];
    char windows_before[COMMAND_SIZE];
    char windows_after[COMMAND_SIZE];
};

/* `evidence`: of the plain way (its route, and its certificate's name check); `file`: the name of the .rdp file, NULL:
 * there is none. */
void commands_make(const struct recipe *recipe, const struct evidence *evidence, const char *file,
                   struct commands *commands);
/* False: mstsc can be told with /v: alone, and the file adds nothing. */
bool commands_need_file(const struct recipe *recipe);

/* The settings of the file, the needed ones only; `address` holds the value of "full address". `sign`: also what a
 * signature must cover. Returns how many. */
size_t commands_settings(const struct recipe *recipe, bool sign, char address[RECIPE_HOST_SIZE + 8],
                         struct rdp_file_line lines[RDP_FILE_LINES_MAX]);
/* "srv-01-tls.rdp": letters, digits, dots and hyphens only. */
void commands_file_name(const struct recipe *recipe, char name[RECIPE_HOST_SIZE + 32]);

#endif
