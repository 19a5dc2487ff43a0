#include "fuzz_tales.h"

#include "read/text_nmap.h"

/* Its XML when it looks like it, else its text. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct nmap_scan scan;
    struct error error = { 0 };
    nmap_scan_init(&scan, 3389);
    if (nmap_is_xml(bytes, size)) {
        FUZZ_PROMISE(nmap_scan_xml(&scan, bytes, size, &error) || error.kind == ERROR_DATA);
    } else {
        fuzz_lines(bytes, size, nmap_scan_take, &scan);
        FUZZ_PROMISE(nmap_scan_end(&scan, &error));
    }
    fuzz_tales(&scan.tales);
    nmap_scan_release(&scan);
    return 0;
}
