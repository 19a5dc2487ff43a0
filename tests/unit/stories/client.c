/* Stories of the client's own words and files. */
#include "unit/stories/stories.h"

#include "unit/diagnose_help.h"

static void settings_perhaps(struct evidence *e)
{
    healthy_windows(e);
    client_said(e, 0x904, -1);
}
static void file_without_nla(struct evidence *e)
{
    healthy_windows(e);
    refuses(e, 1, 5, 0, PURPOSE_OFFER_TLS);
    put_text(&e->client.rdp_file.full_address, "srv.corp.example");
    ev_set_int(&e->client.rdp_file.credssp, SOURCE_FILE, 0);
}
static void file_with_two_ports(struct evidence *e)
{
    healthy_windows(e);
    put_text(&e->client.rdp_file.full_address, "srv.corp.example:3390");
    ev_set_int(&e->client.rdp_file.server_port, SOURCE_FILE, 3389);
}
static void restricted_admin(struct evidence *e)
{
    healthy_windows(e);
    client_said(e, 0xE09, -1);
}
static void policy_of_the_client(struct evidence *e)
{
    healthy_windows(e);
    client_said(e, 0x1607, -1);
}

static const struct story stories[] = {
    { settings_perhaps, CAUSE_CLIENT_RDP_FILE_BAD, CERTAINTY_POSSIBLE, false },
    { file_without_nla, CAUSE_CLIENT_RDP_FILE_BAD, CERTAINTY_LIKELY, true },
    { file_with_two_ports, CAUSE_CLIENT_RDP_FILE_BAD, CERTAINTY_POSSIBLE, false },
    { restricted_admin, CAUSE_RESTRICTED_ADMIN_NEEDED, CERTAINTY_LIKELY, false },
    { policy_of_the_client, CAUSE_CLIENT_POLICY_FORBIDS, CERTAINTY_POSSIBLE, false },
};

const struct story_list client_stories = { stories, COUNT_OF(stories) };
