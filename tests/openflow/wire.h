/* Messages in tests: bytes as a message, and text as bytes. */
#pragma once

#include "openflow/flow.h"
#include "openflow/group.h"
#include "openflow/text.h"
#include "tap.h"

/* The head of `bytes` as a message; they must outlive it. */
OpenflowMessage wire_message (const guint8 *bytes, gsize n);
/* A flow-mod of this text, encoded with xid 1. */
GByteArray *wire_flow (const char *text);
GByteArray *wire_group (const char *text);

#define WIRE(...)                                                                                            \
  (const guint8[]){ __VA_ARGS__ }, sizeof (const guint8[]) { __VA_ARGS__ }
