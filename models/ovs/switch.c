/* The switch: its ports, its tables and groups as they are changed, and who is told. */
#include "models/ovs/switch-private.h"

#include "models/ovs/check.h"
#include "models/ovs/tell.h"

/* Open vSwitch looks for expired flows about once a second, and so does this one, on whole seconds. */
#define EXPIRY_NS NET_SEC

/* ---- telling ------------------------------------------------------------------------------------------------- */

void
ovs_switch_listen (OvsSwitch *sw, const OvsSwitchEvents *events, gpointer user)
{
  OvsListening listening = { .events = events, .user = user };
  g_array_append_val (sw->listeners, listening);
}

void
ovs_switch_unlisten (OvsSwitch *sw, gpointer user)
{
  for (guint i = sw->listeners->len; i-- > 0;)
    if (g_array_index (sw->listeners, OvsListening, i).user == user)
      g_array_remove_index (sw->listeners, i);
}

static void
announce_port (const OvsSwitch *sw, const OpenflowPortStatus *status)
{
  for (guint i = 0; i < sw->listeners->len; i++)
    {
      const OvsListening *listening = &g_array_index (sw->listeners, OvsListening, i);
      if (listening->events->port_status)
        listening->events->port_status (status, listening->user);
    }
}

static void
tell_port_status (OvsSwitch *sw, const OvsPort *port, OpenflowPortReason reason)
{
  static const char *const ops[] = { "add", "remove", "change" };
  OpenflowPortStatus status = { .reason = (guint8) reason };

  if (sw->is_trial)
    return;
  ovs_port_describe (port, &status.port);
  ovs_tell_port (sw->world, port, ops[reason]);
  announce_port (sw, &status);
}

static void
hear_flow (const OvsFlow *flow, OvsFlowEvent event, guint8 reason, gint64 now_ns, gpointer user)
{
  OvsSwitch *sw = user;
  OpenflowFlowRemoved removed;

  if (sw->is_trial)
    return;
  ovs_tell_flow (sw->world, flow, event, reason);
  if ((flow->idle_timeout || flow->hard_timeout) && event != OVS_FLOW_REMOVED && !sw->expiry.pending)
    net_world_timer_set (sw->world, &sw->expiry, (now_ns / EXPIRY_NS + 1) * EXPIRY_NS);
  if (event != OVS_FLOW_REMOVED || !(flow->flags & OPENFLOW_FLOW_SEND_REMOVED))
    return;
  removed = (OpenflowFlowRemoved){ .cookie = flow->cookie,
                                   .priority = flow->priority,
                                   .reason = reason,
                                   .table = flow->table,
                                   .duration_ns = now_ns - flow->created_ns,
                                   .idle_timeout = flow->idle_timeout,
                                   .hard_timeout = flow->hard_timeout,
                                   .n_packets = flow->n_packets,
                                   .n_bytes = flow->n_bytes,
                                   .match = flow->match };
  for (guint i = 0; i < sw->listeners->len; i++)
    {
      const OvsListening *listening = &g_array_index (sw->listeners, OvsListening, i);
      if (listening->events->flow_removed)
        listening->events->flow_removed (&removed, listening->user);
    }
}

static void
expire (NetTimer *timer, gint64 now_ns)
{
  OvsSwitch *sw = timer->owner;

  if (ovs_tables_expire (sw->tables, now_ns))
    net_world_timer_set (sw->world, timer, (now_ns / EXPIRY_NS + 1) * EXPIRY_NS);
}

/* ---- life ---------------------------------------------------------------------------------------------------- */

static void
furnish (OvsSwitch *sw)
{
  sw->pipeline = (OvsPipeline){ .tables = sw->tables,
                                .groups = sw->groups,
                                .meters = sw->meters,
                                .macs = sw->macs,
                                .connections = sw->connections,
                                .ports = sw->ports };
  sw->monitored = ovs_switch_monitored_new ();
  ovs_decision_init (&sw->decision);
  sw->listeners = g_array_new (FALSE, FALSE, sizeof (OvsListening));
  net_timer_init (&sw->expiry, expire, sw);
}

