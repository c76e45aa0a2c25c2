/* Tables from bytes. */
#include "vtep-program.h"

#include "net/icmp.h"
#include "net/world.h"

#define LETTERS_OF_ACL "*46asupmtcz"

const char *const vtep_program_ports[] = { "em3", "em4", "em5", NULL };

/* ---- alphabets --------------------------------------------------------------------------------------------------- */

NetMac
vtep_program_mac (FuzzInput *input)
{
  static const NetMac macs[] = {
    { { 0xfa, 0x16, 0x3e, 0, 0, 0x0a } },
    { { 0xfa, 0x16, 0x3e, 0, 0, 0x0b } },
    { { 0xfa, 0x16, 0x3e, 0, 0, 0x0c } },
    { { 0xfa, 0x16, 0x3e, 0, 0, 0x0d } },
    { { 0x02, 0x72, 0, 0, 0, 0x01 } },
    { { 0x02, 0x0a, 0x08, 0x7d, 0, 0x20 } },
    { { 0x02, 0x0a, 0x08, 0x7d, 0, 0x21 } },
    { { 0x01, 0x00, 0x5e, 0, 0, 0x07 } },
    { { 0x33, 0x33, 0xff, 0, 0, 0x01 } },
    { { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff } },
    { { 0, 0, 0, 0, 0, 0 } },
    { { 0x01, 0x80, 0xc2, 0, 0, 0x0e } },
  };
  return macs[fuzz_choose (input, "abcdefghi*-s")];
}

guint16
vtep_program_vlan (FuzzInput *input)
{
  static const guint16 vlans[] = { VTEP_VLAN_UNTAGGED, 100, 200, 300 };
  return vlans[fuzz_choose (input, "uvwx")];
}

NetIpv4
vtep_program_locator (FuzzInput *input)
{
  guint i = fuzz_choose (input, "1234569");
  return i < 6 ? 0x0a087d65 + i : 0x0a090001;
}

/* VTEP_SWITCH_NONE is among them. */
static VtepSwitchId
choose_id (const VtepProgram *program, FuzzInput *input)
{
  return program->ids[fuzz_choose (input, "01234")];
}

static VtepSwitchId
choose_switch (const VtepProgram *program, FuzzInput *input)
{
  return program->ids[1 + fuzz_choose (input, "1234")];
}

static VtepPlace
choose_place (FuzzInput *input)
{
  VtepPort port = (VtepPort) fuzz_choose (input, "012");
  return (VtepPlace){ port, vtep_program_vlan (input) };
}

/* ---- facts ------------------------------------------------------------------------------------------------------- */

static void
change_switch (VtepProgram *program, FuzzInput *input)
{
  guint i = 1 + fuzz_choose (input, "1234"), key = 1 + fuzz_choose (input, "1234");
  char name[] = { 's', (char) ('0' + i), '\0' };

  vtep_tables_change_switch (program->tables, program->ids[i],
                             &(VtepSwitchConfig){ .name = name,
                                                  .tunnel_key = key < 4 ? 5000 + key : VTEP_VNI_NONE,
                                                  .replication = fuzz_choose (input, "nv")
                                                                     ? VTEP_REPLICATION_SERVICE_NODE
                                                                     : VTEP_REPLICATION_SOURCE_NODE });
}

/* Forgets what was learned at the place, as who binds must. */
static void
bind (VtepProgram *program, FuzzInput *input)
{
  VtepPlace place = choose_place (input);
  VtepFdb *fdb = vtep_tables_fdb_writable (program->tables);
  g_autoptr (GArray) keys = vtep_fdb_keys_at (fdb, place, VTEP_SWITCH_NONE);

  for (guint i = 0; i < keys->len; i++)
    vtep_fdb_forget (fdb, g_array_index (keys, VtepKey, i));
  vtep_tables_bind (program->tables, place, choose_id (program, input));
}

static void
learn (VtepProgram *program, FuzzInput *input)
{
  NetMac mac = vtep_program_mac (input);
  VtepPlace place = choose_place (input);
  VtepSwitchId id = vtep_tables_bound (program->tables, place);

  if (id != VTEP_SWITCH_NONE && !net_mac_is_group (&mac) && !net_mac_is_zero (&mac))
    vtep_fdb_learn (vtep_tables_fdb_writable (program->tables), vtep_key (id, &mac), place, 0, NULL);
}

