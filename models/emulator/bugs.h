/* The known bugs of Open vSwitch's VTEP emulator, each a switch and off by default: all of them were corrected.  The
 * faulty behaviour stands beside the right one, at the place where emulator_bug_on() is asked. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define EMULATOR_BUGS(X)                                                                                     \
  X (UNTAGGED_WINS, "vtep-untagged-wins",                                                                    \
     "a port's untagged binding has no lower priority than the tagged ones, and may take their frames")      \
  X (UNBIND_UNTAGGED, "vtep-unbind-untagged",                                                                \
     "when a port's untagged binding goes, the flows of the tagged ones go with it")                         \
  X (KEY_LATE, "vtep-key-late",                                                                              \
     "a tunnel key is read when the logical switch is first bound and never again; without one it is 0")     \
  X (MULTI_FLOOD, "vtep-multi-flood",                                                                        \
     "with service nodes, too, floods go to every member of the list, and each passes them on")              \
  X (STALE_LOCAL, "vtep-stale-local",                                                                        \
     "rows of local addresses outlive the emulator and the last binding, and hold their logical switch "     \
     "fast")                                                                                                 \
  X (DASH, "vtep-dash", "a binding of a port whose name has a '-' ends the emulator")

typedef enum
{
#define EMULATOR_BUG_ENUM(id, slug, about) EMULATOR_BUG_##id,
  EMULATOR_BUGS (EMULATOR_BUG_ENUM)
#undef EMULATOR_BUG_ENUM
      EMULATOR_BUG_N
} EmulatorBug;

/* A set of bugs, a bit each. */
typedef guint32 EmulatorBugs;

static inline gboolean
emulator_bug_on (EmulatorBugs bugs, EmulatorBug bug)
{
#ifdef EMULATOR_WITHOUT_BUGS /* as if there were no switches: what a test compares with */
  bugs = 0;
#endif
  return (bugs >> bug & 1) != 0;
}

/* NULL-terminated. */
const char *const *emulator_bug_names (void);
/* EMULATOR_BUG_N when the slug is unknown. */
EmulatorBug emulator_bug_from_slug (const char *slug);
gboolean emulator_bug_exists (const char *slug);
/* One sentence; NULL when the slug is unknown. */
const char *emulator_bug_about (const char *slug);

G_END_DECLS
