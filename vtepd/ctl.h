/* The door for 'vtepd ctl': a unix socket on which a client asks one thing a connection.
 *
 * The client sends a JSON object and a newline: {"command": "tables", "table": "fdb"}.  The answer is an object in a
 * line: {"result": …} or {"error": "a sentence"}.  Behind {"result": {"capture": …}} follow chunks (vtepd/taps.h) until
 * the client sends anything more; the counts come last. */
#pragma once

#include "gateway/linux/world.h"
#include "vtepd/drops.h"
#include "vtepd/switch.h"
#include "vtepd/taps.h"

#include <jansson.h>

G_BEGIN_DECLS

typedef struct _VtepdCtl VtepdCtl;

/* What can be asked about; all borrowed. */
typedef struct
{
  LinuxWorld *world;
  VtepdSwitch *sw;
  const VtepdDrops *drops;
  VtepdTaps *taps;
} VtepdAbout;

/* Where its sockets are when nobody says otherwise, each named by its switch. */
#define VTEPD_CTL_DIRECTORY "/run/vtepd"

#define VTEPD_CTL_ERROR (vtepd_ctl_error_quark ())
GQuark vtepd_ctl_error_quark (void);

typedef enum
{
  VTEPD_CTL_ERROR_REQUEST
} VtepdCtlError;

VtepdCtl *vtepd_ctl_new (const VtepdAbout *about, const char *path, GError **error);
void vtepd_ctl_free (VtepdCtl *ctl);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (VtepdCtl, vtepd_ctl_free)

/* ---- answers, each in a file of its own name; NULL with an error ------------------------------------------------- */

json_t *vtepd_answer_tables (const VtepdAbout *about, const json_t *request, GError **error);
json_t *vtepd_answer_counters (const VtepdAbout *about, const json_t *request, GError **error);
json_t *vtepd_answer_drops (const VtepdAbout *about, const json_t *request, GError **error);
json_t *vtepd_answer_explain (const VtepdAbout *about, const json_t *request, GError **error);

/* Always NULL, so that it can be returned. */
gpointer vtepd_ctl_refuse (GError **error, const char *format, ...) G_GNUC_PRINTF (2, 3);
/* A text of the request; NULL with an error when it is not there. */
const char *vtepd_ctl_text (const json_t *request, const char *key, GError **error);

/* ---- the client -------------------------------------------------------------------------------------------------- */

/* 'vtepd ctl …'; returns the exit code. */
int vtepd_ctl_main (int argc, char **argv);
/* A result for people. */
void vtepd_ctl_print (const char *command, const json_t *result);

G_END_DECLS
