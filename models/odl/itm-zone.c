/* Which zone each compute is in by what its database says. */
#include "models/odl/compute.h"
#include "models/odl/core.h"
#include "models/odl/itm.h"

/* The name of the zone that a compute is for, NULL: none. */
static const char *
zone_for (const Odl *odl, const OdlCompute *compute)
{
  if (!compute->local_ip)
    return NULL;
  if (compute->zone_asked)
    return compute->zone_asked;
  return odl->default_zone ? ODL_DEFAULT_ZONE : NULL;
}

/* It comes to where it is named by a person, too: then that address counts. */
static gboolean
enter (OdlZone *zone, const OdlCompute *compute)
{
  OdlVtep *vtep = odl_zone_vtep (zone, compute->dpid);

  if (vtep && (!vtep->by_itself || vtep->ip == compute->local_ip))
    return FALSE;
  if (!vtep)
    {
      vtep = g_new0 (OdlVtep, 1);
      vtep->dpid = compute->dpid;
      vtep->by_itself = TRUE;
      g_ptr_array_add (zone->vteps, vtep);
    }
  vtep->ip = compute->local_ip;
  return TRUE;
}

static gboolean
leave (OdlZone *zone, const OdlCompute *compute)
{
  OdlVtep *vtep = odl_zone_vtep (zone, compute->dpid);

  if (!vtep || !vtep->by_itself)
    return FALSE;
  g_ptr_array_remove (zone->vteps, vtep);
  return TRUE;
}

gboolean
odl_itm_place_computes (Odl *odl)
{
  gboolean changed = FALSE;

  for (guint i = 0; i < odl->computes->len; i++)
    {
      const OdlCompute *compute = g_ptr_array_index (odl->computes, i);
      const char *name = zone_for (odl, compute);

      for (guint z = 0; z < odl_registry_n (&odl->zones); z++)
        {
          OdlZone *zone = odl_registry_at (&odl->zones, z);

          changed |= g_strcmp0 (zone->name, name) == 0 ? enter (zone, compute) : leave (zone, compute);
        }
    }
  return changed;
}

void
odl_itm_compute_says (Odl *odl, guint64 dpid, const char *zone_name, NetIpv4 local_ip)
{
  OdlCompute *compute = odl_compute_get (odl, dpid);

  compute->local_ip = local_ip;
  g_free (compute->zone_asked);
  compute->zone_asked = g_strdup (zone_name);
  if (odl_itm_place_computes (odl))
    odl_itm_members_changed (odl);
}

void
odl_itm_set_default_zone (Odl *odl, gboolean enabled)
{
  if (odl->default_zone == enabled)
    return;
  odl->default_zone = enabled;
  if (enabled)
    odl_registry_put (&odl->zones, ODL_DEFAULT_ZONE, odl_zone_new (ODL_DEFAULT_ZONE));
  else
    odl_registry_remove (&odl->zones, ODL_DEFAULT_ZONE);
  odl_itm_place_computes (odl);
  odl_itm_members_changed (odl);
}

/* ---- not hosted ---------------------------------------------------------------------------------------------- */

static json_t *
unknown_vtep (const OdlCompute *compute)
{
  char ip[NET_IPV4_TEXT];

  return json_pack ("{s:I, s:s}", "dpn-id", (json_int_t) compute->dpid, "ip-address",
                    net_ipv4_format (compute->local_ip, ip));
}

json_t *
odl_itm_not_hosted_to_json (const Odl *odl)
{
  json_t *list = json_array ();
  OdlRegistry zones;

  odl_registry_init (&zones, NULL);
  for (guint i = 0; i < odl->computes->len; i++)
    {
      const OdlCompute *compute = g_ptr_array_index (odl->computes, i);
      const char *name = zone_for (odl, compute);
      json_t *vteps = name ? odl_registry_find (&zones, name) : NULL;

      if (!name || odl_registry_find (&odl->zones, name))
        continue;
      if (!vteps)
        {
          vteps = json_array ();
          odl_registry_put (&zones, name, vteps);
        }
      json_array_append_new (vteps, unknown_vtep (compute));
    }
  for (guint i = 0; i < odl_registry_n (&zones); i++)
    json_array_append_new (list, json_pack ("{s:s, s:o}", "zone-name", odl_registry_key (&zones, i),
                                            "unknown-vteps", odl_registry_at (&zones, i)));
  odl_registry_clear (&zones);
  return list;
}
