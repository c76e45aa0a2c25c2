/* The switch's ports that run BFD: which they are, and what liveness comes of it. */
#include "models/ovs/switch-private.h"

#include "models/ovs/numbered.h"

/* A port's session; the number is first, see numbered.h. */
typedef struct
{
  guint32 number;
  OvsBfd *bfd;
} Monitored;

static void
monitored_free (gpointer data)
{
  Monitored *monitored = data;

  ovs_bfd_free (monitored->bfd);
  g_free (monitored);
}

GPtrArray *
ovs_switch_monitored_new (void)
{
  return g_ptr_array_new_with_free_func (monitored_free);
}

OvsBfd *
ovs_switch_bfd (const OvsSwitch *sw, guint32 number)
{
  const Monitored *monitored = sw->monitored->len ? ovs_numbered_find (sw->monitored, number) : NULL;
  return monitored ? monitored->bfd : NULL;
}

const OvsBfdStatus *
ovs_switch_bfd_status (const OvsSwitch *sw, guint32 number)
{
  const OvsBfd *bfd = ovs_switch_bfd (sw, number);
  return bfd ? ovs_bfd_status (bfd) : NULL;
}

/* ---- what it says -------------------------------------------------------------------------------------------- */

static void
send_packet (const OvsPort *port, NetFrame *frame, gpointer user)
{
  ovs_switch_send_own (user, ovs_ports_find (((OvsSwitch *) user)->ports, port->number), frame);
}

static void
hear_status (const OvsPort *port, gpointer user)
{
  OvsSwitch *sw = user;
  const OvsBfdStatus *status = ovs_switch_bfd_status (sw, port->number);

  ovs_switch_set_faulty (sw, port->number, status && !status->session.forwarding);
  for (guint i = 0; i < sw->listeners->len; i++)
    {
      const OvsListening *listening = &g_array_index (sw->listeners, OvsListening, i);
      if (listening->events->bfd_changed)
        listening->events->bfd_changed (port->number, listening->user);
    }
}

/* ---- coming and going ---------------------------------------------------------------------------------------- */

static gboolean
is_taken (const OvsSwitch *sw, guint32 discriminator)
{
  for (guint i = 0; i < sw->monitored->len; i++)
    if (ovs_bfd_discriminator (((const Monitored *) sw->monitored->pdata[i])->bfd) == discriminator)
      return TRUE;
  return discriminator == 0;
}

static void
begin (OvsSwitch *sw, const OvsPort *port, const OvsBfdConfig *config)
{
  Monitored *monitored = g_new0 (Monitored, 1);
  OvsBfdOwner owner = { .world = sw->world,
                        .port = port,
                        .source_port = (guint16) (NET_BFD_SOURCE_PORT_MIN + sw->n_sessions++ % 16384),
                        .send = send_packet,
                        .changed = hear_status,
                        .user = sw };

  net_world_random (sw->world, &owner.discriminator, sizeof owner.discriminator);
  while (is_taken (sw, owner.discriminator))
    owner.discriminator++;
  monitored->number = port->number;
  monitored->bfd = ovs_bfd_new (&owner, config);
  g_ptr_array_insert (sw->monitored, (gint) ovs_numbered_place (sw->monitored, port->number), monitored);
  hear_status (port, sw);
}

void
ovs_switch_forget_bfd (OvsSwitch *sw, guint32 number)
{
  if (ovs_switch_bfd (sw, number))
    g_ptr_array_remove_index (sw->monitored, ovs_numbered_place (sw->monitored, number));
}

void
ovs_switch_set_bfd (OvsSwitch *sw, guint32 number, const OvsBfdConfig *config)
{
  OvsBfd *bfd = ovs_switch_bfd (sw, number);
  const OvsPort *port = ovs_ports_find (sw->ports, number);

  if (!port || port->kind == OVS_PORT_LOCAL)
    return;
  if (config && bfd)
    ovs_bfd_configure (bfd, config);
  else if (config)
    begin (sw, port, config);
  else if (bfd)
    {
      ovs_switch_forget_bfd (sw, number);
      hear_status (port, sw);
    }
}