static void
add_remote (VtepProgram *program, FuzzInput *input)
{
  VtepSwitchId id = choose_switch (program, input);
  NetMac mac = vtep_program_mac (input);

  vtep_tables_add_remote (program->tables, vtep_key (id, &mac), vtep_program_locator (input));
}

static void
add_flood (VtepProgram *program, FuzzInput *input, gboolean group)
{
  VtepSwitchId id = choose_switch (program, input);
  NetMac mac = group ? vtep_program_mac (input) : net_mac_broadcast;

  vtep_tables_add_flood (program->tables, id, group ? &mac : NULL, vtep_program_locator (input));
}

/* ---- access control ---------------------------------------------------------------------------------------------- */

/* One entry, and behind it one that permits the rest. */
static VtepAcl *
make_acl (VtepProgram *program, FuzzInput *input)
{
  static const VtepAclEntry kinds[] = {
    { .fields = 0 },
    { .fields = VTEP_ACL_ETHERTYPE, .ethertype = NET_ETHERTYPE_IPV4 },
    { .fields = VTEP_ACL_ETHERTYPE, .ethertype = NET_ETHERTYPE_IPV6 },
    { .fields = VTEP_ACL_ETHERTYPE, .ethertype = NET_ETHERTYPE_ARP },
    { .fields = VTEP_ACL_SOURCE_MAC, .source_mac = { { 0xfa, 0x16, 0x3e, 0, 0, 0x0a } } },
    { .fields = VTEP_ACL_PROTOCOL, .protocol = NET_IP_UDP },
    { .fields = VTEP_ACL_DESTINATION_PORT, .destination_ports = { 53, 60 } },
    { .fields = VTEP_ACL_DESTINATION_MAC, .destination_mac = { { 0xfa, 0x16, 0x3e, 0, 0, 0x0b } } },
    { .fields = VTEP_ACL_TCP_FLAGS, .tcp_flags = 0x02, .tcp_flags_mask = 0x12 },
    { .fields = VTEP_ACL_ICMP_TYPE | VTEP_ACL_ICMP_CODE, .icmp_type = NET_ICMPV6_ECHO_REQUEST },
    { .fields = VTEP_ACL_DESTINATION_IP,
      .destination_ip = { .length = 4, .address = { 10, 0, 2, 0 }, .mask = { 255, 255, 255, 0 } } },
  };
  VtepAclDirection direction = fuzz_choose (input, "ie") ? VTEP_ACL_EGRESS : VTEP_ACL_INGRESS;
  VtepAclEntry entries[2] = { kinds[fuzz_choose (input, LETTERS_OF_ACL)], { .sequence = 20 } };
  g_autofree char *name = g_strdup_printf ("acl%u", program->acls->len);
  VtepAcl *acl = vtep_acl_new (name);

  entries[0].sequence = 10;
  entries[0].deny = TRUE;
  entries[0].direction = entries[1].direction = direction;
  vtep_acl_set (acl, entries, G_N_ELEMENTS (entries));
  g_ptr_array_add (program->acls, acl);
  return acl;
}

static void
bind_acl (VtepProgram *program, FuzzInput *input)
{
  VtepPlace place = choose_place (input);

  vtep_port_acls_bind (vtep_tables_acls_writable (program->tables), place.port, place.vlan,
                       make_acl (program, input));
}

/* ---- routers ----------------------------------------------------------------------------------------------------- */

static void
add_interfaces (GArray *interfaces, const VtepProgram *program, guint digit, const VtepAcl *acl)
{
  VtepInterface four = { .has_address = TRUE, .acl = acl, .logical_switch = program->ids[digit] }, six = four;
  g_autofree char *ipv4 = g_strdup_printf ("10.0.%u.1/24", digit),
                  *ipv6 = g_strdup_printf ("2001:db8:%u::1/64", digit);

  vtep_prefix_from_text (ipv4, &four.address, &four.prefix_length);
  vtep_prefix_from_text (ipv6, &six.address, &six.prefix_length);
  four.prefix = vtep_address_mask (&four.address, four.prefix_length);
  six.prefix = vtep_address_mask (&six.address, six.prefix_length);
  g_array_append_val (interfaces, four);
  g_array_append_val (interfaces, six);
}

