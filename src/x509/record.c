#include "x509/record.h"

#include "x509/certificate.h"

static bool set_x509_text(struct ev_text *field, enum source source, const struct x509_text *text, struct error *error)
{
    return text->bytes == NULL || ev_set_text(field, source, text->bytes, text->size, error);
}

static bool set_words(struct ev_text *field, enum source source, const char *words, struct error *error)
{
    return words == NULL || words[0] == '\0' || ev_set_words(field, source, words, error);
}

static bool read_lists(struct ev_certificate *group, enum source source, const struct x509_certificate *certificate,
                       struct error *error)
{
    ev_set_int(&group->san_count, source, (int64_t)certificate->san_count);
    for (size_t i = 0; i < certificate->san_kept; i++) {
        struct ev_name_item *item = ev_list_add(&group->san, source, &name_item_table, X509_SAN_KEPT, error);
        if (item == NULL || !set_x509_text(&item->name, source, &certificate->san[i], error)) {
            return false;
        }
    }
    for (size_t i = 0; i < certificate->eku_count; i++) {
        struct ev_text_item *item = ev_list_add(&group->eku, source, &text_item_table, X509_EKU_KEPT, error);
        if (item == NULL || !set_words(&item->text, source, certificate->eku[i], error)) {
            return false;
        }
    }
    return true;
}

static void read_numbers(struct ev_certificate *group, enum source source, const struct x509_certificate *certificate)
{
    static const enum key_type keys[] = {
        [X509_KEY_OTHER] = KEY_OTHER,     [X509_KEY_RSA] = KEY_RSA, [X509_KEY_EC] = KEY_EC,
        [X509_KEY_ED25519] = KEY_ED25519, [X509_KEY_DSA] = KEY_DSA,
    };
    if (certificate->has_not_before) {
        ev_set_int(&group->not_before, source, certificate->not_before_us);
    }
    if (certificate->has_not_after) {
        ev_set_int(&group->not_after, source, certificate->not_after_us);
    }
    if (certificate->has_key) {
        ev_set_enum(&group->key.type, source, keys[certificate->key]);
        ev_set_int(&group->key.bits, source, certificate->key_bits);
    }
    if (certificate->signature_checked) {
        ev_set_bool(&group->signed_by_itself, source, certificate->signed_by_itself);
    }
}

bool x509_record(struct ev_certificate *group, enum source source, const void *der, size_t size, struct error *error)
{
    struct x509_certificate *certificate = x509_certificate_new(der, size, error);
    if (certificate == NULL) {
        return false;
    }
    read_numbers(group, source, certificate);
    const bool good = set_x509_text(&group->subject, source, &certificate->subject, error) &&
                      set_x509_text(&group->issuer, source, &certificate->issuer, error) &&
                      set_x509_text(&group->common_name, source, &certificate->common_name, error) &&
                      set_words(&group->signature, source, certificate->signature, error) &&
                      set_words(&group->sha256, source, certificate->sha256, error) &&
                      set_words(&group->serial, source, certificate->serial, error) &&
                      set_words(&group->problem, source, certificate->problem, error) &&
                      read_lists(group, source, certificate, error) &&
                      ev_set_bytes(&group->der, source, der, size, error);
    x509_certificate_free(certificate);
    return good;
}
