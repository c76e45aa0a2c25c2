/* Acting on guests, links and the controller. */
#include "lab/work.h"

#include "lab/device.h"
#include "lab/neutron.h"
#include "lab/power.h"

#define CLEAN_UP                                                                                             \
  (200 * SIM_MSEC) /* from a VM's arrival on its new host to the end of its tap on the old one */

static const char *
actor_name (const LabNet *net, const LabAction *action)
{
  return lab_scenario_vm (net->scenario, action->vm)->name;
}

/* ---- guests -------------------------------------------------------------------------------------------------- */

static GuestIp
target_of (const LabNet *net, const LabAction *action)
{
  if (action->to == G_MAXUINT)
    return guest_ip_v4 (action->to_ip);
  if (action->ipv6)
    return guest_ip_v6 (&lab_scenario_vm (net->scenario, action->to)->ipv6);
  return guest_ip_v4 (lab_scenario_vm (net->scenario, action->to)->ip);
}

/* One shot of what a guest repeats only because the timeline says so. */
static void
shoot (LabNet *net, const LabAction *action)
{
  Guest *guest = net->guests[action->vm];

  if (action->kind == LAB_ACTION_SEND)
    {
      gsize n;
      const guint8 *bytes = g_bytes_get_data (action->frame, &n);
      guest_send_frame (guest, bytes, n);
      return;
    }
  guest_udp_send (guest, &(GuestUdp){ .to = target_of (net, action),
                                      .source_port = 40000,
                                      .destination_port = (guint16) (action->port ? action->port : 9),
                                      .payload_bytes = action->payload_bytes });
}

static void
step_shots (LabWork *work, LabNet *net, gint64 now_ns)
{
  while (work->shots_left && work->next_ns <= now_ns)
    {
      shoot (net, work->action);
      work->shots_left--;
      work->next_ns += work->action->every_ns;
    }
  if (work->shots_left == 0)
    work->next_ns = G_MAXINT64;
  work->over = work->shots_left == 0;
}

static guint
ends_of_dhcp (const LabLedger *ledger, const char *node)
{
  const LabLease *lease = lab_ledger_lease (ledger, node);
  return lease ? lease->n_bound + lease->n_failed : 0;
}

static void
begin_ping (LabWork *work, LabNet *net)
{
  const LabAction *action = work->action;

  work->ping_id = guest_ping (net->guests[action->vm], &(GuestPing){ .to = target_of (net, action),
                                                                     .count = action->count,
                                                                     .interval_ns = action->every_ns,
                                                                     .payload_bytes = action->payload_bytes,
                                                                     .timeout_ns = action->timeout_ns });
}

/* A guest has one arping: a new one ends the one before. */
static void
begin_arping (LabWork *work, GArray *others, LabNet *net)
{
  const LabAction *action = work->action;
  GuestIp to = target_of (net, action);

  for (guint i = 0; i < others->len; i++)
    {
      LabWork *other = &g_array_index (others, LabWork, i);
      if (other->action->kind == LAB_ACTION_ARPING && other->action->vm == action->vm)
        other->over = TRUE;
    }
  guest_arping (net->guests[action->vm], &(GuestArping){ .to = to.v4,
                                                         .count = action->count,
                                                         .interval_ns = action->every_ns,
                                                         .padding = action->payload_bytes });
}

/* What a guest was doing when it is switched off will not end by itself. */
static void
begin_stop (LabWork *work, GArray *others, LabNet *net)
{
  for (guint i = 0; i < others->len; i++)
    {
      LabWork *other = &g_array_index (others, LabWork, i);
      gboolean waits = other->action->kind == LAB_ACTION_PING || other->action->kind == LAB_ACTION_ARPING
                       || other->action->kind == LAB_ACTION_DHCP;
      if (waits && other->action->vm == work->action->vm)
        other->over = TRUE;
    }
  lab_power_off (net, work->action->vm);
  work->over = TRUE;
}

