#include "fuzz.h"

#include "base/text.h"
#include "wire/rdp_file.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct error error = { 0 };
    struct rdp_file *file = rdp_file_parse(bytes, size, &error);
    if (file == NULL) {
        FUZZ_PROMISE(error.kind == ERROR_DATA && error.text[0] != '\0');
        return 0;
    }
    FUZZ_PROMISE(rdp_file_count(file) > 0 && rdp_file_count(file) <= RDP_FILE_SETTINGS_MAX);
    for (size_t i = 0; i < rdp_file_count(file); i++) {
        const struct rdp_file_setting *setting = rdp_file_at(file, i);
        FUZZ_PROMISE(rdp_file_find(file, setting->name) == setting && setting->line > 0);
        FUZZ_PROMISE(text_is_clean(setting->name) && text_is_clean(setting->value));
    }
    const struct rdp_file_remark *remarks;
    for (size_t i = rdp_file_remarks(file, &remarks); i > 0; i--) {
        FUZZ_PROMISE(remarks[i - 1].line > 0);
        FUZZ_PROMISE(remarks[i - 1].name == NULL || rdp_file_find(file, remarks[i - 1].name) != NULL);
    }
    rdp_file_free(file);
    return 0;
}
