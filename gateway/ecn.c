/* Two bits: 0 not capable, 1 and 2 capable, 3 congestion experienced (RFC 3168 §5). */
#include "gateway/ecn.h"

#define ECN_MASK 3u
#define ECN_CE   3u

VtepEcn
vtep_ecn_at_exit (guint8 outer_tos, const NetEthernet *inner, const guint8 *bytes, gsize length)
{
  guint ecn;

  if ((outer_tos & ECN_MASK) != ECN_CE || length < inner->payload + 2u)
    return VTEP_ECN_KEEP;
  if (inner->type == NET_ETHERTYPE_IPV4)
    ecn = bytes[inner->payload + 1] & ECN_MASK;
  else if (inner->type == NET_ETHERTYPE_IPV6)
    ecn = bytes[inner->payload + 1] >> 4 & ECN_MASK;
  else
    return VTEP_ECN_KEEP;
  return ecn == 0 ? VTEP_ECN_INVALID : ecn == ECN_CE ? VTEP_ECN_KEEP : VTEP_ECN_MARK;
}

void
vtep_ecn_mark (NetFrame *frame, const NetEthernet *ethernet)
{
  guint8 *ip = net_frame_data (frame) + ethernet->payload;
  guint32 sum;
  guint16 before;

  if (ethernet->type == NET_ETHERTYPE_IPV6)
    {
      ip[1] |= ECN_CE << 4;
      return;
    }
  before = net_get_be16 (ip);
  ip[1] |= ECN_CE;
  if (frame->length < ethernet->payload + 12u)
    return;
  /* RFC 1624 eqn. 3: HC' = ~(~HC + ~m + m'). */
  sum = (guint16) ~net_get_be16 (ip + 10) + (guint32) (guint16) ~before + net_get_be16 (ip);
  sum = (sum & 0xffff) + (sum >> 16);
  sum = (sum & 0xffff) + (sum >> 16);
  net_put_be16 (ip + 10, ~sum);
}
