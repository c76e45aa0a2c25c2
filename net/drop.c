/* The words and sentences of the drop reasons. */
#include "net/drop.h"

#include <string.h>

static const struct
{
  const char *word, *text;
} reasons[] = { { "none", "not dropped" },
#define NET_DROP_ROW(id, word, text) { word, text },
                NET_DROP_REASONS (NET_DROP_ROW)
#undef NET_DROP_ROW
};

G_STATIC_ASSERT (G_N_ELEMENTS (reasons) == NET_DROP_N);

const char *
net_drop_word (NetDropReason reason)
{
  g_assert (reason < NET_DROP_N);
  return reasons[reason].word;
}

const char *
net_drop_text (NetDropReason reason)
{
  g_assert (reason < NET_DROP_N);
  return reasons[reason].text;
}

NetDropReason
net_drop_from_word (const char *word)
{
  for (guint i = 1; i < NET_DROP_N; i++)
    if (strcmp (reasons[i].word, word) == 0)
      return (NetDropReason) i;
  return NET_DROP_NONE;
}
