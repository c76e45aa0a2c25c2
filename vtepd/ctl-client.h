/* The client's end of the door: one connection, one question. Blocks. */
#pragma once

#include <glib.h>
#include <jansson.h>

G_BEGIN_DECLS

typedef struct _VtepdClient VtepdClient;

/* `path` may be NULL: then there must be one socket in VTEPD_CTL_DIRECTORY. */
VtepdClient *vtepd_client_new (const char *path, GError **error);
void vtepd_client_free (VtepdClient *client);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (VtepdClient, vtepd_client_free)

/* Takes the request; the answer's result is a new reference.  NULL with an error, the daemon's own included. */
json_t *vtepd_client_ask (VtepdClient *client, json_t *request, GError **error);

/* Behind an answered capture: copies pcapng to the descriptor until SIGINT or SIGTERM, the daemon's end, or nobody
 * reads any more.  *counts is what was captured and lost; NULL when the daemon did not say. */
gboolean vtepd_client_capture (VtepdClient *client, int to, json_t **counts, GError **error);

G_END_DECLS
