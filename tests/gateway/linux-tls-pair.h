/* A certificate of its own authority, valid from 2000 to 2099, and its key; and another key.  For tests alone. */
#pragma once

#define TLS_CERTIFICATE                                                                                      \
  "-----BEGIN CERTIFICATE-----\n"                                                                            \
  "MIIBUDCB96ADAgECAgEBMAoGCCqGSM49BAMCMBcxFTATBgNVBAMMDHZ0ZXBsYWIg\n"                                       \
  "dGVzdDAgFw0wMDAxMDEwMDAwMDBaGA8yMTAwMDEwMTAwMDAwMFowFzEVMBMGA1UE\n"                                       \
  "AwwMdnRlcGxhYiB0ZXN0MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEqwz6ETAj\n"                                       \
  "eXuTpWstc4q3daQCVIMCzZOopxVZ2WnIhhHVKul+aQfO8hYjHJiVBvoHpuzR6rdG\n"                                       \
  "Fkwy98gCJL34lqMyMDAwDwYDVR0TAQH/BAUwAwEB/zAdBgNVHQ4EFgQU5JoqK9bf\n"                                       \
  "5AgmmioawWdANNkvrPswCgYIKoZIzj0EAwIDSAAwRQIhAJvxtezIvBJmHUeqdOnn\n"                                       \
  "3sA3E2k27MvxlBMyeocSm8xcAiAN1foMHSbqOO4TPSMtqFlRmt3cC5u8E4uNzgsO\n"                                       \
  "A7Fh/g==\n"                                                                                               \
  "-----END CERTIFICATE-----\n"

#define TLS_KEY                                                                                              \
  "-----BEGIN PRIVATE KEY-----\n"                                                                            \
  "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgzEh64w42Y/odJ6lq\n"                                       \
  "Ne/cbunsVBeIOLvj5aVxgzvzbx2hRANCAASrDPoRMCN5e5Olay1zird1pAJUgwLN\n"                                       \
  "k6inFVnZaciGEdUq6X5pB87yFiMcmJUG+gem7NHqt0YWTDL3yAIkvfiW\n"                                               \
  "-----END PRIVATE KEY-----\n"

#define TLS_OTHER_KEY                                                                                        \
  "-----BEGIN PRIVATE KEY-----\n"                                                                            \
  "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQge1OVA6zLh+UnGwTf\n"                                       \
  "LDhBRTbjOhFw1ADJrYJoTxVxb3OhRANCAASQr4fRh0s/VtszF34FZ+rFp7iHgeZq\n"                                       \
  "6qLn4SX01J4SW7ibsnFCrkFCiwyWvnL5Z6jeifYa/5D1P7G4pQV7dSR8\n"                                               \
  "-----END PRIVATE KEY-----\n"
