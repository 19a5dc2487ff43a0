/* Shared by gcc.c and gcc_blocks.c only. */
#ifndef RDPWHY_WIRE_GCC_BLOCKS_H
#define RDPWHY_WIRE_GCC_BLOCKS_H

#include "wire/gcc.h"

/* Reads one block's content into a struct gcc_client or gcc_server; false: it cannot be. */
typedef bool gcc_block_reader(uint16_t type, struct cursor *block, void *into);

gcc_block_reader gcc_client_block_read, gcc_server_block_read;
void gcc_client_blocks_write(struct writer *writer, const struct gcc_client *client);
void gcc_server_blocks_write(struct writer *writer, const struct gcc_server *server);

#endif
