# data/*.tsv become C tables at build time; the generator is POSIX awk, so that cross builds need no second compiler.
set(RDPWHY_FACTS_SOURCES "")