/* The old host's tap is there until libvirt has cleaned up. */
static char *
begin_migration (LabWork *work, LabNet *net, gint64 now_ns)
{
  const LabAction *action = work->action;

  work->host_before = net->homes[action->vm];
  work->over = work->host_before == action->node;
  if (work->over)
    return NULL;
  work->next_ns = now_ns + CLEAN_UP;
  return lab_power_migrate (net, action->vm, action->node);
}

static void
step_migration (LabWork *work, LabNet *net, gint64 now_ns)
{
  if (work->next_ns > now_ns)
    return;
  lab_power_unplug (net, work->action->vm, work->host_before);
  work->next_ns = G_MAXINT64;
  work->over = TRUE;
}

/* ---- links --------------------------------------------------------------------------------------------------- */

/* A fault on a link takes the place of an earlier one of its kind: only the later is ended, and the link is then as it
 * was before both. */
static void
inherit (LabWork *work, GArray *others)
{
  for (guint i = 0; i < others->len; i++)
    {
      LabWork *other = &g_array_index (others, LabWork, i);
      if (other->action->kind != LAB_ACTION_LINK || other->action->link != work->action->link)
        continue;
      if (other->restores_state && work->action->has_state)
        {
          work->up_before = other->up_before;
          other->restores_state = FALSE;
        }
      for (guint d = 0; d < 2 && other->restores_loss && work->action->has_loss; d++)
        work->loss_ppb_before[d] = other->loss_ppb_before[d];
      if (work->action->has_loss)
        other->restores_loss = FALSE;
    }
}

static void
set_loss (SimLink *link, guint direction, guint32 loss_ppb)
{
  SimLinkConfig config = *sim_link_config (link, direction);

  config.loss_ppb = loss_ppb;
  sim_link_set_config (link, direction, &config);
}

static void
begin_link (LabWork *work, GArray *others, LabNet *net, gint64 now_ns)
{
  const LabAction *action = work->action;
  SimLink *link = net->links[action->link];

  work->up_before = sim_link_is_up (link);
  for (guint d = 0; d < 2; d++)
    work->loss_ppb_before[d] = sim_link_config (link, d)->loss_ppb;
  inherit (work, others);
  if (action->has_state)
    sim_link_set_up (link, action->up);
  for (guint d = 0; d < 2 && action->has_loss; d++)
    set_loss (link, d, action->loss_ppb);
  work->restores_state = action->has_state && action->for_ns;
  work->restores_loss = action->has_loss && action->for_ns;
  if (action->for_ns)
    work->next_ns = now_ns + action->for_ns;
  work->over = action->for_ns == 0;
}

static void
step_link (LabWork *work, LabNet *net, gint64 now_ns)
{
  SimLink *link = net->links[work->action->link];

  if (work->next_ns > now_ns)
    return;
  if (work->restores_state)
    sim_link_set_up (link, work->up_before);
  for (guint d = 0; d < 2 && work->restores_loss; d++)
    set_loss (link, d, work->loss_ppb_before[d]);
  work->restores_state = work->restores_loss = FALSE;
  work->next_ns = G_MAXINT64;
  work->over = TRUE;
}

/* ---- all ----------------------------------------------------------------------------------------------------- */

