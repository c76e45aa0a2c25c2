/* BPF through libpcap, on one frame or the one inside it. */
#include "lab/filter.h"

#include <pcap/pcap.h>

#include "net/vxlan.h"

struct _LabFilter
{
  struct bpf_program outer, inner;
  gboolean has_outer, has_inner;
  gint64 vni;
};

static gboolean
compile (struct bpf_program *program, const char *text)
{
  pcap_t *pcap;
  int result;

  if (!text)
    return FALSE;
  pcap = pcap_open_dead (DLT_EN10MB, 65535);
  result = pcap_compile (pcap, program, text, 1, PCAP_NETMASK_UNKNOWN);
  pcap_close (pcap);
  g_assert (result == 0);
  return TRUE;
}

LabFilter *
lab_filter_new (const char *outer, const char *inner, gint64 vni)
{
  LabFilter *filter = g_new0 (LabFilter, 1);
  filter->has_outer = compile (&filter->outer, outer);
  filter->has_inner = compile (&filter->inner, inner);
  filter->vni = vni;
  return filter;
}

void
lab_filter_free (LabFilter *filter)
{
  if (!filter)
    return;
  if (filter->has_outer)
    pcap_freecode (&filter->outer);
  if (filter->has_inner)
    pcap_freecode (&filter->inner);
  g_free (filter);
}

static gboolean
run (const struct bpf_program *program, const guint8 *bytes, guint captured, guint length)
{
  return bpf_filter (program->bf_insns, bytes, length, captured) != 0;
}

gboolean
lab_filter_matches (const LabFilter *filter, const guint8 *bytes, guint captured, guint length)
{
  NetVxlan vxlan;
  guint inner, inner_length;

  if (filter->has_outer && !run (&filter->outer, bytes, captured, length))
    return FALSE;
  if (!filter->has_inner && filter->vni < 0)
    return TRUE;
  if (net_vxlan_parse (bytes, captured, &vxlan, &inner, &inner_length) != NET_DROP_NONE)
    return FALSE;
  if (filter->vni >= 0 && vxlan.vni != filter->vni)
    return FALSE;
  return !filter->has_inner || run (&filter->inner, bytes + inner, inner_length, inner_length);
}
