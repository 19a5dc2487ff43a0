/* What a shell may offer for the next word. */
#include <stdio.h>
#include <string.h>

#include "command/complete.h"
#include "command/options_rows.h"
#include "evidence/evidence.h"
#include "facts/causes.h"
#include "facts/profiles.h"
#include "lab/scenario.h"
#include "remedy/remedy.h"

static void offer_profiles(void)
{
    const struct profile_fact *profile;
    for (unsigned i = 0; (profile = profile_at(i)) != NULL; i++) {
        puts(profile->id);
    }
    puts("all");
}

static void offer_checks(void)
{
    for (int id = 0; id < CHECK_COUNT; id++) {
        puts(field_name_of(check_names, id));
    }
}

static void offer_deliveries(void)
{
    for (const struct delivery *delivery = deliveries; delivery->id != NULL; delivery++) {
        puts(delivery->id);
    }
}

static void offer_causes(void)
{
    for (int id = CAUSE_NONE + 1; id < CAUSE_COUNT; id++) {
        puts(cause_fact((enum cause)id)->slug);
    }
}

static void offer_scenarios(void)
{
    const struct lab_scenario *scenario;
    puts("list");
    for (size_t i = 0; (scenario = lab_scenario_at(i)) != NULL; i++) {
        puts(scenario->name);
    }
}

static void offer_sides(void)
{
    puts("client\nserver");
}

/* Words of ours; where there is no row, the shell offers what it knows: files. */
static const struct {
    const char *before; /* an option that takes a value, or a command */
    void (*offer)(void);
} offers[] = {
    { "--client", offer_profiles }, { "--only", offer_checks }, { "--skip", offer_checks },
    { "--for", offer_deliveries },  { "fix", offer_causes },    { "checklist", offer_causes },
    { "lab", offer_scenarios },     { "collect", offer_sides },
};

static void offer_words(const char *before)
{
    for (size_t i = 0; i < COUNT_OF(offers); i++) {
        if (strcmp(offers[i].before, before) == 0) {
            offers[i].offer();
        }
    }
}

static void offer_options(const struct arguments *arguments)
{
    for (size_t i = 0; i < arguments->count; i++) {
        const struct argument *row = &arguments->rows[i];
        if (arguments_by_name(arguments, row->name, strlen(row->name)) == row && row->kind != ARGUMENT_LATER) {
            puts(row->name);
        }
    }
}

static void offer_commands(void)
{
    for (const struct command *command = commands; command->name != NULL; command++) {
        puts(command->name);
    }
    puts("--version");
}

void command_complete(int argc, char **argv)
{
    const struct command *command = argc > 0 ? command_find(argv[0]) : NULL;
    const struct arguments *arguments = command != NULL ? command->options : &option_tables[OPTIONS_OF_CHECK];
    const char *last = argc > 0 ? argv[argc - 1] : "";
    const struct argument *row = arguments_by_name(arguments, last, strlen(last));
    if (row != NULL && argument_takes_next(row)) {
        offer_words(row->name);
        return;
    }
    if (argc == 0) {
        offer_commands();
    }
    if (argc == 1 && command != NULL) {
        offer_words(command->name);
    }
    offer_options(arguments);
}
