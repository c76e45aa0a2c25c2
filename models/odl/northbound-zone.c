/* The RESTCONF paths of zones that computes enter by themselves, in the shapes of itm-config.yang and itm.yang. */
#include "models/odl/core.h"
#include "models/odl/itm.h"
#include "models/odl/northbound.h"
#include "models/odl/reader.h"

static gboolean
put_config (Odl *odl, const json_t *body, GError **error)
{
  const json_t *config = odl_northbound_container (body, "itm-config", error);
  const char *type = "vxlan";
  gboolean enabled = FALSE;

  if (!config || !odl_read_boolean (config, "itm-config", "def-tz-enabled", &enabled, error)
      || !odl_read_text (config, "itm-config", "def-tz-tunnel-type", ODL_OPTIONAL, &type, error))
    return FALSE;
  if (!g_str_equal (type, "vxlan"))
    {
      g_set_error (error, ODL_ERROR, ODL_ERROR_BAD_REQUEST,
                   "itm-config: 'def-tz-tunnel-type' must be vxlan, not '%s'", type);
      return FALSE;
    }
  odl_itm_set_default_zone (odl, enabled);
  return TRUE;
}

guint
odl_northbound_itm_config (Odl *odl, const char *method, const char *rest, const json_t *body, json_t **reply,
                           GError **error)
{
  gboolean is_get;

  if (!odl_northbound_check_setting (method, rest, "itm-config", &is_get, error))
    return 0;
  if (is_get)
    {
      if (reply)
        *reply = json_pack ("{s:{s:b, s:s}}", "itm-config", "def-tz-enabled", odl->default_zone,
                            "def-tz-tunnel-type", "vxlan");
      return 200;
    }
  return put_config (odl, body, error) ? 204 : 0;
}

guint
odl_northbound_not_hosted (Odl *odl, const char *method, const char *rest, const json_t *body, json_t **reply,
                           GError **error)
{
  (void) body;
  if (!g_str_equal (method, "GET"))
    return odl_northbound_bad_method (method, error);
  if (*rest)
    {
      g_set_error (error, ODL_ERROR, ODL_ERROR_NOT_FOUND, "there is nothing at not-hosted-transport-zones/%s",
                   rest);
      return 0;
    }
  if (reply)
    *reply = json_pack ("{s:{s:o}}", "not-hosted-transport-zones", "tepsInNotHostedTransportZone",
                        odl_itm_not_hosted_to_json (odl));
  return 200;
}
