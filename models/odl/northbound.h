/* The northbound door: methods and paths on one side, the stores and managers on the other.  A REST server and the lab
 * use the same door. */
#pragma once

#include <jansson.h>

#include "models/odl/error.h"

G_BEGIN_DECLS

typedef struct _Odl Odl;

/* As odl_northbound() of models/odl/odl.h. */
guint
odl_northbound_request (Odl *odl, const char *method, const char *path, const json_t *body, json_t **reply);

/* The methods of a path that answers 405, as HTTP's Allow lists them; NULL for a path of no handler. */
const char *odl_northbound_allow (const char *path);

/* The handlers, each for the paths below its base.  `rest` is the path behind the base without a slash at either end,
 * percent-decoded.  They return a status, or 0 with an error. */
guint odl_northbound_neutron (Odl *odl, const char *method, const char *rest, const json_t *body,
                              json_t **reply, GError **error);
guint odl_northbound_transport_zones (Odl *odl, const char *method, const char *rest, const json_t *body,
                                      json_t **reply, GError **error);
guint odl_northbound_topology (Odl *odl, const char *method, const char *rest, const json_t *body,
                               json_t **reply, GError **error);

guint odl_northbound_operational_topology (Odl *odl, const char *method, const char *rest, const json_t *body,
                                           json_t **reply, GError **error);
guint odl_northbound_tunnels_state (Odl *odl, const char *method, const char *rest, const json_t *body,
                                    json_t **reply, GError **error);
guint odl_northbound_external_tunnels (Odl *odl, const char *method, const char *rest, const json_t *body,
                                       json_t **reply, GError **error);
guint odl_northbound_dpn_endpoints (Odl *odl, const char *method, const char *rest, const json_t *body,
                                    json_t **reply, GError **error);

guint odl_northbound_monitor_params (Odl *odl, const char *method, const char *rest, const json_t *body,
                                     json_t **reply, GError **error);
guint odl_northbound_monitor_interval (Odl *odl, const char *method, const char *rest, const json_t *body,
                                       json_t **reply, GError **error);

guint odl_northbound_itm_config (Odl *odl, const char *method, const char *rest, const json_t *body,
                                 json_t **reply, GError **error);
guint odl_northbound_not_hosted (Odl *odl, const char *method, const char *rest, const json_t *body,
                                 json_t **reply, GError **error);

guint odl_northbound_neighbors (Odl *odl, const char *method, const char *rest, const json_t *body,
                                json_t **reply, GError **error);

/* For a setting of RESTCONF: FALSE with an error when there is nothing to read or to set. */
gboolean odl_northbound_check_setting (const char *method, const char *rest, const char *what,
                                       gboolean *is_get, GError **error);
/* The member of that name, which must be an object; NULL with an error. */
const json_t *odl_northbound_container (const json_t *body, const char *name, GError **error);
/* 0, with "PATCH is not possible here". */
guint odl_northbound_bad_method (const char *method, GError **error);

G_END_DECLS
