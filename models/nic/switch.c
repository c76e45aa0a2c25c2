/* The embedded switch's decision. */
#include "models/nic/switch.h"

/* What the decision needs to know of a frame, from whichever side it came. */
typedef struct
{
  const NicDevice *device;
  guint in;
  const NetEthernet *frame;
  guint vlan;
  gboolean is_group;
} Query;

static void
drop (NicDecision *out, NetDropReason reason, const char *table, const char *rule)
{
  out->n_outputs = 0;
  out->drop = reason;
  out->table = table;
  out->rule = rule;
}

static void
add (NicDecision *out, guint function, gboolean tagged)
{
  out->outputs[out->n_outputs++] = (NicOutput){ .function = function, .tagged = tagged };
}

/* ---- what a VF may send -------------------------------------------------------------------------------------- */

static gboolean
may_send (const NicVf *vf, const NicDevice *device, const NetEthernet *frame, NicDecision *out)
{
  gboolean is_tagged = frame->n_tags > 0;
  guint vlan = is_tagged ? NET_VLAN_VID (frame->tags[0].tci) : NIC_VLAN_NONE;

  if (vf->info.link_state == NIC_LINK_DISABLE)
    drop (out, NET_DROP_VF_DISABLED, "vf", "link-state disable");
  else if (net_mac_is_zero (&vf->info.mac))
    drop (out, NET_DROP_VF_DISABLED, "vf", "no MAC is assigned");
  else if (!device->wire_up)
    drop (out, NET_DROP_LINK_DOWN, "vf", "link-state auto follows the wire");
  else if (net_mac_is_group (&frame->source) || net_mac_is_zero (&frame->source))
    drop (out, NET_DROP_BAD_SOURCE_MAC, "vf", NULL);
  else if (nic_vf_checks_source (vf) && !nic_vf_owns_mac (vf, &frame->source))
    drop (out, NET_DROP_SPOOF_MAC, "spoofchk", NULL);
  else if (nic_vf_has_port_vlan (vf) && is_tagged)
    drop (out, NET_DROP_VF_VLAN, "vlan", "a VF with a port VLAN sends untagged");
  else if (nic_vf_checks_source (vf) && !nic_vf_has_port_vlan (vf) && !nic_vf_allows_vlan (vf, vlan))
    drop (out, NET_DROP_VF_VLAN, "spoofchk", "the guest did not ask for this VLAN");
  else
    return TRUE;
  return FALSE;
}

/* ---- who receives -------------------------------------------------------------------------------------------- */

/* A disabled VF keeps its filters: what they match goes nowhere else. */
static gboolean
is_receiving (const NicVf *vf, const NicDevice *device)
{
  return vf->info.link_state != NIC_LINK_DISABLE && device->wire_up;
}

static gboolean
vf_matches (const NicVf *vf, const Query *query)
{
  if (net_mac_is_zero (&vf->info.mac) || !nic_vf_allows_vlan (vf, query->vlan))
    return FALSE;
  if (query->is_group)
    return nic_vf_wants_group (vf, &query->frame->destination);
  return nic_vf_owns_mac (vf, &query->frame->destination);
}

/* Reflected by the bridge on the wire, it would reach its sender again. */
static gboolean
is_own_reflection (const NicVf *vf, const Query *query)
{
  return query->in == NIC_WIRE && query->device->mode == NIC_VEPA
         && nic_vf_owns_mac (vf, &query->frame->source);
}

/* Adds the VFs whose filters match; the number of matches, disabled receivers included. */
static guint
add_matching_vfs (const Query *query, NicDecision *out)
{
  guint n = 0;

  for (guint i = 0; i < query->device->n_vfs; i++)
    {
      const NicVf *vf = &query->device->vfs[i];
      if (i == query->in || !vf_matches (vf, query) || is_own_reflection (vf, query))
        continue;
      n++;
      if (is_receiving (vf, query->device))
        add (out, i, !nic_vf_has_port_vlan (vf));
    }
  return n;
}

