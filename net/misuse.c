/* Counting what peers do wrong. */
#include "net/misuse.h"

static const struct
{
  const char *word, *text;
} kinds[] = {
#define NET_MISUSE_ROW(id, word, text) { word, text },
  NET_MISUSES (NET_MISUSE_ROW)
#undef NET_MISUSE_ROW
};

G_STATIC_ASSERT (G_N_ELEMENTS (kinds) == NET_MISUSE_N);

const char *
net_misuse_word (NetMisuse misuse)
{
  g_assert (misuse < NET_MISUSE_N);
  return kinds[misuse].word;
}

const char *
net_misuse_text (NetMisuse misuse)
{
  g_assert (misuse < NET_MISUSE_N);
  return kinds[misuse].text;
}

/* Sentences may quote what the peer sent. */
static void
append_json_text (GString *out, const char *text)
{
  g_autofree char *valid = g_utf8_make_valid (text, -1);

  g_string_append_c (out, '"');
  for (const char *at = valid; *at; at++)
    if (*at == '"' || *at == '\\')
      g_string_append_printf (out, "\\%c", *at);
    else if ((guchar) *at < 0x20)
      g_string_append_printf (out, "\\u%04x", (guint) (guchar) *at);
    else
      g_string_append_c (out, *at);
  g_string_append_c (out, '"');
}

void
net_misuse_count (NetMisuses *misuses, NetWorld *world, NetMisuse misuse, const char *session,
                  const char *why)
{
  g_autoptr (GString) json = g_string_new (NULL);

  misuses->n[misuse]++;
  net_world_log (world, NET_LOG_WARNING, "misuse", "%s: %s: %s", session, net_misuse_word (misuse), why);
  if (world->detail)
    {
      g_string_append_printf (json, "{\"n\":%" G_GUINT64_FORMAT ",\"why\":", misuses->n[misuse]);
      append_json_text (json, why);
      g_string_append_c (json, '}');
    }
  net_world_state (world, &(NetState){ .table = "misuse",
                                       .op = net_misuse_word (misuse),
                                       .key = session,
                                       .json = json->len > 0 ? json->str : NULL });
}

guint64
net_misuse_total (const NetMisuses *misuses)
{
  guint64 total = 0;

  for (guint i = 0; i < NET_MISUSE_N; i++)
    total += misuses->n[i];
  return total;
}
