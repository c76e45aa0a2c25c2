/* Security groups and their rules, as networking-odl sends them. */
#include "models/odl/neutron.h"

G_DEFINE_AUTOPTR_CLEANUP_FUNC (OdlSecurityGroup, odl_security_group_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (OdlSecurityRule, odl_security_rule_free)

#define PROTOCOL_ICMP 1u
#define PROTOCOL_TCP  6u
#define PROTOCOL_UDP  17u

OdlObject *
odl_security_group_parse (const OdlNeutron *neutron, const json_t *body, GError **error)
{
  g_autoptr (OdlSecurityGroup) group = g_new0 (OdlSecurityGroup, 1);

  (void) neutron;
  if (!odl_object_read (&group->object, "security_group", body, error))
    return NULL;
  return (OdlObject *) g_steal_pointer (&group);
}

void
odl_security_group_free (gpointer data)
{
  OdlSecurityGroup *group = data;

  if (!group)
    return;
  odl_object_clear (&group->object);
  g_free (group);
}

/* ---- rules --------------------------------------------------------------------------------------------------- */

/* One of two words; absent leaves the first. */
static gboolean
read_either (const json_t *body, const char *member, const char *const words[2], gboolean *second,
             GError **error)
{
  const char *text = words[0];

  if (!odl_read_text (body, "security_group_rule", member, ODL_OPTIONAL, &text, error))
    return FALSE;
  *second = g_ascii_strcasecmp (text, words[1]) == 0;
  if (*second || g_ascii_strcasecmp (text, words[0]) == 0)
    return TRUE;
  g_set_error (error, ODL_ERROR, ODL_ERROR_BAD_REQUEST,
               "security_group_rule: '%s' must be %s or %s, not '%s'", member, words[0], words[1], text);
  return FALSE;
}

/* A name, a number or the text of one; absent: every protocol. */
static gboolean
read_protocol (OdlSecurityRule *rule, const json_t *body, GError **error)
{
  static const struct
  {
    const char *name;
    guint number;
  } names[] = { { "icmp", PROTOCOL_ICMP }, { "tcp", PROTOCOL_TCP }, { "udp", PROTOCOL_UDP } };
  const char *text = json_string_value (json_object_get (body, "protocol"));
  guint64 number = G_MAXUINT64;

  for (guint i = 0; text && i < G_N_ELEMENTS (names); i++)
    if (g_str_equal (text, names[i].name))
      number = names[i].number;
  if (number == G_MAXUINT64
      && !odl_read_number (body, "security_group_rule", "protocol", ODL_OPTIONAL, 0, 255, &number, error))
    return FALSE;
  rule->has_protocol = number != G_MAXUINT64;
  rule->protocol = rule->has_protocol ? (guint8) number : 0;
  return TRUE;
}

/* Of ICMP they are type and code. */
static gboolean
read_ports (OdlSecurityRule *rule, const json_t *body, GError **error)
{
  guint64 min = G_MAXUINT64, max = G_MAXUINT64;

  if (!odl_read_number (body, "security_group_rule", "port_range_min", ODL_OPTIONAL, 0, 65535, &min, error)
      || !odl_read_number (body, "security_group_rule", "port_range_max", ODL_OPTIONAL, 0, 65535, &max,
                           error))
    return FALSE;
  rule->has_min = min != G_MAXUINT64;
  rule->has_max = max != G_MAXUINT64;
  rule->port_min = (guint16) min;
  rule->port_max = (guint16) max;
  if (!rule->has_min || !rule->has_max || rule->protocol == PROTOCOL_ICMP || min <= max)
    return TRUE;
  g_set_error (error, ODL_ERROR, ODL_ERROR_BAD_REQUEST,
               "security_group_rule: port_range_min %u is above port_range_max %u", rule->port_min,
               rule->port_max);
  return FALSE;
}

static gboolean
read_remote (OdlSecurityRule *rule, const json_t *body, GError **error)
{
  const char *prefix = NULL, *group = NULL;

  if (!odl_read_text (body, "security_group_rule", "remote_ip_prefix", ODL_OPTIONAL, &prefix, error)
      || !odl_read_text (body, "security_group_rule", "remote_group_id", ODL_OPTIONAL, &group, error))
    return FALSE;
  rule->remote_group_id = g_strdup (group);
  if (!prefix || rule->ipv6)
    return TRUE;
  if (net_ipv4_prefix_from_text (prefix, &rule->remote, &rule->remote_length))
    return TRUE;
  g_set_error (error, ODL_ERROR, ODL_ERROR_BAD_REQUEST,
               "security_group_rule: 'remote_ip_prefix' must be like 10.0.0.0/24, not '%s'", prefix);
  return FALSE;
}

OdlObject *
odl_security_rule_parse (const OdlNeutron *neutron, const json_t *body, GError **error)
{
  static const char *const directions[] = { "ingress", "egress" }, *const ethertypes[] = { "IPv4", "IPv6" };
  g_autoptr (OdlSecurityRule) rule = g_new0 (OdlSecurityRule, 1);
  const char *group_id = NULL;

  if (!odl_object_read (&rule->object, "security_group_rule", body, error)
      || !odl_read_text (body, "security_group_rule", "security_group_id", ODL_REQUIRED, &group_id, error)
      || !read_either (body, "direction", directions, &rule->egress, error)
      || !read_either (body, "ethertype", ethertypes, &rule->ipv6, error)
      || !read_protocol (rule, body, error) || !read_ports (rule, body, error)
      || !read_remote (rule, body, error))
    return NULL;
  rule->group_id = g_strdup (group_id);
  if (odl_neutron_security_group (neutron, group_id))
    return (OdlObject *) g_steal_pointer (&rule);
  g_set_error (error, ODL_ERROR, ODL_ERROR_NOT_FOUND,
               "security_group_rule: there is no security group %s; it must be sent first", group_id);
  return NULL;
}

void
odl_security_rule_free (gpointer data)
{
  OdlSecurityRule *rule = data;

  if (!rule)
    return;
  g_free (rule->group_id);
  g_free (rule->remote_group_id);
  odl_object_clear (&rule->object);
  g_free (rule);
}
