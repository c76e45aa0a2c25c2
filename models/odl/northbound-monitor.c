/* The RESTCONF paths of tunnel monitoring, in the shapes of itm-config.yang. */
#include "models/odl/core.h"
#include "models/odl/northbound.h"
#include "models/odl/reader.h"

/* LLDP, the other protocol of the model, cannot watch a VXLAN tunnel. */
static gboolean
put_params (Odl *odl, const json_t *body, GError **error)
{
  const json_t *params = odl_northbound_container (body, "tunnel-monitor-params", error);
  const char *protocol = "bfd";
  gboolean enabled = FALSE;

  if (!params || !odl_read_boolean (params, "tunnel-monitor-params", "enabled", &enabled, error)
      || !odl_read_text (params, "tunnel-monitor-params", "monitor-protocol", ODL_OPTIONAL, &protocol, error))
    return FALSE;
  if (!g_str_equal (protocol, "bfd") && !g_str_equal (protocol, "odl-interface:tunnel-monitoring-type-bfd"))
    {
      g_set_error (error, ODL_ERROR, ODL_ERROR_BAD_REQUEST,
                   "tunnel-monitor-params: 'monitor-protocol' must be bfd, not '%s'", protocol);
      return FALSE;
    }
  odl_monitor_set (odl, enabled, odl->monitor.interval_ms);
  return TRUE;
}

guint
odl_northbound_monitor_params (Odl *odl, const char *method, const char *rest, const json_t *body,
                               json_t **reply, GError **error)
{
  gboolean is_get;

  if (!odl_northbound_check_setting (method, rest, "tunnel-monitor-params", &is_get, error))
    return 0;
  if (is_get)
    {
      if (reply)
        *reply = json_pack ("{s:{s:b, s:s}}", "tunnel-monitor-params", "enabled", odl->monitor.enabled,
                            "monitor-protocol", "odl-interface:tunnel-monitoring-type-bfd");
      return 200;
    }
  return put_params (odl, body, error) ? 204 : 0;
}

static gboolean
put_interval (Odl *odl, const json_t *body, GError **error)
{
  const json_t *params = odl_northbound_container (body, "tunnel-monitor-interval", error);
  guint64 interval = 0;

  if (!params
      || !odl_read_number (params, "tunnel-monitor-interval", "interval", ODL_REQUIRED,
                           ODL_MONITOR_INTERVAL_MS, ODL_MONITOR_INTERVAL_MS_MAX, &interval, error))
    return FALSE;
  odl_monitor_set (odl, odl->monitor.enabled, (guint) interval);
  return TRUE;
}

guint
odl_northbound_monitor_interval (Odl *odl, const char *method, const char *rest, const json_t *body,
                                 json_t **reply, GError **error)
{
  gboolean is_get;

  if (!odl_northbound_check_setting (method, rest, "tunnel-monitor-interval", &is_get, error))
    return 0;
  if (is_get)
    {
      if (reply)
        *reply
            = json_pack ("{s:{s:i}}", "tunnel-monitor-interval", "interval", (int) odl->monitor.interval_ms);
      return 200;
    }
  return put_interval (odl, body, error) ? 204 : 0;
}
