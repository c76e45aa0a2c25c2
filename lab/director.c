/* The timeline's state: which entry is next, when the one before began, and whether it has finished. */
#include "lab/director.h"

#include "lab/neutron.h"

struct _LabDirector
{
  LabNet *net;
  const LabLedger *ledger;
  guint next; /* index of the entry that has not begun */
  gint64 began_ns;
  gint64 done_ns;      /* the entry before is done at this time; G_MAXINT64: it tells by the ledger */
  guint probes_before; /* of the acting guest, when the entry before began */
  guint leases_before;
  GArray *repeats;  /* of Repeat */
  GArray *restores; /* of Restore */
  GPtrArray *refusals;
  char *stuck;
};

/* udp and send with a count: the next one and how many are left. */
typedef struct
{
  const LabAction *action;
  gint64 at_ns;
  guint left;
} Repeat;

typedef struct
{
  gint64 at_ns;
  guint link;
  gboolean up;
  gboolean has_loss;
  guint32 loss_ppb[2];
} Restore;

LabDirector *
lab_director_new (LabNet *net, const LabLedger *ledger)
{
  LabDirector *director = g_new0 (LabDirector, 1);
  director->net = net;
  director->ledger = ledger;
  director->repeats = g_array_new (FALSE, FALSE, sizeof (Repeat));
  director->restores = g_array_new (FALSE, FALSE, sizeof (Restore));
  director->refusals = g_ptr_array_new_with_free_func (g_free);
  return director;
}

void
lab_director_free (LabDirector *director)
{
  if (!director)
    return;
  g_array_unref (director->repeats);
  g_array_unref (director->restores);
  g_ptr_array_unref (director->refusals);
  g_free (director->stuck);
  g_free (director);
}

static guint
leases_of (const LabDirector *director, const char *node)
{
  const LabLease *lease = lab_ledger_lease (director->ledger, node);
  return lease ? lease->n_bound + lease->n_failed : 0;
}

static GuestIp
target_of (LabDirector *director, const LabAction *action)
{
  if (action->to == G_MAXUINT)
    return guest_ip_v4 (action->to_ip);
  if (action->ipv6)
    return guest_ip_v6 (&lab_scenario_vm (director->net->scenario, action->to)->ipv6);
  return guest_ip_v4 (lab_scenario_vm (director->net->scenario, action->to)->ip);
}

/* One shot of an action that a guest repeats only because the timeline says so. */
static void
shoot (LabDirector *director, const LabAction *action)
{
  Guest *guest = director->net->guests[action->vm];

  if (action->kind == LAB_ACTION_SEND)
    {
      gsize n;
      const guint8 *bytes = g_bytes_get_data (action->frame, &n);
      guest_send_frame (guest, bytes, n);
      return;
    }
  guest_udp_send (guest, &(GuestUdp){ .to = target_of (director, action),
                                      .source_port = 40000,
                                      .destination_port = (guint16) (action->port ? action->port : 9),
                                      .payload_bytes = action->payload_bytes });
}

static void
begin_shots (LabDirector *director, const LabAction *action, gint64 now_ns)
{
  Repeat repeat = { action, now_ns + action->every_ns, action->count - 1 };

  shoot (director, action);
  if (repeat.left)
    g_array_append_val (director->repeats, repeat);
  director->done_ns = now_ns + (gint64) (action->count - 1) * action->every_ns;
}

static void
begin_link (LabDirector *director, const LabAction *action, gint64 now_ns)
{
  SimLink *link = director->net->links[action->link];
  Restore restore = { .at_ns = now_ns + action->for_ns,
                      .link = action->link,
                      .up = sim_link_is_up (link),
                      .has_loss = action->has_loss };

  for (guint d = 0; d < 2; d++)
    {
      SimLinkConfig config = *sim_link_config (link, d);
      restore.loss_ppb[d] = config.loss_ppb;
      if (!action->has_loss)
        continue;
      config.loss_ppb = action->loss_ppb;
      sim_link_set_config (link, d, &config);
    }
  sim_link_set_up (link, action->up);
  if (action->for_ns)
    g_array_append_val (director->restores, restore);
  director->done_ns = now_ns + action->for_ns;
}

