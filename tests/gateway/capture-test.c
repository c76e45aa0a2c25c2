/* The gateway against a real lab: the same frames in, the same bytes out. */
#include "captured.h"
#include "fixture.h"
#include "tap.h"

/* As the real lab's controller wrote it, with a warm neighbour. */
static void
use_case_2 (Fixture *f)
{
  fixture_init (f, NULL);
  put_switch (f, "ls-5001", 5001, NULL);
  put_binding (f, "em3", 2901, "ls-5001");
  put_remote (f, "ls-5001", "fa:16:3e:00:00:11", "10.8.125.18");
  put_remote (f, "ls-5001", "fa:16:3e:00:00:02", "10.8.125.18");
  put_flood (f, "ls-5001", "10.8.125.18");
}

static void
frames_as_captured (void)
{
  Fixture f;

  use_case_2 (&f);
  receive (&f, EM3, captured[0].trunk);
  answer_arp (&f, "0a087d12", "020a087d0018");
  test_world_forget (f.world);
  for (guint i = 0; i < G_N_ELEMENTS (captured); i++)
    {
      const Captured *c = &captured[i];
      receive (&f, c->into_tunnel ? EM3 : UPLINK, c->into_tunnel ? c->trunk : c->underlay);
      CU_ASSERT_EQUAL (f.world->sent->len, 1);
      CU_ASSERT (
          test_sent_is (f.world, 0, c->into_tunnel ? UPLINK : EM3, c->into_tunnel ? c->underlay : c->trunk));
      CU_ASSERT_EQUAL (f.world->drops->len, 0);
      test_world_forget (f.world);
    }
  fixture_clear (&f);
}

static void
first_frame_waits_for_arp (void)
{
  Fixture f;

  use_case_2 (&f);
  receive (&f, EM3, captured[0].trunk);
  CU_ASSERT_EQUAL (f.world->sent->len, 1);
  /* who has 10.8.125.18, tell 10.8.125.20 */
  CU_ASSERT (test_sent_is (f.world, 0, UPLINK,
                           "ffffffffffff 020a087d0020 0806 0001 0800 06 04 0001"
                           "020a087d0020 0a087d14 000000000000 0a087d12"));
  answer_arp (&f, "0a087d12", "020a087d0018");
  CU_ASSERT (test_sent_is (f.world, 1, UPLINK, captured[0].underlay));
  fixture_clear (&f);
}

int
main (void)
{
  return tap_main (
      "capture",
      (TapTest[]){
          { "every frame leaves as the real lab's did, byte for byte, in both directions",
            frames_as_captured },
          { "the first frame to a cold tunnel end leaves after the ARP reply", first_frame_waits_for_arp },
          { NULL, NULL },
      });
}