OvsSwitch *
ovs_switch_new (NetWorld *world, const OvsSwitchConfig *config)
{
  OvsSwitch *sw = g_new0 (OvsSwitch, 1);

  sw->world = world;
  sw->config = *config;
  if (sw->config.underlay_mtu == 0)
    sw->config.underlay_mtu = 1500;
  sw->tables = ovs_tables_new (hear_flow, sw);
  sw->groups = ovs_groups_new ();
  sw->meters = ovs_meters_new ();
  sw->macs = ovs_macs_new (OVS_MACS_MAX);
  sw->connections = ovs_connections_new ();
  sw->ports = ovs_ports_new ();
  furnish (sw);
  return sw;
}

OvsSwitch *
ovs_switch_new_trial (const OvsSwitch *sw)
{
  OvsSwitch *trial = g_new0 (OvsSwitch, 1);

  trial->world = sw->world;
  trial->config = sw->config;
  trial->is_trial = TRUE;
  trial->tables = ovs_tables_copy (sw->tables, hear_flow, trial);
  trial->groups = ovs_groups_copy (sw->groups);
  trial->meters = ovs_meters_copy (sw->meters);
  trial->ports = ovs_ports_copy (sw->ports);
  furnish (trial);
  return trial;
}

void
ovs_switch_free (OvsSwitch *sw)
{
  if (!sw)
    return;
  net_world_timer_cancel (sw->world, &sw->expiry);
  g_ptr_array_unref (sw->monitored);
  ovs_decision_clear (&sw->decision);
  ovs_tables_free (sw->tables);
  ovs_groups_free (sw->groups);
  ovs_meters_free (sw->meters);
  ovs_macs_free (sw->macs);
  ovs_connections_free (sw->connections);
  ovs_ports_free (sw->ports);
  g_array_unref (sw->listeners);
  g_free (sw);
}

guint64
ovs_switch_datapath_id (const OvsSwitch *sw)
{
  return sw->config.datapath_id;
}

NetWorld *
ovs_switch_world (const OvsSwitch *sw)
{
  return sw->world;
}

OvsTables *
ovs_switch_tables (OvsSwitch *sw)
{
  return sw->tables;
}

OvsGroups *
ovs_switch_groups (OvsSwitch *sw)
{
  return sw->groups;
}

OvsMeters *
ovs_switch_meters (OvsSwitch *sw)
{
  return sw->meters;
}

OvsPorts *
ovs_switch_ports (OvsSwitch *sw)
{
  return sw->ports;
}

OpenflowConfig
ovs_switch_config (const OvsSwitch *sw)
{
  return (OpenflowConfig){ .flags = (guint16) sw->pipeline.fragments, .miss_send_len = sw->miss_send_len };
}

void
ovs_switch_set_config (OvsSwitch *sw, const OpenflowConfig *config)
{
  sw->miss_send_len = config->miss_send_len;
  if (config->flags == OVS_FRAGMENTS_NORMAL || config->flags == OVS_FRAGMENTS_DROP
      || config->flags == OVS_FRAGMENTS_MATCH)
    sw->pipeline.fragments = (OvsFragments) config->flags;
}

/* ---- ports --------------------------------------------------------------------------------------------------- */

void
ovs_switch_add_port (OvsSwitch *sw, const OvsPort *port)
{
  OvsPort *added = ovs_ports_add (sw->ports, port);

  added->created_ns = net_world_now (sw->world);
  tell_port_status (sw, added, OPENFLOW_PORT_ADD);
}

void
ovs_switch_remove_port (OvsSwitch *sw, guint32 number)
{
  OvsPort *port = ovs_ports_find (sw->ports, number);

  if (!port)
    return;
  ovs_switch_forget_bfd (sw, number);
  tell_port_status (sw, port, OPENFLOW_PORT_DELETE);
  ovs_ports_remove (sw->ports, number);
  if (sw->macs)
    ovs_macs_forget (sw->macs, number);
}

void
ovs_switch_set_link (OvsSwitch *sw, guint32 number, gboolean up)
{
  OvsPort *port = ovs_ports_find (sw->ports, number);

  if (!port || port->link_up == up)
    return;
  port->link_up = up;
  tell_port_status (sw, port, OPENFLOW_PORT_MODIFY);
}

void
ovs_switch_set_faulty (OvsSwitch *sw, guint32 number, gboolean faulty)
{
  OvsPort *port = ovs_ports_find (sw->ports, number);

  if (!port || port->faulty == faulty)
    return;
  port->faulty = faulty;
  tell_port_status (sw, port, OPENFLOW_PORT_MODIFY);
}

