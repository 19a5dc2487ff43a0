#include "command/collect_client.h"

#include <string.h>

#include "base/text.h"
#include "facts/codes.h"

#define EACH_RECORD(one, collect, key)                                                                                 \
    for (const struct collect_record *one = collect_next(collect, key, NULL); one != NULL;                             \
         one = collect_next(collect, key, one))

static bool say_codes(const struct collect *collect, struct said_list *list)
{
    bool done = true;
    EACH_RECORD(one, collect, "event")
    {
        uint64_t code;
        if (!done || strcmp(collect_field(one, 1), "1026") != 0 ||
            !text_number(collect_field(one, 4), UINT32_MAX, &code)) {
            continue;
        }
        const struct code_fact *fact = code_fact(CODE_DISCONNECT, (uint32_t)code);
        done = said_add(list, WEIGHT_FACT, CAUSE_NONE, "%s: the client was disconnected with 0x%X: %s",
                        collect_field(one, 3), (unsigned)code, fact != NULL ? fact->meaning : "not in our table");
    }
    return done;
}

/* Values that are known to stop or to bend connections. */
static bool say_settings(const struct collect *collect, struct said_list *list)
{
    static const struct {
        const char *key;
        const char *value;
        enum weight weight;
        enum cause cause;
        const char *words;
    } settings[] = {
        { "credssp.AllowEncryptionOracle", "0", WEIGHT_BESIDE, CAUSE_CREDSSP_MISMATCH,
          "AllowEncryptionOracle = 0: it refuses servers without the CredSSP repair, and they refuse nobody" },
        { "credssp.AllowEncryptionOracle", "2", WEIGHT_BESIDE, CAUSE_NONE,
          "AllowEncryptionOracle = 2: the hole CVE-2018-0886 is open on this client" },
        { "policy.fClientDisableUDP", "1", WEIGHT_FACT, CAUSE_NONE, "UDP is switched off (fClientDisableUDP = 1)" },
        { "policy.AuthenticationLevel", "1", WEIGHT_BESIDE, CAUSE_CERT_EXPIRED,
          "AuthenticationLevel = 1: it does not connect when the certificate does not verify" },
        { "ntlm.RestrictSendingNTLMTraffic", "2", WEIGHT_BESIDE, CAUSE_NTLM_BLOCKED,
          "RestrictSendingNTLMTraffic = 2: it sends no NTLM, so an address in the place of a name cannot log on" },
    };
    for (size_t i = 0; i < COUNT_OF(settings); i++) {
        const struct collect_record *one = collect_next(collect, settings[i].key, NULL);
        if (one != NULL && strcmp(collect_field(one, 0), settings[i].value) == 0 &&
            !said_add(list, settings[i].weight, settings[i].cause, "%s", settings[i].words)) {
            return false;
        }
    }
    return true;
}

/* A field that may name somebody. */
static const char *private_field(const struct collect_record *record, size_t i, bool redact)
{
    const char *text = collect_field(record, i);
    return redact && text[0] != '\0' ? "..." : text;
}

static bool say_between(const struct collect *collect, bool redact, struct said_list *list)
{
    bool done = true;
    EACH_RECORD(one, collect, "connect")
    {
        if (strcmp(collect_field(one, 2), "no") == 0) {
            done &= said_add(list, WEIGHT_FAULT, CAUSE_NONE,
                             "port %s of %s did not open (Test-NetConnection, which does not tell a refusal from "
                             "silence)%s",
                             collect_field(one, 1), private_field(one, 0, redact),
                             strcmp(collect_field(one, 3), "yes") == 0 ? "; the host answers a ping" : "");
        }
    }
    EACH_RECORD(one, collect, "hosts")
    {
        done &= said_add(list, WEIGHT_BESIDE, CAUSE_NAME_STALE_ADDRESS, "the hosts file gives the name the address %s",
                         private_field(one, 0, redact));
    }
    EACH_RECORD(one, collect, "vpn")
    {
        done &= said_add(list, WEIGHT_FACT, CAUSE_NONE, "VPN %s (%s): %s", private_field(one, 0, redact),
                         collect_field(one, 2), collect_field(one, 1));
    }
    EACH_RECORD(one, collect, "proxy")
    {
        if (strcmp(collect_field(one, 0), "user") == 0 && strcmp(collect_field(one, 1), "1") == 0) {
            done &= said_add(list, WEIGHT_FACT, CAUSE_NONE, "a web proxy is set: %s (RDP itself does not use it)",
                             private_field(one, 2, redact));
        }
    }
    EACH_RECORD(one, collect, "product")
    {
        done &= said_add(list, WEIGHT_FACT, CAUSE_NONE, "%s: %s", collect_field(one, 0), collect_field(one, 1));
    }
    EACH_RECORD(one, collect, "winsock")
    {
        done &= said_add(list, WEIGHT_BESIDE, CAUSE_AV_LOCAL_FILTER, "a provider sits in Winsock: %s",
                         collect_field(one, 0));
    }
    EACH_RECORD(one, collect, "driver")
    {
        done &= said_add(list, WEIGHT_FACT, CAUSE_NONE, "filter or tunnel driver: %s (%s)", collect_field(one, 0),
                         collect_field(one, 1));
    }
    return done;
}

bool collect_client_words(const struct collect *collect, bool redact, struct said_list *list, struct error *error)
{
    *list = (struct said_list){ 0 };
    bool done = say_between(collect, redact, list) && say_settings(collect, list) && say_codes(collect, list);
    EACH_RECORD(one, collect, "build")
    {
        done = done && said_add(list, WEIGHT_FACT, CAUSE_NONE, "%s, build %s.%s", collect_field(one, 2),
                                collect_field(one, 0), collect_field(one, 1));
    }
    EACH_RECORD(one, collect, "unread")
    {
        done =
            done && said_add(list, WEIGHT_UNREAD, CAUSE_NONE, "%s (%s)", collect_field(one, 0), collect_field(one, 1));
    }
    if (!done) {
        said_release(list);
        return error_no_memory(error);
    }
    return true;
}

bool collect_loss_words(const struct collect *collect, struct said_list *list, struct error *error)
{
    bool done = true;
    if (!collect->ended) {
        done = said_add(list, WEIGHT_UNREAD, CAUSE_NONE,
                        "the end of the paste is missing (no line @END): what it would have said is not known");
    } else if (collect->count < collect->said) {
        done = said_add(list, WEIGHT_UNREAD, CAUSE_NONE, "%zu of %zu records are here%s", collect->count, collect->said,
                        collect->headed ? "; the rest was lost on the way"
                                        : "; the front was cut off, as Azure's Run Command does after 4 kB");
    } else if (!collect->whole) {
        done = said_add(list, WEIGHT_UNREAD, CAUSE_NONE,
                        "the text was changed on the way: its sum does not agree, so a value may be wrong");
    }
    for (size_t i = 0; done && i < collect->complaint_count; i++) {
        done = said_add(list, WEIGHT_UNREAD, CAUSE_NONE, "line %u: %s", collect->complaints[i].line,
                        collect->complaints[i].why);
    }
    return done || error_no_memory(error);
}
