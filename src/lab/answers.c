#include "lab/answers.h"

#include <string.h>

#include "base/attributes.h"
#include "wire/ber.h"
#include "wire/credssp.h"
#include "wire/ntlm.h"

enum { NAME_MAX_BYTES = 256, TOKEN_MAX = 12288, SOURCE_REF = 0x1234, SECOND_US = 1000000 };

/* --- the Confirm --- */

static uint32_t refusal_of(const struct lab_negotiation *behaviour)
{
    if (behaviour->refusal != 0) {
        return behaviour->refusal;
    }
    if ((behaviour->protocols & PROTOCOL_TLS) != 0) {
        return NEGO_FAILURE_TLS_REQUIRED;
    }
    return (behaviour->protocols & PROTOCOL_HYBRID) != 0 ? NEGO_FAILURE_HYBRID_REQUIRED : NEGO_FAILURE_TLS_NOT_ALLOWED;
}

void lab_choose(const struct lab_negotiation *behaviour, const struct nego_request *request, struct nego_answer *answer)
{
    static const uint32_t order[] = { PROTOCOL_HYBRID_EX, PROTOCOL_HYBRID, PROTOCOL_RDSAAD, PROTOCOL_RDSTLS,
                                      PROTOCOL_TLS };
    *answer = (struct nego_answer){ .source_ref = behaviour->source != 0 ? behaviour->source : SOURCE_REF };
    if (behaviour->no_block) {
        answer->kind = NEGO_ANSWER_PLAIN;
        return;
    }
    const uint32_t offered = request->no_block ? PROTOCOL_RDP : request->protocols;
    const uint32_t shared = offered & behaviour->protocols;
    answer->kind = NEGO_ANSWER_RESPONSE;
    answer->flags = behaviour->flags;
    for (size_t i = COUNT_OF(order); i-- > 0;) {
        answer->selected = (shared & order[i]) != 0 ? order[i] : answer->selected;
    }
    if (behaviour->forced) {
        answer->selected = behaviour->selected;
    } else if (behaviour->failure != 0 ||
               (shared == 0 && (behaviour->no_rdp || (behaviour->refusal != 0 && offered != PROTOCOL_RDP)))) {
        answer->kind = NEGO_ANSWER_FAILURE;
        answer->failure = behaviour->failure != 0 ? behaviour->failure : refusal_of(behaviour);
    }
}

bool lab_confirm_write(struct writer *writer, const struct lab_negotiation *behaviour, const struct nego_answer *answer)
{
    enum { LENGTH_AT = 2, LI_AT = 4, BLOCK_AT = 11, BLOCK_LENGTH_AT = 13 };
    const size_t begin = writer_size(writer);
    if (!nego_answer_write(writer, answer)) {
        return false;
    }
    uint8_t *packet = writer->start + begin;
    switch (behaviour->lie) {
    case LAB_TPKT_LONG:
        writer_patch_u16be(writer, begin + LENGTH_AT, UINT16_MAX);
        break;
    case LAB_TPKT_SHORT:
        writer_patch_u16be(writer, begin + LENGTH_AT, 4);
        break;
    case LAB_LI_LONG:
        packet[LI_AT] = 0xfe;
        break;
    case LAB_BLOCK_LONG:
        packet[BLOCK_LENGTH_AT] = 64;
        break;
    case LAB_BLOCK_OTHER:
        packet[BLOCK_AT] = 0x77;
        break;
    case LAB_HONEST:
    default:
        break;
    }
    return true;
}

/* --- the challenge --- */

struct wide {
    uint8_t bytes[NAME_MAX_BYTES];
};

static struct slice widen(struct wide *wide, const char *name, const char *otherwise)
{
    const char *text = name != NULL ? name : otherwise;
    size_t size = 0;
    for (; *text != '\0' && size + 2 <= sizeof(wide->bytes); text++) {
        wide->bytes[size++] = (uint8_t)*text;
        wide->bytes[size++] = 0;
    }
    return slice_of(wide->bytes, size);
}

