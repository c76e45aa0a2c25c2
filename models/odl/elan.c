/* The life of ELAN instances.  What they make computes and TORs do is in elan-*.c and l2gw*.c. */
#include "models/odl/elan.h"
#include "models/odl/core.h"
#include "models/odl/interface.h"
#include "models/odl/l2gw.h"
#include "models/odl/provider.h"

static void
compute_free (gpointer data)
{
  OdlElanCompute *compute = data;

  g_ptr_array_unref (compute->interfaces);
  odl_registry_clear (&compute->outside);
  g_free (compute);
}

static void
tor_free (gpointer data)
{
  OdlElanTor *tor = data;

  odl_registry_clear (&tor->connections);
  odl_registry_clear (&tor->macs);
  g_free (tor);
}

void
odl_elan_free (gpointer data)
{
  OdlElan *elan = data;

  g_ptr_array_unref (elan->computes);
  odl_registry_clear (&elan->macs);
  odl_registry_clear (&elan->tors);
  g_free (elan->physnet);
  g_free (elan->name);
  g_free (elan);
}

OdlElan *
odl_elan_find (const Odl *odl, const char *network_id)
{
  return odl_registry_find (&odl->elans, network_id);
}

OdlElan *
odl_elan_by_tag (const Odl *odl, guint16 tag)
{
  for (guint i = 0; i < odl_registry_n (&odl->elans); i++)
    {
      OdlElan *elan = odl_registry_at (&odl->elans, i);

      if (elan->tag == tag)
        return elan;
    }
  return NULL;
}

/* ---- members ------------------------------------------------------------------------------------------------- */

OdlElanCompute *
odl_elan_compute (const OdlElan *elan, guint64 dpid)
{
  for (guint i = 0; i < elan->computes->len; i++)
    {
      OdlElanCompute *compute = g_ptr_array_index (elan->computes, i);

      if (compute->dpid == dpid)
        return compute;
    }
  return NULL;
}

OdlElanCompute *
odl_elan_compute_get (OdlElan *elan, guint64 dpid)
{
  OdlElanCompute *compute = odl_elan_compute (elan, dpid);
  guint place = 0;

  if (compute)
    return compute;
  compute = g_new0 (OdlElanCompute, 1);
  compute->dpid = dpid;
  compute->interfaces = g_ptr_array_new ();
  odl_registry_init (&compute->outside, g_free);
  while (place < elan->computes->len
         && ((OdlElanCompute *) g_ptr_array_index (elan->computes, place))->dpid < dpid)
    place++;
  g_ptr_array_insert (elan->computes, (gint) place, compute);
  return compute;
}

void
odl_elan_compute_remove (OdlElan *elan, guint64 dpid)
{
  OdlElanCompute *compute = odl_elan_compute (elan, dpid);

  if (compute)
    g_ptr_array_remove (elan->computes, compute);
}

OdlInterface *
odl_elan_compute_provider (const OdlElanCompute *compute)
{
  for (guint i = 0; i < compute->interfaces->len; i++)
    {
      OdlInterface *interface = g_ptr_array_index (compute->interfaces, i);

      if (interface->provider_of)
        return interface;
    }
  return NULL;
}

OdlElanTor *
odl_elan_tor (const OdlElan *elan, const char *device_name)
{
  return odl_registry_find (&elan->tors, device_name);
}

OdlElanTor *
odl_elan_tor_get (OdlElan *elan, OdlDevice *device)
{
  OdlElanTor *tor = odl_elan_tor (elan, device->name);

  if (tor)
    return tor;
  tor = g_new0 (OdlElanTor, 1);
  tor->device = device;
  odl_registry_init (&tor->connections, NULL);
  odl_registry_init (&tor->macs, g_free);
  odl_registry_put (&elan->tors, device->name, tor);
  return tor;
}

/* ---- networks ------------------------------------------------------------------------------------------------ */

/* The next tag that nobody has, so that a network's successor does not meet its flows; 0 when all are taken. */
static guint16
allocate_tag (Odl *odl)
{
  for (guint n = ODL_ELAN_TAG_FIRST; n <= ODL_ELAN_TAG_LAST; n++)
    {
      guint16 tag = odl->next_elan_tag;

      odl->next_elan_tag = tag == ODL_ELAN_TAG_LAST ? ODL_ELAN_TAG_FIRST : (guint16) (tag + 1u);
      if (!odl_elan_by_tag (odl, tag))
        return tag;
    }
  return 0;
}

static void
record (Odl *odl, const char *op, const OdlElan *elan)
{
  json_t *details = json_pack ("{s:i}", "tag", (int) elan->tag);

  if (elan->has_vni)
    json_object_set_new (details, "vni", json_integer (elan->vni));
  odl_record (odl, "elan", op, elan->name, details);
}

