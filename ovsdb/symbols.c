/* Named uuids. */
#include "ovsdb/value.h"

OvsdbSymbol *
ovsdb_symbols_get (OvsdbSymbols *symbols, const char *name)
{
  OvsdbSymbol *symbol;

  if (!symbols->by_name)
    symbols->by_name = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  symbol = g_hash_table_lookup (symbols->by_name, name);
  if (!symbol)
    {
      symbol = g_new0 (OvsdbSymbol, 1);
      symbol->uuid = symbols->new_uuid (symbols->owner);
      g_hash_table_insert (symbols->by_name, g_strdup (name), symbol);
    }
  return symbol;
}

void
ovsdb_symbols_clear (OvsdbSymbols *symbols)
{
  g_clear_pointer (&symbols->by_name, g_hash_table_unref);
}

gboolean
ovsdb_is_id (const char *text)
{
  if (!g_ascii_isalpha (*text) && *text != '_')
    return FALSE;
  while (*++text)
    if (!g_ascii_isalnum (*text) && *text != '_')
      return FALSE;
  return TRUE;
}
