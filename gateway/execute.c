/* One frame, several ways out: each way wants the frame with its own tag, and neighbouring ones mostly the same. */
#include "gateway/execute.h"

#include "gateway/explain.h"

/* A tag as TPID and TCI in one number. */
#define UNTAGGED 0u
#define PCP_DEI  0xf000u

typedef struct
{
  NetFrame *frame; /* as it came */
  guint32 tag;     /* its outermost tag, as far as bindings are concerned */
  NetFrame *last;  /* the version made last, or NULL */
  guint32 last_tag;
} Versions;

static NetFrame *
retag (NetFrame *frame, guint32 have, guint32 want)
{
  if (have == want)
    return frame;
  if (want == UNTAGGED)
    return net_vlan_pop (frame);
  if (have == UNTAGGED)
    return net_vlan_push (frame, (NetVlanTag){ .tpid = (guint16) (want >> 16), .tci = (guint16) want });
  frame = net_frame_writable (frame, 0);
  net_put_be32 (net_frame_data (frame) + 12, want);
  return frame;
}

/* A reference to the frame with this tag.  `final`: nothing else will be asked for, so what is there can be changed in
 * place. */
static NetFrame *
version (Versions *versions, guint32 tag, gboolean final)
{
  NetFrame *frame;

  if (versions->last && versions->last_tag == tag)
    return final ? g_steal_pointer (&versions->last) : net_frame_ref (versions->last);
  g_clear_pointer (&versions->last, net_frame_unref);
  if (final)
    return retag (g_steal_pointer (&versions->frame), versions->tag, tag);
  frame = retag (net_frame_ref (versions->frame), versions->tag, tag);
  if (tag == versions->tag)
    return frame;
  versions->last = frame;
  versions->last_tag = tag;
  return net_frame_ref (frame);
}

static void
clear (Versions *versions)
{
  net_frame_unref (versions->last);
  net_frame_unref (versions->frame);
}

/* Priority and drop eligibility of an incoming tag stay; a place with VLAN 0 is untagged. */
static guint32
tag_at (VtepPlace place, guint32 incoming)
{
  if (place.vlan == VTEP_VLAN_UNTAGGED)
    return UNTAGGED;
  return (guint32) NET_ETHERTYPE_VLAN << 16 | (incoming & PCP_DEI) | place.vlan;
}

static void
drop (const VtepExits *exits, NetFrame *frame, guint port, const VtepView *view, const VtepActions *actions,
      const VtepAction *action)
{
  char rule[VTEP_EXPLAIN_TEXT];
  gboolean detail = exits->world->detail;

  if (detail)
    vtep_explain_drop (exits->tables, exits->port_names, view, actions, action, rule);
  net_world_drop (exits->world, &(NetDrop){ .frame = frame,
                                            .port = port,
                                            .reason = action->drop.reason,
                                            .table = action->drop.table,
                                            .rule = detail ? rule : NULL });
}

/* `length` is that of the frame without a binding's tag. */
static void
output (const VtepExits *exits, VtepPlace place, guint length, NetFrame *frame)
{
  vtep_counter_add (&vtep_tables_binding (exits->tables, place)->to_local, length);
  net_world_send (exits->world, exits->world_ports[place.port], frame);
}

/* What all copies to tunnels have in common. */
static VtepTunnel
tunnel_of (const VtepView *view, const VtepActions *actions)
{
  NetVxlan outer;

  if (actions->n == 0 || actions->items[actions->n - 1].kind != VTEP_ACTION_TUNNEL)
    return (VtepTunnel){ .destination = 0 };
  net_vxlan_outer_fields (&view->ethernet, MIN (view->ethernet.n_tags, 1), view->bytes, view->length, &outer);
  return (
      VtepTunnel){ .vni = actions->logical_switch->vni, .source_port = outer.source_port, .tos = outer.tos };
}

static void
send_tunnel (const VtepExits *exits, NetFrame *inner, VtepTunnel *tunnel, NetIpv4 locator)
{
  tunnel->destination = locator;
  vtep_counter_add (&vtep_peers_find (vtep_tables_peers (exits->tables), locator)->out, inner->length);
  vtep_underlay_send (exits->underlay, inner, tunnel);
}

/* Bytes without the tag of a binding. */
static guint
length_of (const VtepView *view)
{
  return view->length - (view->ethernet.n_tags > 0 ? NET_VLAN_TAG : 0);
}

void
vtep_execute_count (const VtepView *view, const VtepActions *actions)
{
  if (actions->binding)
    vtep_counter_add (&actions->binding->from_local, length_of (view));
  if (actions->peer)
    vtep_counter_add (&actions->peer->in, view->length);
}

