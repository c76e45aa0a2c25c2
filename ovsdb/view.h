/* Views: what a monitor shows of a database (RFC 7047 §4.1.5, and the conditional monitors of Open vSwitch,
 * ovsdb-server(7)).
 *
 * All monitors that asked for the same share one view.  A committed transaction is rendered once for each view,
 * whatever the number of sessions that get the text. */
#pragma once

#include "ovsdb/condition.h"

G_BEGIN_DECLS

typedef struct _OvsdbView OvsdbView;

/* The notification that tells of changes, and with it the form of what is told. */
typedef enum
{
  OVSDB_VIEW_UPDATE,  /* "monitor": old and new values */
  OVSDB_VIEW_UPDATE2, /* "monitor_cond": differences */
  OVSDB_VIEW_UPDATE3  /* "monitor_cond_since": the same, with a transaction's id */
} OvsdbViewForm;

/* The views of one database. */
typedef struct
{
  OvsdbDatabase *db;
  GPtrArray *views; /* of OvsdbView, in the order of their making */
} OvsdbViews;

void ovsdb_views_init (OvsdbViews *views, OvsdbDatabase *db);
void ovsdb_views_clear (OvsdbViews *views);

/* The view for <monitor-requests>: an object from table to a request or an array of requests.  A new reference. */
OvsdbView *ovsdb_views_get (OvsdbViews *views, OvsdbViewForm form, const OvsdbJson *requests, GError **error);
/* The view that differs from `view` in the conditions given by <monitor-cond-update-requests>.  A new reference. */
OvsdbView *
ovsdb_views_get_changed (OvsdbViews *views, const OvsdbView *view, const OvsdbJson *requests, GError **error);
void ovsdb_views_release (OvsdbViews *views, OvsdbView *view);

OvsdbViewForm ovsdb_view_form (const OvsdbView *view);
/* What its conditions cost for each row that changes, and bytes that it keeps. */
guint ovsdb_view_n_clauses (const OvsdbView *view);
gsize ovsdb_view_bytes (const OvsdbView *view);

/* ---- rendering: <table-updates> objects; NULL or FALSE when they would be empty -------------------------------- */

/* Renders a transaction for all views. */
void ovsdb_views_render (OvsdbViews *views, const OvsdbChange *changes, guint n_changes);
/* What the last ovsdb_views_render() made for this one, or NULL; borrowed. */
GBytes *ovsdb_view_rendered (const OvsdbView *view);
/* The rows of now, as a monitor's first answer has them; "{}" when there are none. */
void ovsdb_view_append_initial (GString *to, const OvsdbView *view);
/* What changes were, or nothing. */
gboolean
ovsdb_view_append_changes (GString *to, const OvsdbView *view, const OvsdbChange *changes, guint n_changes);
/* What must be told to who had `from` and now has `to_view`, which differ in conditions only. */
gboolean ovsdb_view_append_transition (GString *to, const OvsdbView *from, const OvsdbView *to_view);

G_END_DECLS
