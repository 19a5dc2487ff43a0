/* How both ends of CredSSP show that they saw the same TLS key (MS-CSSP 3.1.5): from version 5 on a hash of the key
 * with the client's nonce, before it the key itself, and the key plus one as answer. */
#ifndef RDPWHY_LAB_PROOF_H
#define RDPWHY_LAB_PROOF_H

#include "base/buffer.h"
#include "wire/slice.h"

enum lab_side { LAB_FROM_CLIENT, LAB_FROM_SERVER };

/* Appends what that side seals, for a TSRequest of this version. `nonce`: from version 5 on. False: no memory. */
bool lab_proof_write(enum lab_side side, uint32_t version, struct slice key, struct slice nonce,
                     struct buffer *proof) MUST_USE;

#endif
