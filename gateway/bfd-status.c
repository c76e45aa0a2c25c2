/* Words for a session's state. */
#include "gateway/bfd-status.h"

gboolean
vtep_bfd_status_equal (const VtepBfdStatus *a, const VtepBfdStatus *b)
{
  return a->state == b->state && a->remote_state == b->remote_state && a->diagnostic == b->diagnostic
         && a->remote_diagnostic == b->remote_diagnostic && a->forwarding == b->forwarding;
}

json_t *
vtep_bfd_status_map (const VtepBfdStatus *status)
{
  return json_pack ("{s:s, s:s, s:s, s:s, s:s}", "state", net_bfd_state_text (status->state), "forwarding",
                    status->forwarding ? "true" : "false", "diagnostic",
                    net_bfd_diagnostic_text (status->diagnostic), "remote_state",
                    net_bfd_state_text (status->remote_state), "remote_diagnostic",
                    net_bfd_diagnostic_text (status->remote_diagnostic));
}

gboolean
vtep_bfd_status_is_said (const OvsdbRow *row, const char *column, json_t *map)
{
  const char *key;
  json_t *value;

  if (ovsdb_row_get (row, column)->n != json_object_size (map))
    return FALSE;
  json_object_foreach (map, key, value)
  {
    if (g_strcmp0 (ovsdb_row_map_text (row, column, key), json_string_value (value)) != 0)
      return FALSE;
  }
  return TRUE;
}

void
vtep_bfd_status_tell (NetWorld *world, const char *key, const VtepBfdStatus *status)
{
  g_autofree char *json = NULL;

  if (!world->detail)
    return;
  json
      = g_strdup_printf ("{\"state\":\"%s\",\"remote_state\":\"%s\",\"forwarding\":%s,\"diagnostic\":\"%s\"}",
                         net_bfd_state_text (status->state), net_bfd_state_text (status->remote_state),
                         status->forwarding ? "true" : "false", net_bfd_diagnostic_text (status->diagnostic));
  net_world_state (world, &(NetState){ .table = "bfd", .op = "change", .key = key, .json = json });
}
