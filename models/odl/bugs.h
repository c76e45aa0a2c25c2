/* The real controller's known bugs, each a switch that is off by default.  The faulty behaviour stands beside the
 * right one, at the place where odl_bug_on() is asked. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define ODL_BUGS(X)                                                                                          \
  X (DHCP_PUNT_OFF, "dhcp-punt-off",                                                                         \
     "DHCP requests from TORs are punted or dropped in table 18 although the controller's DHCP is off")      \
  X (REPL_MODE_UNSET, "repl-mode-unset",                                                                     \
     "logical switches get no replication_mode, so that TORs flood to one locator only")                     \
  X (TOR_BUCKET_IP, "tor-bucket-ip",                                                                         \
     "the flood groups' TOR buckets are looked up by tunnel address where tunnels are keyed by node id: "    \
     "none is found")

typedef enum
{
#define ODL_BUG_ENUM(id, slug, about) ODL_BUG_##id,
  ODL_BUGS (ODL_BUG_ENUM)
#undef ODL_BUG_ENUM
      ODL_BUG_N
} OdlBug;

/* A set of bugs, a bit each. */
typedef guint64 OdlBugs;

/* ODL_BUG_N when the slug is unknown. */
OdlBug odl_bug_from_slug (const char *slug);

static inline gboolean
odl_bug_on (OdlBugs bugs, OdlBug bug)
{
  return (bugs >> bug & 1) != 0;
}

G_END_DECLS