/* Open vSwitch says first what was asked for, with the link as it still is, and then what came of it. */
static void
tell_interim (OvsSwitch *sw, const OvsPort *port, gboolean had_link)
{
  OpenflowPortStatus status = { .reason = OPENFLOW_PORT_MODIFY };

  if (sw->is_trial || had_link == ovs_port_has_link (port))
    return;
  ovs_port_describe (port, &status.port);
  status.port.state = had_link ? 0 : OPENFLOW_PORT_STATE_LINK_DOWN;
  announce_port (sw, &status);
}

gboolean
ovs_switch_port_mod (OvsSwitch *sw, const OpenflowPortMod *mod, GError **error)
{
  OvsPort *port = ovs_ports_find (sw->ports, mod->number);
  guint32 config;

  if (!port)
    return openflow_fail (error, OPENFLOW_ERROR_PORT_BAD_PORT, "there is no port %u", mod->number);
  if (!net_mac_equal (&port->mac, &mod->mac))
    return openflow_fail (error, OPENFLOW_ERROR_PORT_BAD_HW_ADDR, "port %u has another address", mod->number);
  config = (port->config & ~mod->mask) | (mod->config & mod->mask);
  if (config != port->config)
    {
      gboolean had_link = ovs_port_has_link (port);
      port->config = config;
      tell_interim (sw, port, had_link);
      tell_port_status (sw, port, OPENFLOW_PORT_MODIFY);
    }
  return TRUE;
}

/* ---- changes ------------------------------------------------------------------------------------------------- */

gboolean
ovs_switch_flow_mod (OvsSwitch *sw, OpenflowFlowMod *mod, GError **error)
{
  if (mod->buffer_id != OPENFLOW_NO_BUFFER)
    return openflow_fail (error, OPENFLOW_ERROR_BUFFER_UNKNOWN, "there is no buffer 0x%x", mod->buffer_id);
  return ovs_check_flow (mod, sw->groups, sw->meters, error)
         && ovs_tables_change (sw->tables, mod, net_world_now (sw->world), error);
}

static void
delete_group (OvsSwitch *sw, guint32 id)
{
  const OvsGroup *group = ovs_groups_find (sw->groups, id);

  if (!group)
    return;
  if (!sw->is_trial)
    ovs_tell_group (sw->world, group, "remove");
  ovs_tables_forget_group (sw->tables, id, net_world_now (sw->world));
  ovs_groups_remove (sw->groups, id);
}

gboolean
ovs_switch_group_mod (OvsSwitch *sw, OpenflowGroupMod *mod, GError **error)
{
  if (mod->command == OPENFLOW_GROUP_DELETE)
    {
      if (mod->id != OPENFLOW_GROUP_ID_ALL)
        delete_group (sw, mod->id);
      else
        while (ovs_groups_n (sw->groups))
          delete_group (sw, ovs_groups_at (sw->groups, 0)->id);
      return TRUE;
    }
  if (!ovs_check_group (mod, error) || !ovs_groups_put (sw->groups, mod, net_world_now (sw->world), error))
    return FALSE;
  if (!sw->is_trial)
    ovs_tell_group (sw->world, ovs_groups_find (sw->groups, mod->id),
                    mod->command == OPENFLOW_GROUP_ADD ? "add" : "change");
  return TRUE;
}

/* The flows that go through it go with it (§6.5). */
static void
delete_meter (OvsSwitch *sw, guint32 id)
{
  ovs_tables_forget_meter (sw->tables, id, net_world_now (sw->world));
  ovs_meters_remove (sw->meters, id);
}

gboolean
ovs_switch_meter_mod (OvsSwitch *sw, const OpenflowMeterMod *mod, GError **error)
{
  if (mod->command != OPENFLOW_METER_DELETE)
    return ovs_meters_put (sw->meters, mod, net_world_now (sw->world), error);
  if (mod->id != OPENFLOW_METER_ALL)
    delete_meter (sw, mod->id);
  else
    while (ovs_meters_n (sw->meters))
      delete_meter (sw, ovs_meters_at (sw->meters, 0)->id);
  return TRUE;
}
