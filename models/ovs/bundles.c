/* Open bundles: a short list. */
#include "models/ovs/bundles.h"

#include "net/world.h"

#define IDLE_NS (OVS_BUNDLES_IDLE_S * NET_SEC)

typedef struct
{
  guint32 id;
  guint16 flags;
  gboolean closed;
  gsize n_bytes;
  GPtrArray *messages; /* of GBytes */
  GBytes *opening;     /* the beginning of the message that opened it */
  gint64 used_ns;
} Bundle;

struct _OvsBundles
{
  GPtrArray *list; /* of Bundle */
  gsize n_bytes;
};

static void
bundle_free (gpointer data)
{
  Bundle *bundle = data;
  g_clear_pointer (&bundle->messages, g_ptr_array_unref);
  g_bytes_unref (bundle->opening);
  g_free (bundle);
}

OvsBundles *
ovs_bundles_new (void)
{
  OvsBundles *bundles = g_new0 (OvsBundles, 1);
  bundles->list = g_ptr_array_new_with_free_func (bundle_free);
  return bundles;
}

void
ovs_bundles_free (OvsBundles *bundles)
{
  if (!bundles)
    return;
  g_ptr_array_unref (bundles->list);
  g_free (bundles);
}

static Bundle *
find (const OvsBundles *bundles, guint32 id)
{
  for (guint i = 0; i < bundles->list->len; i++)
    {
      Bundle *bundle = bundles->list->pdata[i];
      if (bundle->id == id)
        return bundle;
    }
  return NULL;
}

static void
end (OvsBundles *bundles, Bundle *bundle)
{
  bundles->n_bytes -= bundle->n_bytes;
  g_ptr_array_remove (bundles->list, bundle);
}

static Bundle *
begin (OvsBundles *bundles, guint32 id, guint16 flags, const OvsBundleRequest *request, GError **error)
{
  Bundle *bundle;

  if (bundles->list->len >= OVS_BUNDLES_MAX)
    {
      openflow_fail (error, OPENFLOW_ERROR_BUNDLE_OUT_OF_BUNDLES, "%u bundles are open", OVS_BUNDLES_MAX);
      return NULL;
    }
  bundle = g_new0 (Bundle, 1);
  bundle->id = id;
  bundle->flags = flags;
  bundle->messages = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  bundle->opening
      = g_bytes_new (request->message->bytes, MIN (request->message->length, OPENFLOW_ERROR_DATA));
  bundle->used_ns = request->now_ns;
  g_ptr_array_add (bundles->list, bundle);
  return bundle;
}

/* The bundle, when there is one with these flags. */
static Bundle *
find_like (OvsBundles *bundles, guint32 id, guint16 flags, GError **error)
{
  Bundle *bundle = find (bundles, id);

  if (!bundle)
    openflow_fail (error, OPENFLOW_ERROR_BUNDLE_BAD_ID, "there is no bundle 0x%x", id);
  else if (bundle->flags != flags)
    {
      openflow_fail (error, OPENFLOW_ERROR_BUNDLE_BAD_FLAGS,
                     "bundle 0x%x was opened with flags 0x%x, not 0x%x", id, bundle->flags, flags);
      end (bundles, bundle);
      bundle = NULL;
    }
  return bundle;
}

gboolean
ovs_bundles_open (OvsBundles *bundles, const OpenflowBundleControl *control, const OvsBundleRequest *request,
                  GError **error)
{
  Bundle *bundle = find (bundles, control->id);

  if (!bundle)
    return begin (bundles, control->id, control->flags, request, error) != NULL;
  end (bundles, bundle);
  return openflow_fail (error, OPENFLOW_ERROR_BUNDLE_BAD_ID, "bundle 0x%x is open", control->id);
}

/* The bundle, when it has these flags and takes more messages. */
static Bundle *
find_unclosed (OvsBundles *bundles, guint32 id, guint16 flags, GError **error)
{
  Bundle *bundle = find_like (bundles, id, flags, error);

  if (!bundle || !bundle->closed)
    return bundle;
  end (bundles, bundle);
  openflow_fail (error, OPENFLOW_ERROR_BUNDLE_CLOSED, "bundle 0x%x is closed", id);
  return NULL;
}

gboolean
ovs_bundles_add (OvsBundles *bundles, const OpenflowBundleAdd *add, const OvsBundleRequest *request,
                 GError **error)
{
  Bundle *bundle = find (bundles, add->id) ? find_unclosed (bundles, add->id, add->flags, error)
                                           : begin (bundles, add->id, add->flags, request, error);

  if (!bundle)
    return FALSE;
  if (bundles->n_bytes + add->message.length > OVS_BUNDLES_MAX_BYTES)
    return openflow_fail (error, OPENFLOW_ERROR_BUNDLE_TOO_MANY,
                          "open bundles hold %" G_GSIZE_FORMAT " bytes", bundles->n_bytes);
  bundle->used_ns = request->now_ns;
  g_ptr_array_add (bundle->messages, g_bytes_new (add->message.bytes, add->message.length));
  bundle->n_bytes += add->message.length;
  bundles->n_bytes += add->message.length;
  return TRUE;
}

gboolean
ovs_bundles_close (OvsBundles *bundles, const OpenflowBundleControl *control, gint64 now_ns, GError **error)
{
  Bundle *bundle = find_unclosed (bundles, control->id, control->flags, error);

  if (!bundle)
    return FALSE;
  bundle->closed = TRUE;
  bundle->used_ns = now_ns;
  return TRUE;
}

gboolean
ovs_bundles_discard (OvsBundles *bundles, const OpenflowBundleControl *control, GError **error)
{
  Bundle *bundle = find (bundles, control->id);

  if (!bundle)
    return openflow_fail (error, OPENFLOW_ERROR_BUNDLE_BAD_ID, "there is no bundle 0x%x", control->id);
  end (bundles, bundle);
  return TRUE;
}

GPtrArray *
ovs_bundles_take (OvsBundles *bundles, const OpenflowBundleControl *control, GError **error)
{
  Bundle *bundle = find_like (bundles, control->id, control->flags, error);
  GPtrArray *messages;

  if (!bundle)
    return NULL;
  messages = g_steal_pointer (&bundle->messages);
  end (bundles, bundle);
  return messages;
}

GBytes *
ovs_bundles_take_idle (OvsBundles *bundles, gint64 now_ns)
{
  for (guint i = 0; i < bundles->list->len; i++)
    {
      Bundle *bundle = bundles->list->pdata[i];
      GBytes *opening;

      if (now_ns < bundle->used_ns + IDLE_NS)
        continue;
      opening = g_bytes_ref (bundle->opening);
      end (bundles, bundle);
      return opening;
    }
  return NULL;
}

gint64
ovs_bundles_next (const OvsBundles *bundles)
{
  gint64 next_ns = G_MAXINT64;

  for (guint i = 0; i < bundles->list->len; i++)
    next_ns = MIN (next_ns, ((const Bundle *) bundles->list->pdata[i])->used_ns + IDLE_NS);
  return next_ns;
}
