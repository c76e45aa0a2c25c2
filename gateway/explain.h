/* Decisions in words: the "rule" of a drop, and for views why a frame went where it went.  Formatting only. */
#pragma once

#include "gateway/decide.h"
#include "gateway/route.h"

G_BEGIN_DECLS

#define VTEP_EXPLAIN_TEXT 192u

/* One line without the reason itself, which the reader has: "em3 vlan 2902", "ls-5001 fa:16:3e:00:00:12 is at …".
 * `port_names` are the configuration's; `drop` is one of the actions.  Writes to `text`, which is returned. */
const char *
vtep_explain_drop (const VtepTables *tables, const char *const *port_names, const VtepView *view,
                   const VtepActions *actions, const VtepAction *drop, char text[VTEP_EXPLAIN_TEXT]);

/* What a router did with a packet: "r1 10.0.2.0/24 to 10.0.2.5 on green", "r1 has no route to 10.9.0.1", and for a list
 * its entry and interface. */
const char *
vtep_explain_routing (const VtepTables *tables, const VtepRouting *routing, char text[VTEP_EXPLAIN_TEXT]);

/* "em3 vlan 2901", "em3 untagged", "a router". */
const char *vtep_explain_place (const char *const *port_names, VtepPlace place, char text[VTEP_EXPLAIN_TEXT]);

G_END_DECLS
