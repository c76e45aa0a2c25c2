/* The SR-IOV server's node: takes frames at wire, VF and host ports, lets the card's switch decide, does what it says. */
#include "models/nic/host-private.h"
#include "models/nic/switch.h"

#define MBIT G_GUINT64_CONSTANT (1000000)

/* ---- ports --------------------------------------------------------------------------------------------------- */

guint
nic_pf_wire_port (const NicPf *pf)
{
  return pf->first_port;
}

guint
nic_pf_vf_port (const NicPf *pf, guint vf)
{
  g_assert (vf < pf->device->n_vfs);
  return pf->first_port + 1 + vf;
}

guint
nic_pf_host_port (const NicPf *pf)
{
  return pf->device->pf_listens ? pf->first_port + 1 + pf->device->n_vfs : NET_PORT_NONE;
}

static guint
port_of (const NicPf *pf, guint function)
{
  if (function == NIC_WIRE)
    return nic_pf_wire_port (pf);
  return function == NIC_PF ? nic_pf_host_port (pf) : nic_pf_vf_port (pf, function);
}

static guint
function_of (const NicPf *pf, guint port)
{
  if (port == pf->first_port)
    return NIC_WIRE;
  return port == nic_pf_host_port (pf) ? NIC_PF : port - pf->first_port - 1;
}

static NicPf *
pf_of_port (NicHost *host, guint port)
{
  for (guint i = host->pfs->len; i--;)
    {
      NicPf *pf = g_ptr_array_index (host->pfs, i);
      if (port >= pf->first_port)
        return pf;
    }
  g_assert_not_reached ();
}

/* ---- frames -------------------------------------------------------------------------------------------------- */

/* The other form of a frame: with the tag that the sender's VLAN gives it, or without the one it has. */
static NetFrame *
other_form (const NicDecision *decision, NetFrame *frame)
{
  net_frame_ref (frame);
  return decision->insert ? net_vlan_push (frame, decision->tag) : net_vlan_pop (frame);
}

/* Takes the frame.  Copies are made at most once: all who want the other form share it. */
static void
execute (NicPf *pf, const NicDecision *decision, const NetEthernet *ethernet, NetFrame *frame)
{
  gboolean has_forms
      = decision->insert || (ethernet->n_tags > 0 && ethernet->tags[0].tpid == NET_ETHERTYPE_VLAN);
  NetFrame *other = NULL;

  for (guint i = 0; i < decision->n_outputs; i++)
    {
      const NicOutput *output = &decision->outputs[i];
      gboolean as_it_is = !has_forms || output->tagged != decision->insert;
      if (!as_it_is && !other)
        other = other_form (decision, frame);
      sim_node_send (&pf->host->node, port_of (pf, output->function),
                     net_frame_ref (as_it_is ? frame : other));
    }
  net_frame_unref (other);
  net_frame_unref (frame);
}

static void
forward (NicPf *pf, guint function, NetFrame *frame)
{
  NetEthernet ethernet;
  NicDecision decision;
  NetDropReason reason = net_ethernet_parse_frame (frame, &ethernet);

  if (reason == NET_DROP_NONE)
    {
      nic_switch_decide (pf->device, function, &ethernet, &decision);
      if (decision.n_outputs)
        {
          execute (pf, &decision, &ethernet, frame);
          return;
        }
    }
  else
    decision = (NicDecision){ .drop = reason, .table = "ethernet" };
  sim_node_drop (&pf->host->node, frame,
                 &(NetDrop){ .frame = frame,
                             .port = port_of (pf, function),
                             .reason = decision.drop,
                             .table = decision.table,
                             .rule = decision.rule });
}

/* ---- rate limits --------------------------------------------------------------------------------------------- */

static void
wait_for_turn (NicLane *lane)
{
  net_world_timer_set (&lane->pf->host->node.world, &lane->timer, lane->shaper.free_ns);
}

static void
fire_lane (NetTimer *timer, gint64 now_ns)
{
  NicLane *lane = timer->owner;
  NetFrame *frame;

  while ((frame = nic_shaper_next (&lane->shaper, now_ns)))
    forward (lane->pf, lane->vf, frame);
  if (!g_queue_is_empty (&lane->shaper.ring))
    wait_for_turn (lane);
}

void
nic_host_apply_rate (NicPf *pf, guint vf)
{
  NicLane *lane = &pf->lanes[vf];

  lane->shaper.rate_bps = pf->device->vfs[vf].info.max_tx_mbps * MBIT;
  lane->shaper.free_ns = sim_node_now (&pf->host->node);
  if (!g_queue_is_empty (&lane->shaper.ring))
    wait_for_turn (lane);
}

