#include "command/begin.h"

#include <string.h>

#include "base/clock.h"
#include "command/rdp_target.h"

bool begin_document(struct evidence *evidence, const struct check_options *options, const char *command,
                    struct error *error)
{
    struct ev_target *target = &evidence->target;
    ev_set_int(&evidence->schema, SOURCE_PROBE, EVIDENCE_SCHEMA);
    ev_set_int(&evidence->started, SOURCE_PROBE, clock_wall_us());
    ev_set_int(&target->port, SOURCE_USER, options->run.port);
    ev_set_bool(&target->local, SOURCE_PROBE, false);
    return ev_set_words(&evidence->program, SOURCE_PROBE, "rdpwhy", error) &&
           ev_set_words(&evidence->version, SOURCE_PROBE, RDPWHY_VERSION, error) &&
           ev_set_words(&evidence->command, SOURCE_PROBE, command, error) &&
           ev_set_text(&target->input, SOURCE_USER, options->input, strlen(options->input), error) &&
           ev_set_text(&target->host, SOURCE_USER, options->run.host, strlen(options->run.host), error) &&
           (options->rdp_file == NULL || rdp_target_record(options->rdp_file, &evidence->client.rdp_file, error)) &&
           (options->code == NULL || output_client_said(evidence, options->code, error)) &&
           (options->client == NULL ||
            ev_set_text(&evidence->client.profile, SOURCE_USER, options->client, strlen(options->client), error));
}
