/* DHCP: options lie within the message, the first of a kind counts, and a message that is built from what was parsed
 * says the same.
 *
 * Input: a message as UDP carries it. */
#include "fuzz.h"

#include "net/dhcp.h"

#define N_OPTIONS 256u

/* The first place of each option, found by walking the bytes once more. */
static void
walk (const NetDhcp *dhcp, NetCursor found[N_OPTIONS])
{
  const guint8 *at = dhcp->options.at;

  memset (found, 0, N_OPTIONS * sizeof *found);
  while (at < dhcp->options.end && *at != NET_DHCP_OPTION_END)
    if (*at == NET_DHCP_OPTION_PAD)
      at++;
    else
      {
        FUZZ_CHECK (dhcp->options.end - at >= 2 && dhcp->options.end - at >= 2 + at[1],
                    "an option of an accepted message ends within it");
        if (!found[at[0]].at)
          found[at[0]] = net_cursor (at + 2, at[1]);
        at += 2 + at[1];
      }
}

static void
check_options (const NetDhcp *dhcp, const NetCursor found[N_OPTIONS])
{
  for (guint option = 1; option < NET_DHCP_OPTION_END; option++)
    {
      NetCursor value = { 0 };
      guint32 number;
      gboolean there = net_dhcp_option (dhcp, (guint8) option, &value);
      FUZZ_CHECK (there == (found[option].at != NULL), "option %u is found if it is there", option);
      FUZZ_CHECK (!there || (value.at == found[option].at && value.end == found[option].end),
                  "the first option %u counts", option);
      FUZZ_CHECK (net_dhcp_option_be32 (dhcp, (guint8) option, &number)
                      == (there && net_cursor_left (&value) >= 4),
                  "a number has four bytes, and the first of several counts");
    }
}

static void
check_header (const NetDhcp *a, const NetDhcp *b)
{
  FUZZ_CHECK (a->op == b->op && a->type == b->type && a->xid == b->xid && a->seconds == b->seconds
                  && a->broadcast == b->broadcast,
              "what a message is stays");
  FUZZ_CHECK (a->client_ip == b->client_ip && a->your_ip == b->your_ip && a->server_ip == b->server_ip
                  && a->relay_ip == b->relay_ip && net_mac_equal (&a->client_mac, &b->client_mac),
              "its addresses stay");
}

/* As many of the options as there is room for, in the order of their numbers. */
static void
check_again (const NetDhcp *dhcp, const NetCursor found[N_OPTIONS])
{
  g_autoptr (NetFramePool) pool = net_frame_pool_new ();
  gboolean added[N_OPTIONS] = { 0 };
  NetDhcpBuilder builder;
  NetFrame *frame;
  NetDhcp again;

  net_dhcp_begin (&builder, dhcp);
  for (guint option = 1; option < NET_DHCP_OPTION_END; option++)
    if (found[option].at && option != NET_DHCP_OPTION_TYPE)
      added[option] = net_dhcp_add (&builder, (guint8) option, found[option].at,
                                    (guint8) net_cursor_left (&found[option]));
  frame = net_dhcp_finish (&builder, pool);
  FUZZ_CHECK (frame->length >= NET_DHCP_MIN_LENGTH && frame->length <= NET_DHCP_MAX_LENGTH,
              "a message of %u bytes is one that every client takes", frame->length);
  FUZZ_CHECK (net_dhcp_parse (net_frame_bytes (frame), frame->length, &again) == NET_DROP_NONE,
              "what was built parses");
  check_header (dhcp, &again);
  for (guint option = 1; option < NET_DHCP_OPTION_END; option++)
    if (option != NET_DHCP_OPTION_TYPE)
      {
        NetCursor value;
        FUZZ_CHECK (net_dhcp_option (&again, (guint8) option, &value) == added[option],
                    "option %u is there if it was added", option);
        FUZZ_CHECK (!added[option]
                        || (net_cursor_left (&value) == net_cursor_left (&found[option])
                            && memcmp (value.at, found[option].at, net_cursor_left (&value)) == 0),
                    "option %u has the value that was added", option);
      }
  net_frame_unref (frame);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  NetCursor found[N_OPTIONS];
  NetDhcp dhcp;

  if (net_dhcp_parse (data, size, &dhcp) != NET_DROP_NONE)
    return 0;
  FUZZ_CHECK (dhcp.options.at >= data && dhcp.options.end <= data + size, "options are of the message");
  walk (&dhcp, found);
  check_options (&dhcp, found);
  check_again (&dhcp, found);
  return 0;
}
