# For shell tests that ask outside judges: a directory that goes away, and checks that print TAP.
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
n=0

# check NAME GOT EXPECTED
check()
{
  n=$((n + 1))
  if [ "$2" = "$3" ]; then
    echo "ok $n - $1"
  else
    echo "not ok $n - $1"
    printf 'got:\n%s\nexpected:\n%s\n' "$2" "$3" | sed 's/^/# /'
  fi
}
