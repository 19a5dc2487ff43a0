/* rdpwhy __complete WORD...: for the shells' completion, one candidate a line. The words are those in front of the one
 * that is typed; the options come from the tables that the commands parse by. */
#ifndef RDPWHY_COMMAND_COMPLETE_H
#define RDPWHY_COMMAND_COMPLETE_H

#include "command/commands.h"

void command_complete(int argc, char **argv);

#endif