/* Its way to 10.0.9.0/24 is by host 9 of the second switch. */
static void
add_router (VtepProgram *program, FuzzInput *input)
{
  guint first = 1 + fuzz_choose (input, "1234"), second = 1 + fuzz_choose (input, "1234"), n_bad[2];
  g_autoptr (GArray) interfaces = g_array_new (FALSE, FALSE, sizeof (VtepInterface));
  g_autofree char *name = g_strdup_printf ("r%u", program->routers->len),
                  *hop = g_strdup_printf ("10.0.%u.9", second);
  VtepRoute far = { .connected = FALSE };
  VtepRouter *router;

  add_interfaces (interfaces, program, first, NULL);
  if (first != second)
    add_interfaces (interfaces, program, second, make_acl (program, input));
  vtep_prefix_from_text ("10.0.9.0/24", &far.prefix, &far.prefix_length);
  vtep_address_from_text (hop, &far.next_hop);
  router = vtep_router_new (&(VtepRouterConfig){ .name = name,
                                                 .mac = { { 0x02, 0x72, 0, 0, 0, 0x01 } },
                                                 .interfaces = (VtepInterface *) interfaces->data,
                                                 .n_interfaces = interfaces->len,
                                                 .routes = &far,
                                                 .n_routes = 1 },
                            &n_bad[0], &n_bad[1]);
  g_ptr_array_add (program->routers, router);
  vtep_tables_add_router (program->tables, router);
}

/* ---- the whole --------------------------------------------------------------------------------------------------- */

gboolean
vtep_program_fact (VtepProgram *program, FuzzInput *input, char letter)
{
  NetMac mac;

  switch (letter)
    {
    case 's':
      change_switch (program, input);
      return TRUE;
    case 'b':
      bind (program, input);
      return TRUE;
    case 'l':
      learn (program, input);
      return TRUE;
    case 'm':
      add_remote (program, input);
      return TRUE;
    case 'f':
    case 'g':
      add_flood (program, input, letter == 'g');
      return TRUE;
    case 't':
      mac = vtep_program_mac (input);
      vtep_tables_add_arp_source (program->tables, &mac, vtep_program_locator (input));
      return TRUE;
    case 'd':
      vtep_tables_set_down (program->tables, vtep_program_locator (input), TRUE);
      return TRUE;
    case 'a':
      bind_acl (program, input);
      return TRUE;
    case 'r':
      add_router (program, input);
      return TRUE;
    default:
      return FALSE;
    }
}

void
vtep_program_init (VtepProgram *program, VtepInnerVlan inner_vlan)
{
  static const char *const names[] = { "s1", "s2", "s3", "s4" };

  *program = (VtepProgram){ .tables = vtep_tables_new (&(VtepTablesConfig){
                                .n_ports = VTEP_PROGRAM_PORTS,
                                .mtu = VTEP_PROGRAM_MTU,
                                .inner_vlan = inner_vlan,
                                .arp_source = { { 0x02, 0x0a, 0x08, 0x7d, 0, 0x20 } },
                                .fdb = { .age_ns = 300 * NET_SEC, .max_local = 8, .seed = 77 } }),
                            .acls = g_ptr_array_new_with_free_func ((GDestroyNotify) vtep_acl_free),
                            .routers = g_ptr_array_new_with_free_func ((GDestroyNotify) vtep_router_free) };
  for (guint i = 0; i < VTEP_PROGRAM_SWITCHES; i++)
    program->ids[i + 1] = vtep_tables_add_switch (
        program->tables, &(VtepSwitchConfig){ .name = names[i], .tunnel_key = i < 3 ? 5001 + i : 5001 });
}

void
vtep_program_clear (VtepProgram *program)
{
  vtep_tables_free (program->tables);
  g_ptr_array_unref (program->routers);
  g_ptr_array_unref (program->acls);
}
