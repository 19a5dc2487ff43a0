#include "fuzz.h"

#include "x509/certificate.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct error error = { 0 };
    struct x509_certificate *seen = x509_certificate_new(bytes, size, &error);
    if (seen == NULL) {
        FUZZ_PROMISE(error.kind == ERROR_DATA && size > X509_DER_MAX);
        return 0;
    }
    FUZZ_PROMISE(strlen(seen->sha256) == 64);
    FUZZ_PROMISE(seen->subject.size <= X509_NAME_TEXT_MAX && seen->issuer.size <= X509_NAME_TEXT_MAX);
    FUZZ_PROMISE(seen->san_kept <= X509_SAN_KEPT && seen->san_kept <= seen->san_count);
    FUZZ_PROMISE(seen->eku_count <= X509_EKU_KEPT);
    FUZZ_PROMISE(seen->subject.bytes != NULL || seen->problem != NULL);
    FUZZ_PROMISE(!seen->signed_by_itself || (seen->signature_checked && seen->has_key));
    x509_certificate_free(seen);
    return 0;
}
