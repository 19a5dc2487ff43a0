/* What is asked of a gateway, transport by transport: MS-TSGU 2.2.3 and 3.3.5, [MS-RPCH] for the oldest. */
#include <stdio.h>

#include "base/base64.h"
#include "platform/random.h"
#include "probe/gateway.h"

enum { ANSWER_ROOM = 1 << 18, KEY_BYTES = 16, KEY_CAP = 32 };

void gateway_guid(char text[GATEWAY_GUID_SIZE], const uint8_t bytes[16])
{
    snprintf(text, GATEWAY_GUID_SIZE, "{%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-%02x%02x%02x%02x%02x%02x}",
             bytes[0], bytes[1], bytes[2], bytes[3], bytes[4], bytes[5], bytes[6], bytes[7], bytes[8], bytes[9],
             bytes[10], bytes[11], bytes[12], bytes[13], bytes[14], bytes[15]);
}

static void add(struct gateway_request *request, const char *name, const char *value)
{
    const size_t at = request->http.header_count;
    if (at < GATEWAY_HEADERS_MAX) {
        snprintf(request->lines[at], GATEWAY_HEADER_SIZE, "%s: %s", name, value);
        request->headers[at] = request->lines[at];
        request->http.header_count++;
    }
}

void gateway_header(struct gateway_request *request, const char *line)
{
    if (request->http.header_count < GATEWAY_HEADERS_MAX) {
        request->headers[request->http.header_count++] = line;
    }
}

bool gateway_request(const struct gateway_look *look, enum gateway_way way, const char *id,
                     struct gateway_request *request, struct error *error)
{
    static const struct {
        const char *method;
        const char *path;
        enum net_http_body body;
    } ways[] = {
        [GATEWAY_WEBSOCKET] = { "RDG_OUT_DATA", "/remoteDesktopGateway/", NET_HTTP_NO_BODY },
        [GATEWAY_HTTP_OUT] = { "RDG_OUT_DATA", "/remoteDesktopGateway/", NET_HTTP_EMPTY },
        [GATEWAY_RPC] = { "RPC_OUT_DATA", "/rpc/rpcproxy.dll?localhost:3388", NET_HTTP_EMPTY },
        [GATEWAY_HTTP_IN] = { "RDG_IN_DATA", "/remoteDesktopGateway/", NET_HTTP_EMPTY },
    };
    const struct run_options *options = look->run->options;
    uint8_t nonce[KEY_BYTES];
    struct buffer key;
    if (!platform_random(nonce, sizeof nonce, error)) {
        return false;
    }
    buffer_init(&key, KEY_CAP);
    if (!base64_add(&key, nonce, sizeof nonce)) {
        buffer_release(&key);
        return error_no_memory(error);
    }
    *request = (struct gateway_request){
        .http = { .method = ways[way].method,
                  .host = options->gateway_host,
                  .port = options->gateway_port,
                  .path = ways[way].path,
                  .headers = request->headers,
                  .body = ways[way].body,
                  .proxy = &look->proxy,
                  .addresses = look->addresses,
                  .address_count = look->address_count,
                  .connect_limit_us = GATEWAY_CONNECT_US,
                  .answer_limit_us = run_limit_us(look->run, GATEWAY_ANSWER_US),
                  .body_cap = ANSWER_ROOM },
    };
    add(request, "Cache-Control", "no-cache");
    add(request, "Pragma", "no-cache");
    add(request, "Accept", way == GATEWAY_RPC ? "application/rpc" : "*/*");
    add(request, "User-Agent", way == GATEWAY_RPC ? "MSRPC" : "MS-RDGateway/1.0");
    if (way != GATEWAY_RPC) {
        add(request, "RDG-Connection-Id", id);
    }
    if (way == GATEWAY_WEBSOCKET) {
        add(request, "Connection", "Upgrade");
        add(request, "Upgrade", "websocket");
        add(request, "Sec-WebSocket-Version", "13");
        add(request, "Sec-WebSocket-Key", (const char *)key.bytes);
    } else {
        add(request, "Connection", "Keep-Alive");
    }
    buffer_release(&key);
    return true;
}
