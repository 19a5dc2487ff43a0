/* Windows version numbers and the products that carry them: data/builds.tsv. */
#ifndef RDPWHY_FACTS_BUILDS_H
#define RDPWHY_FACTS_BUILDS_H

struct build_fact {
    unsigned major;
    unsigned minor;
    unsigned build;
    const char *product; /* "Windows 11 24H2 / LTSC 2024 or Windows Server 2025" */
    const char *client;  /* NULL when no client product has this build; likewise server */
    const char *server;
    const char *client_end; /* end of support, as the vendor prints it, or NULL */
    const char *server_end;
    const char *note;
    const char *sources;
};

/* NULL when the exact build is not in the table. */
const struct build_fact *windows_build(unsigned major, unsigned minor, unsigned build);
/* Its product, or NULL. */
const char *windows_build_name(unsigned major, unsigned minor, unsigned build);

#endif
