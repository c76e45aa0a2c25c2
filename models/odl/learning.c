/* The controller's own MAC learning: table 50's miss punts, and an idle flow there ends what was learnt. */
#include "models/odl/learning.h"
#include "models/odl/core.h"
#include "models/odl/elan-outside.h"
#include "models/odl/elan-program.h"
#include "models/odl/forwarding.h"
#include "models/odl/interface.h"
#include "models/odl/pipeline.h"
#include "net/ethernet.h"

typedef struct
{
  char *interface, *network_id;
  NetMac mac;
} Job;

static void
job_free (gpointer data)
{
  Job *job = data;

  g_free (job->interface);
  g_free (job->network_id);
  g_free (job);
}

/* What came by a provider port; an address that was learnt from a VM here has moved out. */
static void
learn_outside (Odl *odl, OdlElan *elan, OdlInterface *provider, const NetMac *mac)
{
  char text[NET_MAC_TEXT];
  const OdlElanMac *known = odl_registry_find (&elan->macs, net_mac_format (mac, text));

  if (known && known->interface->bound.dpid == provider->bound.dpid)
    odl_elan_remove_mac (odl, elan, mac);
  odl_elan_add_outside (odl, elan, provider, mac);
}

static gint64
learn_step (Odl *odl, gpointer data, guint step)
{
  const Job *job = data;
  OdlInterface *interface = odl_interface_find (odl, job->interface);
  OdlElan *elan = odl_elan_find (odl, job->network_id);

  (void) step;
  if (!interface || !elan || !odl_interface_is_up (interface))
    return ODL_JOB_DONE;
  if (interface->provider_of)
    learn_outside (odl, elan, interface, &job->mac);
  else
    odl_elan_add_mac (odl, elan, interface, &job->mac, FALSE);
  return ODL_JOB_DONE;
}

static void
add_job (Odl *odl, const OdlElan *elan, const OdlInterface *interface, const NetMac *mac)
{
  char text[NET_MAC_TEXT];
  g_autofree char *key = g_strdup_printf ("%s:%s", elan->name, net_mac_format (mac, text));
  Job *job = g_new0 (Job, 1);

  job->interface = g_strdup (interface->name);
  job->network_id = g_strdup (elan->name);
  job->mac = *mac;
  odl_jobs_add (odl, key, learn_step, job, job_free);
}

/* An address that was just learnt elsewhere is not moved: two copies of one frame may come by two ways.  A port's own
 * address is never moved by a frame. */
static gboolean
may_learn (Odl *odl, const OdlElan *elan, const OdlInterface *interface, const NetMac *mac)
{
  char text[NET_MAC_TEXT];
  const OdlElanMac *known = odl_registry_find (&elan->macs, net_mac_format (mac, text));

  if (interface->provider_of && odl_elan_is_outside (elan, interface->provider_of, mac))
    return FALSE;
  /* Frames of another compute's VM come by the provider port; that it is known here spares the controller the next. */
  if (!known || (interface->provider_of && known->interface->bound.dpid != interface->provider_of))
    return TRUE;
  if (known->interface == interface || known->is_static)
    return FALSE;
  return net_world_now (odl->world) - known->learnt_ns >= ODL_RELEARN_NS;
}

void
odl_learning_packet_in (Odl *odl, const OdlCompute *compute, const OpenflowPacketIn *packet_in)
{
  guint64 metadata = packet_in->match.value.metadata;
  const OdlInterface *interface = odl_interface_by_lport (odl, odl_meta_to_lport (metadata));
  const OdlElan *elan = odl_elan_by_tag (odl, odl_meta_to_elan (metadata));
  NetEthernet ethernet;

  (void) compute;
  if (packet_in->table != ODL_TABLE_SMAC || !interface || interface->tunnel || !elan || odl->deaf)
    return;
  if (net_ethernet_parse (packet_in->frame, packet_in->length, &ethernet) != NET_DROP_NONE
      || net_mac_is_group (&ethernet.source) || net_mac_is_zero (&ethernet.source))
    {
      /* An exception in the listener, which is never called again. */
      odl->deaf = odl_has_bug (odl, ODL_BUG_VLAN_GROUPS);
      return;
    }
  if (may_learn (odl, elan, interface, &ethernet.source))
    add_job (odl, elan, interface, &ethernet.source);
}

void
odl_learning_flow_removed (Odl *odl, OdlCompute *compute, const OpenflowFlowRemoved *removed)
{
  guint64 metadata = removed->match.value.metadata;
  OdlElan *elan = odl_elan_by_tag (odl, odl_meta_to_elan (metadata));
  NetMac mac = net_mac_from_u64 (removed->match.value.eth_src);
  guint32 lport = odl_meta_to_lport (metadata);
  const OdlInterface *interface = odl_interface_by_lport (odl, lport);
  char text[NET_MAC_TEXT];
  const OdlElanMac *known;

  if (removed->table != ODL_TABLE_SMAC || removed->reason != OPENFLOW_REMOVED_IDLE_TIMEOUT || !elan)
    return;
  odl_forwarding_forget (compute, removed->table, removed->priority, &removed->match);
  if (interface && interface->provider_of)
    odl_elan_remove_outside (odl, elan, compute->dpid, &mac);
  known = odl_registry_find (&elan->macs, net_mac_format (&mac, text));
  if (known && !known->is_static && known->interface->lport == lport)
    odl_elan_remove_mac (odl, elan, &mac);
}
