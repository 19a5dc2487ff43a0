/* Which part of the way a place belongs to, told by where it stands and by the class of its address. No name, no owner
 * of an address range and no map takes part: they tell nothing about the way. */
#ifndef RDPWHY_INFER_SEGMENTS_H
#define RDPWHY_INFER_SEGMENTS_H

#include "evidence/evidence.h"

/* Sets `segment` of every hop. Hops are in the order of their distance, leg by leg. `target_private`: the host's
 * address is one of a private network. */
void infer_place_hops(struct ev_path *path, bool target_private);

/* Some place was answered from two addresses: the way branches there, and one kind of packet may go another way than
 * the next. What is lost of one kind only may then be lost on one branch. */
bool infer_branches(const struct ev_path *path);

/* Fills `segments` from the hops' counts. False: no memory. */
bool infer_fill_segments(struct ev_path *path, struct error *error) MUST_USE;

#endif
