/* The LLDP agent of a server: on its PFs, for frames of 01:80:c2:00:00:0e are theirs, and spoof checks keep VFs from
 * sending any. */
#include "models/nic/host-private.h"
#include "net/ethernet.h"

#define INTERVAL_NS   (30 * NET_SEC)
#define FAST_START_NS (1 * NET_SEC)

const char *
nic_pf_name (const NicPf *pf)
{
  return pf->name;
}

static void
announce (NetTimer *timer, gint64 now_ns)
{
  NicHost *host = timer->owner;

  for (guint i = 0; i < host->pfs->len; i++)
    {
      const NicPf *pf = host->pfs->pdata[i];
      const NetMac *mac = &g_array_index (pf->device->pf_macs, NetMac, 0);
      NetLldp lldp = { .chassis = *mac, .ttl_s = NET_LLDP_TTL };

      if (!pf->device->wire_up)
        continue;
      g_strlcpy (lldp.port, pf->name, sizeof lldp.port);
      g_strlcpy (lldp.system, host->node.name, sizeof lldp.system);
      sim_node_send (&host->node, pf->first_port, net_lldp_frame (host->node.world.frames, &*mac, &lldp));
    }
  net_world_timer_set (&host->node.world, timer, now_ns + INTERVAL_NS);
}

void
nic_host_run_lldp (NicHost *host, NicNeighborFunc hear, gpointer user)
{
  host->hear = hear;
  host->hear_user = user;
  net_timer_init (&host->lldp, announce, host);
  net_world_timer_set (&host->node.world, &host->lldp, sim_node_now (&host->node) + FAST_START_NS);
}

gboolean
nic_host_take_lldp (NicPf *pf, NetFrame *frame)
{
  NetEthernet ethernet;
  NetDropReason reason;
  NetLldp lldp;

  if (net_ethernet_parse_frame (frame, &ethernet) != NET_DROP_NONE || ethernet.type != NET_ETHERTYPE_LLDP
      || ethernet.n_tags > 0 || !net_mac_equal (&ethernet.destination, &net_lldp_group))
    return FALSE;
  reason
      = net_lldp_parse (net_frame_bytes (frame) + ethernet.payload, frame->length - ethernet.payload, &lldp);
  if (reason == NET_DROP_NONE)
    {
      pf->host->hear (pf->host, pf, &lldp, pf->host->hear_user);
      net_frame_unref (frame);
    }
  else
    sim_node_drop (&pf->host->node, frame,
                   &(NetDrop){ .frame = frame, .port = pf->first_port, .reason = reason, .table = "lldp" });
  return TRUE;
}