static void
send_from_vf (NicPf *pf, guint vf, NetFrame *frame)
{
  NicLane *lane = &pf->lanes[vf];

  switch (nic_shaper_offer (&lane->shaper, frame, sim_node_now (&pf->host->node)))
    {
    case NIC_SHAPER_PASS:
      forward (pf, vf, frame);
      break;
    case NIC_SHAPER_WAIT:
      wait_for_turn (lane);
      break;
    case NIC_SHAPER_FULL:
      sim_node_drop (&pf->host->node, frame,
                     &(NetDrop){ .frame = frame,
                                 .port = nic_pf_vf_port (pf, vf),
                                 .reason = NET_DROP_QUEUE_FULL,
                                 .table = "vf",
                                 .rule = "max_tx_rate" });
      break;
    }
}

/* ---- the node ------------------------------------------------------------------------------------------------ */

static void
receive (SimNode *node, guint port, NetFrame *frame)
{
  NicPf *pf = pf_of_port ((NicHost *) node, port);
  guint function = function_of (pf, port);

  if (function == NIC_WIRE && pf->host->hear && nic_host_take_lldp (pf, frame))
    return;
  if (function == NIC_WIRE || function == NIC_PF)
    forward (pf, function, frame);
  else
    send_from_vf (pf, function, frame);
}

/* The driver lifts all limits when the speed of the link changes, and down is a speed. */
static void
port_changed (SimNode *node, guint port, gboolean up)
{
  NicPf *pf = pf_of_port ((NicHost *) node, port);

  if (port != pf->first_port || pf->device->wire_up == up)
    return;
  pf->device->wire_up = up;
  nic_pf_tell (pf, "change");
  for (guint i = 0; !up && i < pf->device->n_vfs; i++)
    if (pf->device->vfs[i].info.max_tx_mbps)
      {
        pf->device->vfs[i].info.max_tx_mbps = 0;
        nic_host_apply_rate (pf, i);
        nic_vf_tell (pf, i, "change");
      }
}

static void
host_free (SimNode *node)
{
  NicHost *host = (NicHost *) node;

  net_world_timer_cancel (&node->world, &host->lldp);
  g_ptr_array_unref (host->pfs);
  sim_node_clear (node);
  g_free (host);
}

static const SimNodeClass host_class = {
  .kind = "sriov-compute",
  .receive = receive,
  .port_changed = port_changed,
  .free = host_free,
};

NicHost *
nic_host_new (SimNetwork *network, const char *name)
{
  NicHost *host = g_new0 (NicHost, 1);

  host->pfs = g_ptr_array_new_with_free_func ((GDestroyNotify) nic_pf_free);
  sim_node_init (&host->node, network, &host_class, name);
  return host;
}

static void
add_ports (NicPf *pf)
{
  SimNode *node = &pf->host->node;

  pf->first_port = sim_node_add_port (node, pf->name);
  for (guint i = 0; i < pf->device->n_vfs; i++)
    {
      g_autofree char *port = g_strdup_printf ("%sv%u", pf->name, i);
      sim_node_add_port (node, port);
      pf->lanes[i] = (NicLane){ .pf = pf, .vf = i };
      nic_shaper_init (&pf->lanes[i].shaper);
      net_timer_init (&pf->lanes[i].timer, fire_lane, &pf->lanes[i]);
    }
  if (pf->device->pf_listens)
    {
      g_autofree char *port = g_strdup_printf ("%shost", pf->name);
      sim_node_add_port (node, port);
    }
}

/* A locally administered address that is the same in every run. */
static NetMac
made_up_mac (NicHost *host, const char *name)
{
  g_autofree char *whole = g_strdup_printf ("%s/%s", host->node.name, name);
  SimRandom random;
  NetMac mac;

  sim_random_init (&random, 0, whole);
  sim_random_bytes (&random, mac.octet, sizeof mac.octet);
  mac.octet[0] = (guint8) ((mac.octet[0] & 0xfc) | 2);
  return mac;
}

NicPf *
nic_host_add_pf (NicHost *host, const char *name, const NicPfConfig *config)
{
  NicPf *pf = g_new0 (NicPf, 1);
  NicPfConfig whole = *config;

  if (net_mac_is_zero (&whole.mac))
    whole.mac = made_up_mac (host, name);
  pf->host = host;
  pf->name = g_strdup (name);
  pf->device = nic_device_new (&whole);
  pf->lanes = g_new0 (NicLane, config->n_vfs);
  g_ptr_array_add (host->pfs, pf);
  add_ports (pf);
  nic_pf_tell (pf, "add");
  for (guint i = 0; i < config->n_vfs; i++)
    nic_vf_tell (pf, i, "add");
  return pf;
}

NicPf *
nic_host_find_pf (NicHost *host, const char *name)
{
  for (guint i = 0; i < host->pfs->len; i++)
    {
      NicPf *pf = g_ptr_array_index (host->pfs, i);
      if (g_str_equal (pf->name, name))
        return pf;
    }
  return NULL;
}
