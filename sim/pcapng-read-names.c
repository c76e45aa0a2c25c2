/* Name resolution blocks (§4.5): an entry may give an address several names. */
#include "sim/pcapng-reader.h"

#include "net/address.h"

#include <string.h>

typedef struct
{
  char address[NET_IPV6_TEXT];
  const guint8 *names; /* NUL after each */
  gsize n;
} NameEntry;

/* FALSE when the entry is of a kind that has no place in a trace. */
static gboolean
split_name (guint type, const guint8 *bytes, gsize n, NameEntry *entry)
{
  static const guint8 address_length[]
      = { [PCAPNG_NAME_IPV4] = 4, [PCAPNG_NAME_IPV6] = 16, [PCAPNG_NAME_EUI48] = 6 };
  NetIpv6 ipv6;
  NetMac mac;

  if (type >= G_N_ELEMENTS (address_length) || n < address_length[type])
    return FALSE;
  if (type == PCAPNG_NAME_IPV4)
    net_ipv4_format (net_get_be32 (bytes), entry->address);
  else if (type == PCAPNG_NAME_IPV6)
    net_ipv6_format (memcpy (&ipv6, bytes, sizeof ipv6), entry->address);
  else
    net_mac_format (memcpy (&mac, bytes, sizeof mac), entry->address);
  entry->names = bytes + address_length[type];
  entry->n = n - address_length[type];
  return TRUE;
}

static void
hear_names (PcapngReader *reader, NameEntry *entry, gint64 time_ns)
{
  while (entry->n)
    {
      gsize length = strnlen ((const char *) entry->names, entry->n);
      SimTraceRecord record = { .kind = SIM_TRACE_NAME, .time_ns = time_ns };
      record.name.address = entry->address;
      record.name.name = pcapng_keep_text (reader, entry->names, length);
      if (length)
        reader->hear (&record, reader->user);
      length = MIN (length + 1, entry->n);
      entry->names += length;
      entry->n -= length;
    }
}

/* Hears the entries, or only walks over them. */
static gboolean
walk_names (PcapngReader *reader, PcapngBytes *body, gboolean hear, gint64 time_ns)
{
  for (;;)
    {
      guint16 type, n;
      const guint8 *bytes;
      NameEntry entry;

      if (!pcapng_u16 (body, &type) || !pcapng_u16 (body, &n))
        return pcapng_fail (reader, "a list of names without its end");
      if (type == PCAPNG_NAME_END)
        return TRUE;
      bytes = pcapng_padded (body, n);
      if (!bytes)
        return pcapng_fail (reader, "a name runs past the end of its block");
      if (hear && split_name (type, bytes, n, &entry))
        hear_names (reader, &entry, time_ns);
    }
}

gboolean
pcapng_read_names (PcapngReader *reader, PcapngBytes *body)
{
  PcapngBytes entries = *body;
  PcapngOption option;
  gint64 time_ns = 0;
  gboolean ok;

  /* The time stands in the options, behind the entries. */
  if (!walk_names (reader, body, FALSE, 0))
    return FALSE;
  while (pcapng_reader_option (reader, body, &option, &ok))
    {
      json_t *json = pcapng_load_custom_option (reader, &option);
      time_ns = json ? pcapng_time_member (json) : time_ns;
      json_decref (json);
    }
  return ok && walk_names (reader, &entries, TRUE, time_ns);
}
