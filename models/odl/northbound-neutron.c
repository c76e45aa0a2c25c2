/* Create, read, update and delete of Neutron and L2 gateway objects, the same for every kind; each kind says how it is
 * parsed and who hears of it. */
#include "models/odl/core.h"
#include "models/odl/discovery.h"
#include "models/odl/elan.h"
#include "models/odl/interface.h"
#include "models/odl/l2gw.h"
#include "models/odl/northbound.h"

typedef struct
{
  const char *path, *one, *many;
  gsize registry; /* offset in OdlNeutron */
  OdlObject *(*parse) (const OdlNeutron *neutron, const json_t *body, GError **error);
  /* May be NULL: then deletion is always possible. */
  gboolean (*may_remove) (const OdlNeutron *neutron, const OdlObject *object, GError **error);
  void (*added) (Odl *odl, OdlObject *object);
  void (*changed) (Odl *odl, const OdlObject *before, OdlObject *after);
  void (*removed) (Odl *odl, const OdlObject *object);
} Kind;

static gboolean
network_may_remove (const OdlNeutron *neutron, const OdlObject *object, GError **error)
{
  for (guint i = 0; i < odl_registry_n (&neutron->ports); i++)
    {
      const OdlPort *port = odl_registry_at (&neutron->ports, i);

      if (!g_str_equal (port->network_id, object->id))
        continue;
      g_set_error (error, ODL_ERROR, ODL_ERROR_CONFLICT, "network %s is in use by port %s", object->id,
                   port->object.id);
      return FALSE;
    }
  return TRUE;
}

static gboolean
group_may_remove (const OdlNeutron *neutron, const OdlObject *object, GError **error)
{
  for (guint i = 0; i < odl_registry_n (&neutron->ports); i++)
    {
      const OdlPort *port = odl_registry_at (&neutron->ports, i);

      if (!g_ptr_array_find_with_equal_func (port->groups, object->id, g_str_equal, NULL))
        continue;
      g_set_error (error, ODL_ERROR, ODL_ERROR_CONFLICT, "security group %s is in use by port %s", object->id,
                   port->object.id);
      return FALSE;
    }
  return TRUE;
}

static void
nobody_hears (Odl *odl, OdlObject *object)
{
  (void) odl, (void) object;
}

static void
nobody_hears_change (Odl *odl, const OdlObject *before, OdlObject *after)
{
  (void) odl, (void) before, (void) after;
}

static void
nobody_hears_removal (Odl *odl, const OdlObject *object)
{
  (void) odl, (void) object;
}

static const Kind kinds[] = {
  { "networks", "network", "networks", G_STRUCT_OFFSET (OdlNeutron, networks), odl_network_parse,
    network_may_remove, odl_elan_network_added, odl_elan_network_changed, odl_elan_network_removed },
  { "subnets", "subnet", "subnets", G_STRUCT_OFFSET (OdlNeutron, subnets), odl_subnet_parse, NULL,
    nobody_hears, nobody_hears_change, nobody_hears_removal },
  { "ports", "port", "ports", G_STRUCT_OFFSET (OdlNeutron, ports), odl_port_parse, NULL,
    odl_interface_port_added, odl_interface_port_changed, odl_interface_port_removed },
  { "l2-gateways", "l2_gateway", "l2_gateways", G_STRUCT_OFFSET (OdlNeutron, gateways), odl_gateway_parse,
    NULL, odl_l2gw_gateway_added, odl_l2gw_gateway_changed, odl_l2gw_gateway_removed },
  { "l2gateway-connections", "l2gateway_connection", "l2gateway_connections",
    G_STRUCT_OFFSET (OdlNeutron, connections), odl_connection_parse, NULL, odl_l2gw_connection_added,
    odl_l2gw_connection_changed, odl_l2gw_connection_removed },
  { "security-groups", "security_group", "security_groups", G_STRUCT_OFFSET (OdlNeutron, security_groups),
    odl_security_group_parse, group_may_remove, nobody_hears, nobody_hears_change, nobody_hears_removal },
  { "security-group-rules", "security_group_rule", "security_group_rules",
    G_STRUCT_OFFSET (OdlNeutron, security_rules), odl_security_rule_parse, NULL, nobody_hears,
    nobody_hears_change, nobody_hears_removal },
};

static OdlRegistry *
registry_of (Odl *odl, const Kind *kind)
{
  return G_STRUCT_MEMBER_P (&odl->neutron, kind->registry);
}

static OdlObject *
find_object (Odl *odl, const Kind *kind, const char *id, GError **error)
{
  OdlObject *object = odl_registry_find (registry_of (odl, kind), id);

  if (!object)
    g_set_error (error, ODL_ERROR, ODL_ERROR_NOT_FOUND, "there is no %s %s", kind->one, id);
  return object;
}

static void
wrap (json_t **reply, const char *name, json_t *value)
{
  if (reply)
    *reply = json_pack ("{s:o}", name, value);
  else
    json_decref (value);
}

/* ---- create -------------------------------------------------------------------------------------------------- */

