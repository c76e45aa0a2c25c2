/* Which networks stand on which provider ports. */
#include "models/odl/provider.h"
#include "models/odl/core.h"
#include "models/odl/interface.h"

static char *
interface_name (const OdlCompute *compute, const char *port_name, const OdlElan *elan)
{
  if (elan->vlan)
    return g_strdup_printf ("%s:%s:%u", compute->key, port_name, elan->vlan);
  return g_strdup_printf ("%s:%s:flat", compute->key, port_name);
}

static void
look_at (Odl *odl, const OdlElan *elan, const OdlCompute *compute, const char *port_name)
{
  g_autofree char *name = interface_name (compute, port_name, elan);

  odl_interface_provider_changed (odl, name, compute->dpid, elan->name);
}

const char *
odl_provider_port (const Odl *odl, const OdlInterface *interface)
{
  const OdlElan *elan = odl_elan_find (odl, interface->network_id);
  const OdlCompute *compute = odl_compute_find (odl, interface->provider_of);
  const char *port_name = elan && !elan->removed && elan->physnet && compute
                              ? odl_registry_find (&compute->providers, elan->physnet)
                              : NULL;
  g_autofree char *name = port_name ? interface_name (compute, port_name, elan) : NULL;

  return g_strcmp0 (name, interface->name) == 0 ? port_name : NULL;
}

void
odl_provider_elan_changed (Odl *odl, const OdlElan *elan)
{
  for (guint i = 0; elan->physnet && i < odl->computes->len; i++)
    {
      const OdlCompute *compute = g_ptr_array_index (odl->computes, i);
      const char *port_name = odl_registry_find (&compute->providers, elan->physnet);

      if (port_name)
        look_at (odl, elan, compute, port_name);
    }
}

/* Every network of that physical network, on that port. */
static void
look_at_all (Odl *odl, const OdlCompute *compute, const char *physnet, const char *port_name)
{
  for (guint i = 0; i < odl_registry_n (&odl->elans); i++)
    {
      const OdlElan *elan = odl_registry_at (&odl->elans, i);

      if (g_strcmp0 (elan->physnet, physnet) == 0)
        look_at (odl, elan, compute, port_name);
    }
}

static void
look_at_mappings (Odl *odl, const OdlCompute *compute, const OdlRegistry *mappings)
{
  for (guint i = 0; i < odl_registry_n (mappings); i++)
    look_at_all (odl, compute, odl_registry_key (mappings, i), odl_registry_at (mappings, i));
}

void
odl_provider_port_changed (Odl *odl, const OdlCompute *compute, const char *port_name)
{
  for (guint i = 0; i < odl_registry_n (&compute->providers); i++)
    if (g_str_equal (odl_registry_at (&compute->providers, i), port_name))
      look_at_all (odl, compute, odl_registry_key (&compute->providers, i), port_name);
}

void
odl_provider_name_freed (Odl *odl, guint64 dpid, const char *network_id)
{
  const OdlCompute *compute = odl_compute_find (odl, dpid);

  for (guint i = 0; compute && i < odl_registry_n (&odl->elans); i++)
    {
      const OdlElan *elan = odl_registry_at (&odl->elans, i);
      const char *port_name = elan->physnet ? odl_registry_find (&compute->providers, elan->physnet) : NULL;

      if (port_name && !g_str_equal (elan->name, network_id))
        look_at (odl, elan, compute, port_name);
    }
}

/* ---- mappings ------------------------------------------------------------------------------------------------ */

static void
add_mapping (Odl *odl, OdlRegistry *mappings, const char *text)
{
  g_auto (GStrv) halves = g_strsplit (text, ":", 2);

  if (!halves[0] || !halves[1] || !*halves[0] || !*halves[1])
    {
      net_world_log (odl->world, NET_LOG_WARNING, "provider",
                     "'%s' in provider_mappings is no mapping, as physnet1:em1", text);
      return;
    }
  odl_registry_put (mappings, halves[0], g_strdup (halves[1]));
}

static gboolean
same_mappings (const OdlRegistry *a, const OdlRegistry *b)
{
  if (odl_registry_n (a) != odl_registry_n (b))
    return FALSE;
  for (guint i = 0; i < odl_registry_n (a); i++)
    if (!g_str_equal (odl_registry_key (a, i), odl_registry_key (b, i))
        || !g_str_equal (odl_registry_at (a, i), odl_registry_at (b, i)))
      return FALSE;
  return TRUE;
}

void
odl_provider_mappings_changed (Odl *odl, OdlCompute *compute, const char *text)
{
  g_auto (GStrv) words = g_strsplit (text ? text : "", ",", -1);
  OdlRegistry before = compute->providers, now;

  odl_registry_init (&now, g_free);
  for (guint i = 0; words[i]; i++)
    if (*g_strstrip (words[i]))
      add_mapping (odl, &now, words[i]);
  if (same_mappings (&before, &now))
    {
      odl_registry_clear (&now);
      return;
    }
  compute->providers = now;
  look_at_mappings (odl, compute, &before);
  look_at_mappings (odl, compute, &compute->providers);
  odl_registry_clear (&before);
}
