/* GCC Conference Create Request and Response (T.124; MS-RDPBCGR 2.2.1.3, 2.2.1.4) with their data blocks, both
 * directions: the user data of Connect-Initial and Connect-Response.
 *
 *   00 05 00 14 7C 00 01  len  00 08 00 10 00 01 C0 00 'Duca' len  blocks     client
 *   00 05 00 14 7C 00 01  len  14 node(2) 01 tag 00 01 C0 00 'McDn' len  blocks     server
 *
 *   block: type(2, LE)  length(2, LE, header included)  content
 *
 * Blocks of types we do not know are passed over. */
#ifndef RDPWHY_WIRE_GCC_H
#define RDPWHY_WIRE_GCC_H

#include "base/cursor.h"
#include "base/writer.h"
#include "wire/slice.h"

enum { GCC_CHANNELS_MAX = 31, GCC_CHANNEL_NAME = 8, GCC_CLIENT_NAME = 32, GCC_BLOCKS_MAX = 32 };

/* encryptionMethods, encryptionMethod (2.2.1.3.3, 2.2.1.4.3). */
enum {
    GCC_METHOD_NONE = 0,
    GCC_METHOD_40 = 0x01,
    GCC_METHOD_128 = 0x02,
    GCC_METHOD_56 = 0x08,
    GCC_METHOD_FIPS = 0x10,
};
enum { GCC_LEVEL_NONE, GCC_LEVEL_LOW, GCC_LEVEL_CLIENT_COMPATIBLE, GCC_LEVEL_HIGH, GCC_LEVEL_FIPS };
/* earlyCapabilityFlags of the client (2.2.1.3.2). */
enum {
    GCC_EARLY_ERRINFO = 0x0001,
    GCC_EARLY_STATUSINFO = 0x0004,
    GCC_EARLY_AUTODETECT = 0x0080,
    GCC_EARLY_HEARTBEAT = 0x0400,
};
enum { GCC_VERSION_5_TO_8_1 = 0x00080004, GCC_VERSION_10_12 = 0x00080011 };

struct gcc_channel {
    char name[GCC_CHANNEL_NAME + 1]; /* as sent, ended by NUL */
    uint32_t options;
};

struct gcc_client {
    bool has_core;
    uint32_t version;
    uint16_t width;
    uint16_t height;
    uint32_t keyboard;
    uint32_t build;
    uint16_t name[GCC_CLIENT_NAME / 2]; /* UTF-16, ended by 0 unless all 16 are used */
    bool has_early;
    uint16_t early_flags;
    bool has_selected; /* serverSelectedProtocol */
    uint32_t selected;
    bool has_security;
    uint32_t methods;
    uint32_t extended_methods; /* of French clients, which send no others */
    bool has_net;
    uint32_t channel_count;
    struct gcc_channel channels[GCC_CHANNELS_MAX];
    bool has_cluster;
    uint32_t cluster_flags;
    uint32_t redirected_session;
    bool has_message_channel;
    bool has_multitransport;
    uint32_t multitransport;
};

struct gcc_server {
    bool has_core;
    uint32_t version;
    bool has_requested; /* clientRequestedProtocols */
    uint32_t requested;
    bool has_early;
    uint32_t early_flags;
    bool has_security;
    uint32_t method;
    uint32_t level;
    struct slice random;      /* absent: no standard RDP security */
    struct slice certificate; /* wire/security.h reads it */
    bool has_net;
    uint16_t io_channel;
    uint32_t channel_count;
    uint16_t channels[GCC_CHANNELS_MAX];
    bool has_message_channel;
    uint16_t message_channel;
    bool has_multitransport;
    uint32_t multitransport;
};

enum { GCC_CLIENT_MAX = 1024, GCC_SERVER_MAX = 16000 };

/* Parse the whole user data; lengths that reach past it are bad. Slices point into it. */
enum parse gcc_client_parse(struct slice data, struct gcc_client *client, struct fault *fault) MUST_USE;
enum parse gcc_server_parse(struct slice data, struct gcc_server *server, struct fault *fault) MUST_USE;
/* Write what the has_* say. */
bool gcc_client_write(struct writer *writer, const struct gcc_client *client) MUST_USE;
bool gcc_server_write(struct writer *writer, const struct gcc_server *server) MUST_USE;

#endif
