# That the program reaches each slug under udp, gateway and client.
find_package(Python3 COMPONENTS Interpreter)
if(Python3_FOUND)
  add_test(NAME slugs COMMAND Python3::Interpreter ${CMAKE_CURRENT_LIST_DIR}/slugs.py $<TARGET_FILE:rdpwhy>
                              ${CMAKE_SOURCE_DIR}/data/causes.tsv)
  set_tests_properties(slugs PROPERTIES LABELS lab TIMEOUT 180)
endif()