static guint
came_by (const VtepExits *exits, VtepPort port)
{
  return port == VTEP_PORT_ROUTER ? NET_PORT_NONE : exits->world_ports[port];
}

/* Nearly every frame has one way out: it is changed in place, and there are no versions to keep. */
static gboolean
has_one_way (const VtepActions *actions, VtepActionKind kind)
{
  return actions->n == 1 && actions->items[0].kind == kind;
}

static void
execute_access_all (const VtepExits *exits, NetFrame *frame, guint32 tag, const VtepView *view,
                    const VtepActions *actions)
{
  Versions versions = { .frame = frame, .tag = tag };
  VtepTunnel tunnel = tunnel_of (view, actions);
  guint length = length_of (view);

  for (guint i = 0; i < actions->n; i++)
    {
      const VtepAction *action = &actions->items[i];
      gboolean final = i == actions->n - 1;

      switch (action->kind)
        {
        case VTEP_ACTION_OUTPUT:
          output (exits, action->place, length,
                  version (&versions, tag_at (action->place, versions.tag), final));
          break;
        case VTEP_ACTION_TUNNEL:
          send_tunnel (exits, version (&versions, UNTAGGED, final), &tunnel, action->locator);
          break;
        case VTEP_ACTION_DROP:
          drop (exits, versions.frame, came_by (exits, actions->from.port), view, actions, action);
          break;
        case VTEP_ACTION_ROUTE: /* gateway/router-port.h */
          break;
        }
    }
  clear (&versions);
}

void
vtep_execute_access (const VtepExits *exits, NetFrame *frame, const VtepView *view,
                     const VtepActions *actions)
{
  guint32 tag = UNTAGGED;
  VtepTunnel tunnel;

  if (actions->binding)
    vtep_counter_add (&actions->binding->from_local, length_of (view));
  if (view->ethernet.n_tags > 0)
    tag = (guint32) view->ethernet.tags[0].tpid << 16 | view->ethernet.tags[0].tci;
  if (has_one_way (actions, VTEP_ACTION_TUNNEL))
    {
      tunnel = tunnel_of (view, actions);
      send_tunnel (exits, retag (frame, tag, UNTAGGED), &tunnel, actions->items[0].locator);
    }
  else if (has_one_way (actions, VTEP_ACTION_OUTPUT))
    output (exits, actions->items[0].place, length_of (view),
            retag (frame, tag, tag_at (actions->items[0].place, tag)));
  else
    execute_access_all (exits, frame, tag, view, actions);
}

/* `frame` is the inner one. */
static void
execute_tunnel_copies (const VtepExits *exits, NetFrame *frame, const VtepView *view,
                       const VtepActions *actions)
{
  Versions versions = { .frame = frame, .tag = UNTAGGED };

  for (guint i = 0, copies = 0; i < actions->n; i++)
    {
      VtepPlace place = actions->items[i].place;
      if (actions->items[i].kind == VTEP_ACTION_OUTPUT)
        output (exits, place, view->length,
                version (&versions, tag_at (place, UNTAGGED), ++copies == actions->n_copies));
    }
  clear (&versions);
}

static void
report_drops (const VtepExits *exits, NetFrame *frame, const VtepView *view, const VtepActions *actions)
{
  for (guint i = 0; i < actions->n; i++)
    if (actions->items[i].kind == VTEP_ACTION_DROP)
      drop (exits, frame, exits->underlay_port, view, actions, &actions->items[i]);
}

void
vtep_execute_tunnel (const VtepExits *exits, NetFrame *frame, const VtepView *view,
                     const VtepArrival *arrival, VtepEcn ecn, const VtepActions *actions)
{
  if (actions->peer)
    vtep_counter_add (&actions->peer->in, view->length);
  if (actions->n_copies < actions->n)
    report_drops (exits, frame, view, actions);
  if (actions->n_copies == 0)
    {
      net_frame_unref (frame);
      return;
    }
  frame = net_vxlan_decapsulate (frame, arrival->inner, arrival->inner_length);
  if (ecn == VTEP_ECN_MARK)
    {
      frame = net_frame_writable (frame, NET_VLAN_TAG);
      vtep_ecn_mark (frame, &view->ethernet);
    }
  if (has_one_way (actions, VTEP_ACTION_OUTPUT))
    output (exits, actions->items[0].place, view->length,
            retag (frame, UNTAGGED, tag_at (actions->items[0].place, UNTAGGED)));
  else
    execute_tunnel_copies (exits, frame, view, actions);
}
