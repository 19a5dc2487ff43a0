# What the check `name` records of real resolvers, field by field; tests/resolver has the verdicts.
find_package(Python3 COMPONENTS Interpreter)
if(Python3_FOUND)
  foreach(case found not-found servfail refused silent first-silent split stale short hosts)
    add_test(NAME names/${case} COMMAND Python3::Interpreter ${CMAKE_CURRENT_LIST_DIR}/names.py $<TARGET_FILE:rdpwhy>
                                        ${case})
    list(APPEND names_tests names/${case})
  endforeach()
  set_tests_properties(${names_tests} PROPERTIES LABELS resolver SKIP_RETURN_CODE 77 TIMEOUT 120)
endif()
