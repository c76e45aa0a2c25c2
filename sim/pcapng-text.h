/* The texts inside our pcapng blocks: drop comments, section lines, and JSON for what standard blocks cannot
 * carry. Private to sim/.  All of it is valid UTF-8, whatever bytes came in, but for the details of a state
 * change, which go through as they are. */
#pragma once

#include "sim/trace.h"

G_BEGIN_DECLS

/* The fronts of the section's comment lines, and of shb_userappl. */
#define PCAPNG_TEXT_SCENARIO "scenario: "
#define PCAPNG_TEXT_VARIANT  "variant: "
#define PCAPNG_TEXT_SEED     "seed: "
#define PCAPNG_TEXT_PROGRAM  "vteplab "

/* Bytes of one text (a name, a rule, a key) that are kept: an option's length has 16 bits, and JSON escapes
 * may make six bytes of one. */
#define PCAPNG_TEXT_MAX 4096u

/* Append a text to `out`, the second as a JSON string in quotes. */
void pcapng_text_append (GString *out, const char *text);
void pcapng_text_append_json (GString *out, const char *text);
/* Appends `,"member":"text"`, or nothing for NULL; no comma behind an opening brace. */
void pcapng_text_append_member (GString *out, const char *member, const char *text);
void pcapng_text_append_time (GString *out, gint64 time_ns);

/* "drop vlan-unbound: no logical switch is bound to this port and VLAN [vlan_bindings, port em3 vlan 5]". */
void pcapng_text_drop_comment (GString *out, const SimTracePacket *packet);
/* {"drop":"vlan-unbound","table":"vlan_bindings","rule":"port em3 vlan 5"}: for the reader. */
void pcapng_text_drop_json (GString *out, const SimTracePacket *packet);
/* {"record":"state","time":…,"node":…,"table":…,"op":…,"key":…}, and on a second line the details as they
 * came. */
void pcapng_text_state (GString *out, const SimTraceState *state, gint64 time_ns);

G_END_DECLS