/* Is there a type that an elan can be made of? */
static gboolean
is_supported (const Odl *odl, const OdlNetwork *network)
{
  gboolean supported = network->type != ODL_NETWORK_OTHER;

  if (odl_has_bug (odl, ODL_BUG_MP_BOOT)) /* the top level alone is asked; it is flat where segments stand */
    return supported;
  for (guint i = 0; i < network->segments->len; i++)
    supported |= g_array_index (network->segments, OdlSegment, i).type != ODL_NETWORK_OTHER;
  return supported;
}

static OdlElan *
add_elan (Odl *odl, const OdlNetwork *network)
{
  const char *id = network->object.id;
  gboolean supported = is_supported (odl, network);
  guint16 tag = supported ? (guint16) odl_take_kept_id (odl, "elan", id) : 0;
  OdlElan *elan;

  if (tag == 0 && supported)
    tag = allocate_tag (odl);
  if (tag == 0)
    {
      net_world_log (odl->world, NET_LOG_WARNING, "elan", "network %s gets no elan: %s", id,
                     supported ? "no tag is left" : "its type is unknown");
      return NULL;
    }
  elan = g_new0 (OdlElan, 1);
  elan->name = g_strdup (id);
  elan->tag = tag;
  elan->computes = g_ptr_array_new_with_free_func (compute_free);
  odl_registry_init (&elan->macs, g_free);
  odl_registry_init (&elan->tors, tor_free);
  odl_registry_put (&odl->elans, elan->name, elan);
  return elan;
}

void
odl_elan_read_network (Odl *odl, OdlObject *object)
{
  const OdlNetwork *network = (const OdlNetwork *) object;
  OdlElan *elan = odl_elan_find (odl, object->id);
  gboolean is_new = !elan;

  if (is_new)
    elan = add_elan (odl, network);
  if (!elan)
    return;
  elan->type = network->type;
  elan->has_vni = odl_network_vni (network, &elan->vni);
  g_clear_pointer (&elan->physnet, g_free);
  if (odl_network_is_provider (network, &elan->vlan))
    elan->physnet = g_strdup (network->physnet);
  record (odl, is_new ? "add" : "change", elan);
  odl_l2gw_elan_added (odl, elan);
  odl_provider_elan_changed (odl, elan);
}

void
odl_elan_network_added (Odl *odl, OdlObject *object)
{
  const OdlNetwork *network = (const OdlNetwork *) object;
  OdlElan *elan = odl_elan_find (odl, object->id);

  /* The loop over the segments reads one too many, and what was begun is given up. */
  if (odl_has_bug (odl, ODL_BUG_MP_INDEX) && network->segments->len > 0)
    {
      net_world_log (odl->world, NET_LOG_ERROR, "elan", "network %s: array index %u out of bounds",
                     object->id, network->segments->len);
      return;
    }
  if (elan) /* it was about to go */
    {
      elan->removed = FALSE;
      odl_provider_elan_changed (odl, elan);
    }
  else
    odl_elan_read_network (odl, object);
}

static gboolean
segments_equal (const OdlNetwork *a, const OdlNetwork *b)
{
  if (a->type != b->type || a->has_id != b->has_id || a->segmentation_id != b->segmentation_id
      || g_strcmp0 (a->physnet, b->physnet) != 0 || a->segments->len != b->segments->len)
    return FALSE;
  for (guint i = 0; i < a->segments->len; i++)
    {
      const OdlSegment *one = &g_array_index (a->segments, OdlSegment, i),
                       *other = &g_array_index (b->segments, OdlSegment, i);

      if (one->type != other->type || one->has_id != other->has_id || one->id != other->id)
        return FALSE;
    }
  return TRUE;
}

void
odl_elan_network_changed (Odl *odl, const OdlObject *before, OdlObject *after)
{
  if (odl_has_bug (odl, ODL_BUG_MP_BOOT)) /* what is compared of an update are other columns than these */
    return;
  if (!segments_equal ((const OdlNetwork *) before, (const OdlNetwork *) after))
    odl_elan_change (odl, after->id);
}

void
odl_elan_network_removed (Odl *odl, const OdlObject *network)
{
  OdlElan *elan = odl_elan_find (odl, network->id);

  if (!elan)
    return;
  elan->removed = TRUE;
  odl_l2gw_elan_removed (odl, elan);
  odl_provider_elan_changed (odl, elan);
  odl_elan_settle (odl, elan);
}

void
odl_elan_settle (Odl *odl, OdlElan *elan)
{
  g_autofree char *name = NULL;

  if (!elan->removed || elan->computes->len > 0 || odl_registry_n (&elan->tors) > 0)
    return;
  name = g_strdup (elan->name);
  record (odl, "remove", elan);
  odl_registry_remove (&odl->elans, name);
}
