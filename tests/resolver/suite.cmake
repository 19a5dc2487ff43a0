# Real resolvers on loopback, in namespaces of their own.
find_package(Python3 COMPONENTS Interpreter)
if(Python3_FOUND)
  foreach(case nxdomain servfail silent split half agree)
    add_test(NAME resolver/${case} COMMAND Python3::Interpreter ${CMAKE_CURRENT_LIST_DIR}/resolver.py
                                           $<TARGET_FILE:rdpwhy> ${case})
    list(APPEND resolver_tests resolver/${case})
  endforeach()
  set_tests_properties(${resolver_tests} PROPERTIES LABELS resolver SKIP_RETURN_CODE 77 TIMEOUT 120)
endif()
