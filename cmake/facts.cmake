# data/*.tsv become C tables at build time; the generator is POSIX awk, so that cross builds need no second compiler.
# A new table: add a line here, its struct in a header of src/facts, its `extern` in src/facts/tables.h.
find_program(AWK NAMES mawk awk gawk REQUIRED)
set(RDPWHY_FACTS_SOURCES "")
set(generated ${CMAKE_BINARY_DIR}/generated)
file(MAKE_DIRECTORY ${generated})
set(generator ${CMAKE_SOURCE_DIR}/tools/facts.awk)

add_custom_command(
  OUTPUT ${generated}/facts_enums.h
  COMMAND ${AWK} -f ${generator} -v mode=enums data/causes.tsv data/tests.tsv > ${generated}/facts_enums.h
  DEPENDS ${generator} ${CMAKE_SOURCE_DIR}/data/causes.tsv ${CMAKE_SOURCE_DIR}/data/tests.tsv
  WORKING_DIRECTORY ${CMAKE_SOURCE_DIR}
  VERBATIM)
list(APPEND RDPWHY_FACTS_SOURCES ${generated}/facts_enums.h)

# rdpwhy_facts_table(causes cause_fact "s s ..."): data/causes.tsv -> facts_causes[], facts_causes_count
function(rdpwhy_facts_table name struct kinds)
  set(output ${generated}/facts_${name}.c)
  add_custom_command(
    OUTPUT ${output}
    COMMAND ${AWK} -f ${generator} -v mode=table -v struct=${struct} -v table=facts_${name} -v "kinds=${kinds}"
            data/${name}.tsv > ${output}
    DEPENDS ${generator} ${CMAKE_SOURCE_DIR}/data/${name}.tsv
    WORKING_DIRECTORY ${CMAKE_SOURCE_DIR}
    VERBATIM)
  set(RDPWHY_FACTS_SOURCES ${RDPWHY_FACTS_SOURCES} ${output} PARENT_SCOPE)
endfunction()

rdpwhy_facts_table(causes cause_fact "K:CAUSE s E:CEILING E:CEILING E:RISK E:PLACE b u L:TEST s s s s s s")
rdpwhy_facts_table(tests test_fact "K:TEST E:BY u s E:PLACE E:RISK s s")
rdpwhy_facts_table(sources source_fact "t t t")
foreach(codes disconnect extended negotiation gateway errinfo freerdp status)
  rdpwhy_facts_table(${codes} code_fact "u s t t t s s t")
endforeach()
rdpwhy_facts_table(events event_fact "u t t t t s t t")
rdpwhy_facts_table(builds build_fact "u u u t s s s s s t")
rdpwhy_facts_table(interceptors interceptor_fact "t t t t t")
rdpwhy_facts_table(profiles profile_fact "t t u u u u b t t t")
rdpwhy_facts_table(phrases phrase_fact "t L:CAUSE t t")
rdpwhy_facts_table(thresholds threshold_fact "t t u u t t")
rdpwhy_facts_table(checklist checklist_fact "t E:PLACE t t t s t t s")
rdpwhy_facts_table(folk folk_fact "t t t t t t")

# data/remedies/* -> facts_remedies[], facts_frames[]; the rules are docs/add-a-remedy.md. LC_ALL=C: bytes, not letters.
file(GLOB remedies CONFIGURE_DEPENDS RELATIVE ${CMAKE_SOURCE_DIR} ${CMAKE_SOURCE_DIR}/data/remedies/*.*)
file(GLOB shared CONFIGURE_DEPENDS RELATIVE ${CMAKE_SOURCE_DIR} ${CMAKE_SOURCE_DIR}/data/remedies/with/*.*)
list(SORT remedies)
list(FILTER remedies EXCLUDE REGEX "/frame[.]")
file(GLOB frames CONFIGURE_DEPENDS RELATIVE ${CMAKE_SOURCE_DIR} ${CMAKE_SOURCE_DIR}/data/remedies/frame.*)
list(PREPEND remedies ${shared} ${frames})
list(TRANSFORM remedies PREPEND ${CMAKE_SOURCE_DIR}/ OUTPUT_VARIABLE remedy_files)
set(RDPWHY_REMEDIES_AWK ${CMAKE_COMMAND} -E env LC_ALL=C ${AWK} -f ${CMAKE_SOURCE_DIR}/tools/remedies.awk)
set(RDPWHY_REMEDIES_INPUT data/causes.tsv data/sources.tsv ${remedies})
add_custom_command(
  OUTPUT ${generated}/facts_remedies.c
  COMMAND ${RDPWHY_REMEDIES_AWK} -v mode=c ${RDPWHY_REMEDIES_INPUT} > ${generated}/facts_remedies.c
  DEPENDS ${CMAKE_SOURCE_DIR}/tools/remedies.awk ${CMAKE_SOURCE_DIR}/data/causes.tsv
          ${CMAKE_SOURCE_DIR}/data/sources.tsv ${remedy_files}
  WORKING_DIRECTORY ${CMAKE_SOURCE_DIR}
  VERBATIM)
list(APPEND RDPWHY_FACTS_SOURCES ${generated}/facts_remedies.c)

# data/collect/*.ps1 -> facts_collect_client, facts_collect_server: printed as they are by `rdpwhy collect`.
add_custom_command(
  OUTPUT ${generated}/facts_collect.c
  COMMAND ${CMAKE_COMMAND} -E env LC_ALL=C ${AWK} -f ${CMAKE_SOURCE_DIR}/tools/embed.awk data/collect/client.ps1
          data/collect/server.ps1 > ${generated}/facts_collect.c
  DEPENDS ${CMAKE_SOURCE_DIR}/tools/embed.awk ${CMAKE_SOURCE_DIR}/data/collect/client.ps1
          ${CMAKE_SOURCE_DIR}/data/collect/server.ps1 ${CMAKE_SOURCE_DIR}/data/collect/parts/records.ps1
  WORKING_DIRECTORY ${CMAKE_SOURCE_DIR}
  VERBATIM)
list(APPEND RDPWHY_FACTS_SOURCES ${generated}/facts_collect.c)

# docs/remedies.md lies in the repository, for readers: `cmake --build --preset dev --target remedies-page` makes it anew, and a
# test (tests/remedies) says when it is out of date.
add_custom_target(
  remedies-page
  COMMAND ${RDPWHY_REMEDIES_AWK} -v mode=md data/folk.tsv ${RDPWHY_REMEDIES_INPUT} > docs/remedies.md
  WORKING_DIRECTORY ${CMAKE_SOURCE_DIR}
  VERBATIM)