static bool challenge_write(struct writer *writer, const struct lab_identity *is, int64_t now_us)
{
    static const uint8_t nonce[NTLM_CHALLENGE_SIZE] = { 1, 2, 3, 4, 5, 6, 7, 8 };
    struct wide names[5];
    const char *computer = is->netbios_computer != NULL ? is->netbios_computer : "SRV-LAB";
    struct ntlm_challenge challenge = {
        /* UNICODE, REQUEST_TARGET, SIGN, SEAL, NTLM, ALWAYS_SIGN, extended security, 128, KEY_EXCH, 56 */
        .flags = UINT32_C(0xe0088235) | (is->workgroup ? NTLM_TARGET_SERVER : NTLM_TARGET_DOMAIN),
        .version = { .seen = true, .major = 10, .build = 20348 },
        .netbios_computer = widen(&names[0], computer, NULL),
        .netbios_domain = widen(&names[1], is->workgroup ? computer : is->netbios_domain, "CORP"),
        .dns_computer = widen(&names[2], is->dns_computer, is->workgroup ? computer : "SRV-LAB.corp.example"),
        .dns_domain = widen(&names[3], is->dns_domain, is->workgroup ? computer : "corp.example"),
        .has_timestamp = !is->no_time,
        .timestamp = ntlm_time_from_us(now_us + is->skew_s * SECOND_US),
    };
    memcpy(challenge.challenge, nonce, sizeof(nonce));
    challenge.target_name = challenge.netbios_domain;
    if (!is->workgroup) {
        challenge.dns_forest = widen(&names[4], is->dns_forest, "corp.example");
    }
    if (is->major != 0) {
        challenge.version = (struct ntlm_version){ true, is->major, is->minor, is->build };
    }
    return ntlm_challenge_write(writer, &challenge);
}

static bool token_write(struct writer *token, const struct lab_nla *behaviour, int64_t now_us)
{
    enum { INFO_OFFSET_AT = 44, ZEROS = 12256 };
    switch (behaviour->token) {
    case LAB_TOKEN_GARBAGE:
        writer_bytes(token, "this is not NTLM, nor SPNEGO \x1b[31m", 34);
        return writer_ok(token);
    case LAB_TOKEN_ZEROS:
        writer_zeros(token, ZEROS);
        return writer_ok(token);
    case LAB_TOKEN_LYING:
        if (!challenge_write(token, &behaviour->identity, now_us)) {
            return false;
        }
        memset(token->start + INFO_OFFSET_AT, 0xff, 4);
        return true;
    case LAB_CHALLENGE:
    case LAB_NOT_DER:
    case LAB_DER_NESTED:
    case LAB_DER_ENDLESS:
    case LAB_BAD_RECORD:
    default:
        return challenge_write(token, &behaviour->identity, now_us);
    }
}

static bool nested_write(struct writer *writer)
{
    enum { DEPTH = 10000, HEADER = 6 };
    for (uint32_t left = (DEPTH - 1) * HEADER; writer_ok(writer); left -= HEADER) {
        writer_u8(writer, BER_SEQUENCE);
        writer_u8(writer, 0x84);
        writer_u32be(writer, left);
        if (left == 0) {
            break;
        }
    }
    return writer_ok(writer);
}

bool lab_tsrequest_write(struct writer *writer, const struct lab_nla *behaviour, int64_t now_us)
{
    static const uint8_t endless[] = { 0x30, 0x84, 0x7f, 0xff, 0xff, 0xff };
    if (behaviour->token == LAB_NOT_DER) {
        writer_bytes(writer, "HTTP/1.1 200 OK\r\n\r\n", 19);
        return writer_ok(writer);
    }
    if (behaviour->token == LAB_DER_ENDLESS) {
        writer_bytes(writer, endless, sizeof(endless));
        return writer_ok(writer);
    }
    if (behaviour->token == LAB_DER_NESTED) {
        return nested_write(writer);
    }
    uint8_t bytes[TOKEN_MAX];
    struct writer token = writer_of(bytes, sizeof(bytes));
    struct credssp answer = { .version = behaviour->version != 0 ? behaviour->version : CREDSSP_VERSION_OURS };
    if (behaviour->error != 0) {
        answer.has_error = true;
        answer.error = behaviour->error;
    } else {
        if (!token_write(&token, behaviour, now_us)) {
            return false;
        }
        answer.token = slice_of(bytes, writer_size(&token));
    }
    return credssp_write(writer, &answer);
}