/* What is over at once says so here. */
static char *
begin (LabWork *work, GArray *others, LabNet *net, gint64 now_ns)
{
  const LabAction *action = work->action;

  switch (action->kind)
    {
    case LAB_ACTION_PING:
      begin_ping (work, net);
      break;
    case LAB_ACTION_ARPING:
      begin_arping (work, others, net);
      break;
    case LAB_ACTION_DHCP:
      guest_dhcp_start (net->guests[action->vm], NULL);
      break;
    case LAB_ACTION_UDP:
    case LAB_ACTION_SEND:
      work->shots_left = action->count;
      work->next_ns = now_ns;
      step_shots (work, net, now_ns);
      break;
    case LAB_ACTION_LINK:
      begin_link (work, others, net, now_ns);
      break;
    case LAB_ACTION_STOP:
      begin_stop (work, others, net);
      break;
    case LAB_ACTION_START:
      lab_power_on (net, action->vm);
      work->over = TRUE;
      break;
    case LAB_ACTION_FLUSH:
      guest_flush_neighbors (net->guests[action->vm]);
      work->over = TRUE;
      break;
    case LAB_ACTION_CONNECT:
      work->over = TRUE;
      return lab_neutron_connect (net, action->gateway, action->network, action->vlan);
    case LAB_ACTION_DISCONNECT:
      work->over = TRUE;
      return lab_neutron_disconnect (net, action->gateway, action->network);
    case LAB_ACTION_ADD_PORT:
      work->over = TRUE;
      return lab_neutron_add_port (net, action->gateway, &action->port_at);
    case LAB_ACTION_DELETE_GATEWAY:
      work->over = TRUE;
      return lab_neutron_delete_gateway (net, action->gateway);
    case LAB_ACTION_DELETE_NETWORK:
      work->over = TRUE;
      return lab_neutron_delete_network (net, action->network);
    case LAB_ACTION_CHANGE_SEGMENTS:
      work->over = TRUE;
      return lab_neutron_change_segments (net, action->network, action->segments);
    case LAB_ACTION_MIGRATE:
      return begin_migration (work, net, now_ns);
    case LAB_ACTION_BIND:
    case LAB_ACTION_REMOVE_PORT:
    case LAB_ACTION_INSERT_PORT:
    case LAB_ACTION_TRANSACT:
    case LAB_ACTION_RESTART_SERVER:
    case LAB_ACTION_STOP_EMULATOR:
    case LAB_ACTION_START_EMULATOR:
    case LAB_ACTION_RESTART_SWITCH:
      work->over = TRUE;
      return lab_device_act (net, action);
    case LAB_ACTION_RESTART:
      work->over = TRUE;
      if (net->controller)
        odl_controller_restart (net->controller);
      break;
    }
  return NULL;
}

char *
lab_work_begin (GArray *others, LabNet *net, const LabLedger *ledger, const LabAction *action, gint64 now_ns)
{
  LabWork work = { .action = action, .began_ns = now_ns, .next_ns = G_MAXINT64 };
  char *refusal;

  if (action->kind == LAB_ACTION_DHCP)
    work.ended_before = ends_of_dhcp (ledger, actor_name (net, action));
  refusal = begin (&work, others, net, now_ns);
  g_array_append_val (others, work);
  return refusal;
}

void
lab_work_step (LabWork *work, LabNet *net, const LabLedger *ledger, gint64 now_ns)
{
  const LabAction *action = work->action;

  if (work->over)
    return;
  if (action->kind == LAB_ACTION_LINK)
    step_link (work, net, now_ns);
  else if (action->kind == LAB_ACTION_MIGRATE)
    step_migration (work, net, now_ns);
  else if (action->kind == LAB_ACTION_UDP || action->kind == LAB_ACTION_SEND)
    step_shots (work, net, now_ns);
  else if (!guest_is_running (net->guests[action->vm]))
    work->over = TRUE;
  else if (action->kind == LAB_ACTION_PING)
    work->over = lab_ledger_pings_ended (ledger, actor_name (net, action), work->ping_id) >= action->count;
  else if (action->kind == LAB_ACTION_ARPING)
    work->over = lab_ledger_arpings_ended (ledger, actor_name (net, action)) >= action->count;
  else if (action->kind == LAB_ACTION_DHCP)
    work->over = ends_of_dhcp (ledger, actor_name (net, action)) > work->ended_before;
}

gint64
lab_work_expected_end (const LabWork *work)
{
  const LabAction *action = work->action;
  return work->began_ns + (gint64) action->count * action->every_ns + action->timeout_ns + action->for_ns;
}
