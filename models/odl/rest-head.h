/* The head of an HTTP request, as far as it decides whether the request is served at all (RFC 9110, RFC 9112). */
#pragma once

#include <glib.h>
#include <http_parser.h>

G_BEGIN_DECLS

#define ODL_REST_MAX_BODY (1024u * 1024u)

typedef struct
{
  GString *name, *value; /* of the field that is being read; what is too long to matter is cut off */
  gboolean in_value, ended;
  guint n_hosts;
  gboolean expects_continue, expects_other;
} OdlRestHead;

void odl_rest_head_init (OdlRestHead *head);
void odl_rest_head_clear (OdlRestHead *head);

/* A request begins; pieces of the names and values of its fields; its end.  What comes behind that, trailers, is
 * passed over. */
void odl_rest_head_begin (OdlRestHead *head);
void odl_rest_head_name (OdlRestHead *head, const char *at, gsize n);
void odl_rest_head_value (OdlRestHead *head, const char *at, gsize n);
void odl_rest_head_end (OdlRestHead *head);

/* The status with which a request of this head is refused; 0: it is not. */
guint odl_rest_head_refusal (const OdlRestHead *head, const http_parser *parser);

G_END_DECLS