/* The PF has no VLANs of its own here: untagged frames are its, and everything while it is promiscuous. */
static guint
add_matching_pf (const Query *query, NicDecision *out)
{
  const NicDevice *device = query->device;

  if (query->in == NIC_PF || (query->vlan != NIC_VLAN_NONE && !device->pf_promisc))
    return 0;
  if (query->is_group ? !device->pf_listens : !nic_pf_owns_mac (device, &query->frame->destination))
    return 0;
  if (device->pf_listens)
    add (out, NIC_PF, TRUE);
  return 1;
}

/* Unicast from the wire that no filter wants: for those who see everything. */
static void
add_promiscuous (const Query *query, NicDecision *out)
{
  for (guint i = 0; i < query->device->n_vfs; i++)
    {
      const NicVf *vf = &query->device->vfs[i];
      if (vf->info.rx_mode == NIC_RX_PROMISC && nic_vf_allows_vlan (vf, query->vlan)
          && is_receiving (vf, query->device) && !is_own_reflection (vf, query))
        add (out, i, !nic_vf_has_port_vlan (vf));
    }
  if (query->device->pf_promisc && query->device->pf_listens)
    add (out, NIC_PF, TRUE);
}

static gboolean
mac_is_known (const Query *query)
{
  for (guint i = 0; i < query->device->n_vfs; i++)
    if (nic_vf_owns_mac (&query->device->vfs[i], &query->frame->destination))
      return TRUE;
  return nic_pf_owns_mac (query->device, &query->frame->destination);
}

/* ---- the three ways in --------------------------------------------------------------------------------------- */

static void
explain_no_receiver (const Query *query, guint n_matches, NicDecision *out)
{
  if (n_matches && !query->is_group && nic_pf_owns_mac (query->device, &query->frame->destination))
    drop (out, NET_DROP_NOT_FOR_US, "filters", "the PF's address, and nothing listens there");
  else if (n_matches)
    drop (out, NET_DROP_VF_DISABLED, "filters", "the receiver is disabled");
  else if (!query->is_group && mac_is_known (query))
    drop (out, NET_DROP_NO_FILTER_MATCH, "filters", "the function with this address is not on this VLAN");
  else if (query->is_group)
    drop (out, NET_DROP_NO_FILTER_MATCH, "filters", "no function takes this group on this VLAN");
  else
    drop (out, NET_DROP_NO_FILTER_MATCH, "filters", "no function has this address");
}

static void
decide_from_wire (const Query *query, NicDecision *out)
{
  guint n_matches = add_matching_vfs (query, out) + add_matching_pf (query, out);

  if (n_matches == 0 && !query->is_group)
    add_promiscuous (query, out);
  if (out->n_outputs == 0)
    explain_no_receiver (query, n_matches, out);
}

/* Unicast that a filter matches turns inside and is not seen on the wire; the rest leaves by it. */
static void
decide_from_inside (const Query *query, NicDecision *out)
{
  guint n_matches = 0;

  if (query->device->mode == NIC_VEB)
    n_matches = add_matching_vfs (query, out) + add_matching_pf (query, out);
  if (n_matches == 0 || query->is_group)
    add (out, NIC_WIRE, TRUE);
  if (out->n_outputs == 0)
    explain_no_receiver (query, n_matches, out);
}

void
nic_switch_decide (const NicDevice *device, guint in, const NetEthernet *frame, NicDecision *out)
{
  Query query
      = { .device = device, .in = in, .frame = frame, .is_group = net_mac_is_group (&frame->destination) };

  out->n_outputs = 0;
  out->insert = FALSE;
  out->drop = NET_DROP_NONE;
  out->table = out->rule = NULL;
  if (frame->n_tags && frame->tags[0].tpid == NET_ETHERTYPE_VLAN)
    query.vlan = NET_VLAN_VID (frame->tags[0].tci);
  if (in == NIC_WIRE)
    {
      decide_from_wire (&query, out);
      return;
    }
  if (in != NIC_PF)
    {
      const NicVf *vf = &device->vfs[in];
      if (!may_send (vf, device, frame, out))
        return;
      if (nic_vf_has_port_vlan (vf))
        {
          query.vlan = vf->info.vlan;
          out->insert = TRUE;
          out->tag = (NetVlanTag){ .tpid = NET_ETHERTYPE_VLAN,
                                   .tci = (guint16) (vf->info.qos << 13 | vf->info.vlan) };
        }
    }
  decide_from_inside (&query, out);
}