static gboolean
create_one (Odl *odl, const Kind *kind, const json_t *inner, GError **error)
{
  OdlRegistry *registry = registry_of (odl, kind);
  OdlObject *object;

  if (!json_is_object (inner))
    {
      g_set_error (error, ODL_ERROR, ODL_ERROR_BAD_REQUEST, "%s must be an object", kind->one);
      return FALSE;
    }
  object = kind->parse (&odl->neutron, inner, error);
  if (!object)
    return FALSE;
  if (odl_registry_find (registry, object->id))
    {
      g_set_error (error, ODL_ERROR, ODL_ERROR_CONFLICT, "%s %s exists already", kind->one, object->id);
      registry->free_item (object);
      return FALSE;
    }
  odl_registry_put (registry, object->id, object);
  kind->added (odl, object);
  odl_discovery_look (odl);
  return TRUE;
}

/* A list is taken until the first object that is refused; those before it stay, as with single requests. */
static guint
create (Odl *odl, const Kind *kind, const json_t *body, json_t **reply, GError **error)
{
  json_t *one = json_object_get (body, kind->one), *many = json_object_get (body, kind->many);

  if (one)
    {
      if (!create_one (odl, kind, one, error))
        return 0;
      wrap (reply, kind->one, json_deep_copy (one));
      return 201;
    }
  if (!json_is_array (many))
    {
      g_set_error (error, ODL_ERROR, ODL_ERROR_BAD_REQUEST, "the body must hold '%s' or a list '%s'",
                   kind->one, kind->many);
      return 0;
    }
  for (gsize i = 0; i < json_array_size (many); i++)
    if (!create_one (odl, kind, json_array_get (many, i), error))
      return 0;
  wrap (reply, kind->many, json_deep_copy (many));
  return 201;
}

/* ---- read, update, delete ------------------------------------------------------------------------------------ */

static guint
list (Odl *odl, const Kind *kind, json_t **reply)
{
  const OdlRegistry *registry = registry_of (odl, kind);
  json_t *array = json_array ();

  for (guint i = 0; i < odl_registry_n (registry); i++)
    json_array_append_new (array, json_deep_copy (((OdlObject *) odl_registry_at (registry, i))->json));
  wrap (reply, kind->many, array);
  return 200;
}

/* Members that the update names replace those of the object; the others stay (networking-odl leaves out what may not
 * change). */
static guint
update (Odl *odl, const Kind *kind, const char *id, const json_t *body, json_t **reply, GError **error)
{
  OdlRegistry *registry = registry_of (odl, kind);
  OdlObject *before = find_object (odl, kind, id, error), *after;
  json_t *inner = json_object_get (body, kind->one), *merged;

  if (!before)
    return 0;
  if (!json_is_object (inner))
    {
      g_set_error (error, ODL_ERROR, ODL_ERROR_BAD_REQUEST, "the body must hold '%s'", kind->one);
      return 0;
    }
  merged = json_deep_copy (before->json);
  json_object_update (merged, inner);
  json_object_set_new (merged, "id", json_string (id));
  after = kind->parse (&odl->neutron, merged, error);
  json_decref (merged);
  if (!after)
    return 0;
  odl_registry_steal (registry, id);
  odl_registry_put (registry, id, after);
  kind->changed (odl, before, after);
  odl_discovery_look (odl);
  registry->free_item (before);
  wrap (reply, kind->one, json_deep_copy (after->json));
  return 200;
}

static guint
delete_one (Odl *odl, const Kind *kind, const char *id, GError **error)
{
  OdlRegistry *registry = registry_of (odl, kind);
  OdlObject *object = find_object (odl, kind, id, error);

  if (!object || (kind->may_remove && !kind->may_remove (&odl->neutron, object, error)))
    return 0;
  odl_registry_steal (registry, id);
  kind->removed (odl, object);
  odl_discovery_look (odl);
  registry->free_item (object);
  return 204;
}

/* ---- the handler --------------------------------------------------------------------------------------------- */

static guint
on_collection (Odl *odl, const Kind *kind, const char *method, const json_t *body, json_t **reply,
               GError **error)
{
  if (g_str_equal (method, "POST"))
    return create (odl, kind, body, reply, error);
  if (g_str_equal (method, "GET"))
    return list (odl, kind, reply);
  return odl_northbound_bad_method (method, error);
}

static guint
on_object (Odl *odl, const Kind *kind, const char *id, const char *method, const json_t *body, json_t **reply,
           GError **error)
{
  if (g_str_equal (method, "GET"))
    {
      const OdlObject *object = find_object (odl, kind, id, error);

      if (!object)
        return 0;
      wrap (reply, kind->one, json_deep_copy (object->json));
      return 200;
    }
  if (g_str_equal (method, "PUT"))
    return update (odl, kind, id, body, reply, error);
  if (g_str_equal (method, "DELETE"))
    return delete_one (odl, kind, id, error);
  return odl_northbound_bad_method (method, error);
}

guint
odl_northbound_neutron (Odl *odl, const char *method, const char *rest, const json_t *body, json_t **reply,
                        GError **error)
{
  g_auto (GStrv) words = g_strsplit (rest, "/", 3);
  guint n_words = g_strv_length (words);

  for (guint i = 0; n_words > 0 && n_words < 3 && i < G_N_ELEMENTS (kinds); i++)
    if (g_str_equal (words[0], kinds[i].path))
      return n_words == 1 ? on_collection (odl, &kinds[i], method, body, reply, error)
                          : on_object (odl, &kinds[i], words[1], method, body, reply, error);
  g_set_error (error, ODL_ERROR, ODL_ERROR_NOT_FOUND,
               "there is no '%s'; there are networks, subnets, ports, security-groups, security-group-rules, "
               "l2-gateways and l2gateway-connections",
               rest);
  return 0;
}