static void
note_refusal (LabDirector *director, const LabAction *action, char *refusal)
{
  if (refusal)
    g_ptr_array_add (director->refusals,
                     g_strdup_printf ("%s:%u: %s", action->at->source->name, action->at->line, refusal));
  g_free (refusal);
}

static void
begin_vm_action (LabDirector *director, const LabAction *action, gint64 now_ns)
{
  Guest *guest = director->net->guests[action->vm];
  const char *name = lab_scenario_vm (director->net->scenario, action->vm)->name;

  director->probes_before = lab_ledger_probes_ended (director->ledger, name);
  director->leases_before = leases_of (director, name);
  switch (action->kind)
    {
    case LAB_ACTION_PING:
      director->done_ns = G_MAXINT64;
      guest_ping (guest, &(GuestPing){ .to = target_of (director, action),
                                       .count = action->count,
                                       .interval_ns = action->every_ns,
                                       .payload_bytes = action->payload_bytes,
                                       .timeout_ns = action->timeout_ns });
      break;
    case LAB_ACTION_ARPING:
      director->done_ns = G_MAXINT64;
      guest_arping (guest,
                    &(GuestArping){ .to = action->to == G_MAXUINT
                                              ? action->to_ip
                                              : lab_scenario_vm (director->net->scenario, action->to)->ip,
                                    .count = action->count,
                                    .interval_ns = action->every_ns,
                                    .padding = action->payload_bytes });
      break;
    case LAB_ACTION_DHCP:
      director->done_ns = G_MAXINT64;
      guest_dhcp_start (guest, NULL);
      break;
    case LAB_ACTION_START:
      lab_net_start_vm (director->net, action->vm);
      break;
    case LAB_ACTION_FLUSH:
      guest_flush_neighbors (guest);
      break;
    case LAB_ACTION_STOP:
      lab_net_stop_vm (director->net, action->vm);
      break;
    default:
      begin_shots (director, action, now_ns);
      break;
    }
}

static void
begin (LabDirector *director, const LabAction *action, gint64 now_ns)
{
  director->began_ns = director->done_ns = now_ns;
  director->next++;
  switch (action->kind)
    {
    case LAB_ACTION_LINK:
      begin_link (director, action, now_ns);
      break;
    case LAB_ACTION_CONNECT:
      note_refusal (director, action,
                    lab_neutron_connect (director->net, action->gateway, action->network, action->vlan));
      break;
    case LAB_ACTION_DISCONNECT:
      note_refusal (director, action,
                    lab_neutron_disconnect (director->net, action->gateway, action->network));
      break;
    default:
      begin_vm_action (director, action, now_ns);
      break;
    }
}

/* Has the entry before finished?  A ping has when each of its requests has an end. */
static gboolean
is_done (const LabDirector *director, gint64 now_ns)
{
  const LabAction *action;
  const char *name;

  if (director->next == 0 || director->done_ns != G_MAXINT64)
    return now_ns >= director->done_ns;
  action = director->net->scenario->actions->pdata[director->next - 1];
  name = lab_scenario_vm (director->net->scenario, action->vm)->name;
  if (!guest_is_running (director->net->guests[action->vm]))
    return TRUE;
  if (action->kind == LAB_ACTION_DHCP)
    return leases_of (director, name) > director->leases_before;
  return lab_ledger_probes_ended (director->ledger, name) >= director->probes_before + action->count;
}

/* When an entry may begin: a time, now_ns for at once, or G_MAXINT64 for "not before something happens". */
static gint64
due (const LabDirector *director, const LabAction *action, gint64 now_ns)
{
  gint64 since;

  switch (action->when)
    {
    case LAB_AT_TIME:
      return MAX (action->time_ns, now_ns);
    case LAB_AFTER_PREVIOUS:
      return MAX (director->began_ns + action->time_ns, now_ns);
    case LAB_AFTER_CONVERGED:
      if (!director->net->controller)
        return now_ns;
      since = lab_ledger_converged_since (director->ledger);
      return since < 0 ? G_MAXINT64 : MAX (MAX (since, director->began_ns) + LAB_CALM, now_ns);
    case LAB_AFTER_DONE:
    default:
      if (is_done (director, now_ns))
        return now_ns;
      return director->done_ns;
    }
}

