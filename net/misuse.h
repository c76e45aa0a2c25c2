/* What a peer did against its protocol: a table of kinds, counted for each session, told to the log and the trace.  What
 * is answered, and whether the session lives on, is the protocol's to say. */
#pragma once

#include "net/world.h"

G_BEGIN_DECLS

#define NET_MISUSES(X)                                                                                       \
  X (MALFORMED, "malformed", "a message that cannot be read")                                                \
  X (TOO_LARGE, "too-large", "a message, or what it lists, is beyond a limit")                               \
  X (UNKNOWN, "unknown", "a kind of message that is not known, or not for this end")                         \
  X (OUT_OF_ORDER, "out-of-order", "a message that has no place at this point of the session")               \
  X (UNASKED, "unasked", "an answer to nothing that was asked")                                              \
  X (UNFINISHED, "unfinished", "a message whose end did not come, or an answer that is owed")                \
  X (UNREAD, "unread", "what the peer is sent is not read")

typedef enum
{
#define NET_MISUSE_ENUM(id, word, text) NET_MISUSE_##id,
  NET_MISUSES (NET_MISUSE_ENUM)
#undef NET_MISUSE_ENUM
      NET_MISUSE_N
} NetMisuse;

/* "out-of-order", and the sentence.  Both are static. */
const char *net_misuse_word (NetMisuse misuse);
const char *net_misuse_text (NetMisuse misuse);

/* Of one session; all zero at its begin. */
typedef struct
{
  guint64 n[NET_MISUSE_N];
} NetMisuses;

/* Counts one.  `session` names it as the trace does ("openflow 7"); `why` is what was wrong with this message.  The
 * record: table "misuse", op the kind, key the session, with "n" (of this kind on this session) and "why". */
void net_misuse_count (NetMisuses *misuses, NetWorld *world, NetMisuse misuse, const char *session,
                       const char *why);
guint64 net_misuse_total (const NetMisuses *misuses);

G_END_DECLS
