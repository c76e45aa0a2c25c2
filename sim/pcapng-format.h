/* The numbers of pcapng (draft-ietf-opsawg-pcapng) that the writer and the reader share.  Private to sim/. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* §4: block types. */
enum
{
  PCAPNG_SECTION = 0x0a0d0d0a,
  PCAPNG_INTERFACE = 1,
  PCAPNG_OLD_PACKET = 2,
  PCAPNG_SIMPLE_PACKET = 3,
  PCAPNG_NAMES = 4,
  PCAPNG_ENHANCED_PACKET = 6,
  PCAPNG_CUSTOM = 0x00000bad,
  PCAPNG_CUSTOM_NO_COPY = 0x40000bad
};

#define PCAPNG_BYTE_ORDER_MAGIC  0x1a2b3c4du
#define PCAPNG_LINKTYPE_ETHERNET 1u
/* §3.1: type, total length, and the total length again at the end. */
#define PCAPNG_BLOCK_OVERHEAD 12u

/* §3.5: options, the common ones and each block's own. */
enum
{
  PCAPNG_OPT_END = 0,
  PCAPNG_OPT_COMMENT = 1,
  PCAPNG_OPT_CUSTOM_TEXT = 2988, /* copyable; the PEN and UTF-8 text */
  PCAPNG_SHB_USERAPPL = 4,
  PCAPNG_IF_NAME = 2,
  PCAPNG_IF_DESCRIPTION = 3,
  PCAPNG_IF_TSRESOL = 9,
  PCAPNG_IF_TSOFFSET = 14,
  PCAPNG_EPB_FLAGS = 2,
  PCAPNG_EPB_PACKETID = 5,
  PCAPNG_EPB_VERDICT = 7
};

/* §4.3.1, figure of epb_verdict: the first octet; what follows a hardware verdict is the device's own. */
#define PCAPNG_VERDICT_HARDWARE 0u

/* §4.5: records of a name resolution block. */
enum
{
  PCAPNG_NAME_END = 0,
  PCAPNG_NAME_IPV4 = 1,
  PCAPNG_NAME_IPV6 = 2,
  PCAPNG_NAME_EUI48 = 3
};

G_END_DECLS