static void
restore_links (LabDirector *director, gint64 now_ns)
{
  for (guint i = 0; i < director->restores->len;)
    {
      const Restore *restore = &g_array_index (director->restores, Restore, i);
      SimLink *link = director->net->links[restore->link];
      if (restore->at_ns > now_ns)
        {
          i++;
          continue;
        }
      for (guint d = 0; d < 2 && restore->has_loss; d++)
        {
          SimLinkConfig config = *sim_link_config (link, d);
          config.loss_ppb = restore->loss_ppb[d];
          sim_link_set_config (link, d, &config);
        }
      sim_link_set_up (link, restore->up);
      g_array_remove_index (director->restores, i);
    }
}

static void
repeat_shots (LabDirector *director, gint64 now_ns)
{
  for (guint i = 0; i < director->repeats->len;)
    {
      Repeat *repeat = &g_array_index (director->repeats, Repeat, i);
      if (repeat->at_ns > now_ns)
        {
          i++;
          continue;
        }
      shoot (director, repeat->action);
      repeat->at_ns += repeat->action->every_ns;
      if (--repeat->left == 0)
        g_array_remove_index (director->repeats, i);
    }
}

static gint64
next_of_lists (const LabDirector *director)
{
  gint64 next = G_MAXINT64;
  for (guint i = 0; i < director->restores->len; i++)
    next = MIN (next, g_array_index (director->restores, Restore, i).at_ns);
  for (guint i = 0; i < director->repeats->len; i++)
    next = MIN (next, g_array_index (director->repeats, Repeat, i).at_ns);
  return next;
}

static const char *
name_of_condition (const LabAction *action)
{
  return action->when == LAB_AFTER_CONVERGED ? "the controller to converge" : "the entry before to finish";
}

/* The last moment at which what the next entry waits for may come true. */
static gint64
patience_ends (const LabDirector *director)
{
  gint64 busy_ns = 0;

  if (director->next > 0)
    {
      const LabAction *before = director->net->scenario->actions->pdata[director->next - 1];
      busy_ns = (gint64) before->count * before->every_ns;
    }
  return director->began_ns + busy_ns + LAB_PATIENCE;
}

static void
give_up (LabDirector *director, const LabAction *action)
{
  director->stuck
      = g_strdup_printf ("%s:%u:%u: waited %d s for %s in vain", action->at->source->name, action->at->line,
                         action->at->column, (int) (LAB_PATIENCE / SIM_SEC), name_of_condition (action));
}

/* The last entry may still be at work when no other follows. */
static gint64
wait_for_last (const LabDirector *director, gint64 now_ns)
{
  if (director->stuck || is_done (director, now_ns))
    return -1;
  if (director->done_ns != G_MAXINT64)
    return director->done_ns;
  return now_ns < patience_ends (director) ? patience_ends (director) : -1;
}

gint64
lab_director_act (LabDirector *director, gint64 now_ns)
{
  const GPtrArray *actions = director->net->scenario->actions;

  restore_links (director, now_ns);
  repeat_shots (director, now_ns);
  while (director->next < actions->len && !director->stuck)
    {
      const LabAction *action = actions->pdata[director->next];
      gint64 at_ns = due (director, action, now_ns);
      if (at_ns == G_MAXINT64 && now_ns >= patience_ends (director))
        {
          give_up (director, action);
          break;
        }
      if (at_ns > now_ns)
        return MIN (MIN (at_ns, at_ns == G_MAXINT64 ? patience_ends (director) : at_ns),
                    next_of_lists (director));
      begin (director, action, now_ns);
    }
  if (director->restores->len || director->repeats->len)
    return next_of_lists (director);
  return wait_for_last (director, now_ns);
}

const char *
lab_director_stuck (const LabDirector *director)
{
  return director->stuck;
}

const GPtrArray *
lab_director_refusals (const LabDirector *director)
{
  return director->refusals;
}
